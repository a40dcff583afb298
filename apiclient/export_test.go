package apiclient

// BaseURLForTest is where the client's calls go.
func (c *Client) BaseURLForTest() string { return c.base }
