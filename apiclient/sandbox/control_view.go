package sandbox

import (
	"bytes"
	"encoding/json"
	"errors"
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
	Name   string `json:"name,omitempty"`
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
			Name: f.Name, Op: f.Op, Agent: f.Agent, Skip: f.Skip, Times: f.Times, Status: f.Status, Body: f.Body[:min(enough, len(f.Body))],
		})
	}
	reply(w, http.StatusOK, map[string]any{"pending": pending})
}

// limitsJSON is Limits as the control endpoint reads and shows them. 0 is unlimited.
type limitsJSON struct {
	Tenant       int    `json:"tenant"`
	Route        int    `json:"route"`
	Window       string `json:"window"` // like "10s", which is the default
	Kind         string `json:"kind"`
	Names        string `json:"names"` // "page", which is the default, "kong" or "draft"
	NoHeaders    bool   `json:"no_headers"`
	NoRetryAfter bool   `json:"no_retry_after"`
}

func (j limitsJSON) limits() (Limits, error) {
	kind, err := ParseWindowKind(j.Kind)
	if err != nil {
		return Limits{}, err
	}
	names, err := ParseLimitNames(j.Names)
	if err != nil {
		return Limits{}, err
	}
	window, err := duration("window", j.Window, 0)
	if err != nil {
		return Limits{}, err
	}
	if j.Tenant < 0 || j.Route < 0 || window < 0 {
		return Limits{}, errors.New("limits: want 0 or more")
	}
	return Limits{
		Tenant: j.Tenant, Route: j.Route, Window: window, Kind: kind, Names: names, NoHeaders: j.NoHeaders, NoRetryAfter: j.NoRetryAfter,
	}, nil
}

// replyState says all that can be set but the faults.
func (s *Server) replyState(w http.ResponseWriter) {
	traits, l, deeds := map[string]bool{}, s.Limits(), s.second.Deeds()
	for _, t := range s.Traits() {
		traits[t.Name] = t.On
	}
	if deeds == nil {
		deeds = []Deed{}
	}
	reply(w, http.StatusOK, map[string]any{
		"style": s.Style().String(), "traits": traits,
		"limits": limitsJSON{
			Tenant: l.Tenant, Route: l.Route, Window: l.WindowLength().String(), Kind: l.Kind.String(), Names: l.Names.String(),
			NoHeaders: l.NoHeaders, NoRetryAfter: l.NoRetryAfter,
		},
		"second_admin": map[string]any{"pace": s.second.Pace(), "deeds": deeds},
	})
}
