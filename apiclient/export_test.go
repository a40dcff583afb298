package apiclient

import "slices"

// BaseURLForTest is where the client's calls go.
func (c *Client) BaseURLForTest() string { return c.base }

// AddRowForTest puts a row like Background's before Background's into the table
// of lanes, and returns the lanes of the two. It must be called before the first
// call.
func (c *Client) AddRowForTest() (added, background Lane) {
	row := c.budgets.lanes[Background]
	row.name = "run"
	c.budgets.lanes = slices.Insert(c.budgets.lanes, int(Background), row)
	return Background, Background + 1
}
