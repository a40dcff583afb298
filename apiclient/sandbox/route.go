package sandbox

import (
	"net/http"
	"net/url"
	"strings"
)

// Op names one of the three documented calls.
type Op string

// The documented calls, and OpAny for a Fault that may strike any of them.
const (
	OpList      Op = "list"      // GET /v1/agents
	OpQueues    Op = "queues"    // PUT /v1/agents/{id}/queues
	OpRecording Op = "recording" // PUT /v1/agents/{id}/recording
	OpAny       Op = "*"
)

type route struct {
	op    Op     // "" for a path or method that is no route
	agent string // {id}, unescaped
}

// match is the zero route for a path or method that is none. It reads the escaped
// path: an extension with a slash in it must not become another route.
func (s *Server) match(r *http.Request) route {
	path := r.URL.EscapedPath()
	rest, ok := strings.CutPrefix(path, "/v1/agents")
	ok = ok && !s.only
	if !ok && s.prefix != "" {
		rest, ok = strings.CutPrefix(path, s.prefix+"/v1/agents")
	}
	if !ok {
		return route{}
	}
	if rest == "" {
		if r.Method != http.MethodGet {
			return route{}
		}
		return route{op: OpList}
	}
	parts := strings.Split(rest, "/")
	if len(parts) != 3 || parts[0] != "" || r.Method != http.MethodPut {
		return route{}
	}
	id, err := url.PathUnescape(parts[1])
	if err != nil || id == "" {
		return route{}
	}
	switch parts[2] {
	case "queues":
		return route{op: OpQueues, agent: id}
	case "recording":
		return route{op: OpRecording, agent: id}
	default:
		return route{}
	}
}
