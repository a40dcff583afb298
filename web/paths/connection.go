package paths

import "net/url"

// Connection is what is known of the API.
func (p Paths) Connection() string { return p.base + "/connection" }

// ConnectionLive is how far the probe is that goes on.
func (p Paths) ConnectionLive() string { return p.Connection() + "/live" }

// ConnectionProbe has the API asked (POST).
func (p Paths) ConnectionProbe() string { return p.Connection() + "/probe" }

// Rehearsal is what a rehearsal on an agent would send, "" to choose one; posted to, it
// begins.
func (p Paths) Rehearsal(agent string) string {
	at := p.Connection() + "/rehearsal"
	if agent == "" {
		return at
	}
	return With(at, "agent_id", agent)
}

// RehearsalOf is one that was begun.
func (p Paths) RehearsalOf(id string) string {
	return p.Connection() + "/rehearsals/" + url.PathEscape(id)
}

// ConnectionTold says that what has turned was read (POST).
func (p Paths) ConnectionTold() string { return p.Connection() + "/told" }
