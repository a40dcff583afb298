package paths

// Connection is what is known of the API.
func (p Paths) Connection() string { return p.base + "/connection" }

// ConnectionLive is how far the probe is that goes on.
func (p Paths) ConnectionLive() string { return p.Connection() + "/live" }

// ConnectionProbe has the API asked (POST).
func (p Paths) ConnectionProbe() string { return p.Connection() + "/probe" }

// ConnectionTold says that what has turned was read (POST).
func (p Paths) ConnectionTold() string { return p.Connection() + "/told" }
