package sandbox

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"time"
)

// callJSON is a Call as the control endpoint shows it, without the key: people
// point real clients at a sandbox too.
type callJSON struct {
	Time   time.Time   `json:"time"`
	Method string      `json:"method"`
	Path   string      `json:"path"`
	Query  url.Values  `json:"query"`
	Header http.Header `json:"header"`
	Body   string      `json:"body"`
	Op     Op          `json:"op"`
	Agent  string      `json:"agent"`
	Tenant int64       `json:"tenant"`
	HasKey bool        `json:"has_key"`
	Status int         `json:"status"`
}

func (s *Server) replyCalls(w http.ResponseWriter) {
	calls := s.Calls()
	shown := make([]callJSON, len(calls))
	for i, c := range calls {
		header := c.Header.Clone()
		for _, name := range []string{"Authorization", "X-Api-Key", "Cookie"} {
			if header.Get(name) != "" {
				header.Set(name, "redacted")
			}
		}
		shown[i] = callJSON(c)
		shown[i].Header = header
	}
	reply(w, http.StatusOK, map[string]any{"calls": shown, "count_429": s.Count429()})
}

func decodeFaults(raw json.RawMessage) ([]Fault, error) {
	var given []faultJSON
	decoder := json.NewDecoder(bytes.NewReader(raw))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(&given); err != nil {
		return nil, err
	}
	faults := make([]Fault, len(given))
	for i, g := range given {
		f, err := g.fault()
		if err != nil {
			return nil, fmt.Errorf("fault %d: %w", i, err)
		}
		faults[i] = f
	}
	return faults, nil
}

// pendingJSON is a pending fault, as far as a person needs it to recognise it.
type pendingJSON struct {
	Op     Op     `json:"op"`
	Agent  string `json:"agent,omitempty"`
	Skip   int    `json:"skip,omitempty"`
	Times  int    `json:"times"`
	Status int    `json:"status,omitempty"`
	Body   string `json:"body,omitempty"`
}

func (s *Server) replyFaults(w http.ResponseWriter) {
	pending := []pendingJSON{}
	for _, f := range s.Faults() {
		const enough = 200
		pending = append(pending, pendingJSON{
			Op: f.Op, Agent: f.Agent, Skip: f.Skip, Times: f.Times, Status: f.Status, Body: f.Body[:min(enough, len(f.Body))],
		})
	}
	reply(w, http.StatusOK, map[string]any{"pending": pending})
}
