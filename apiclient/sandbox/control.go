package sandbox

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"time"
)

// ControlPath is where Control answers.
const ControlPath = "/_sandbox/"

// Control steers a running server over HTTP: see the package comment for its
// routes. It asks for no key. A page of another origin cannot use it from a
// browser.
func (s *Server) Control() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /_sandbox/presets", func(w http.ResponseWriter, _ *http.Request) {
		names := make([]string, 0, len(Presets()))
		for _, p := range Presets() {
			names = append(names, p.Name)
		}
		reply(w, http.StatusOK, names)
	})
	mux.HandleFunc("GET /_sandbox/faults", func(w http.ResponseWriter, _ *http.Request) { s.replyFaults(w) })
	mux.HandleFunc("POST /_sandbox/faults", s.controlFail)
	mux.HandleFunc("DELETE /_sandbox/faults", func(w http.ResponseWriter, _ *http.Request) {
		s.ClearFaults()
		s.replyFaults(w)
	})
	mux.HandleFunc("POST /_sandbox/style", s.controlStyle)
	mux.HandleFunc("GET /_sandbox/calls", func(w http.ResponseWriter, _ *http.Request) { s.replyCalls(w) })
	mux.HandleFunc("DELETE /_sandbox/calls", func(w http.ResponseWriter, _ *http.Request) {
		s.ResetCalls()
		s.replyCalls(w)
	})
	mux.HandleFunc("GET /_sandbox/agents/{tenant}/{id}", s.controlAgent)
	mux.HandleFunc("POST /_sandbox/agents/{tenant}/{id}", s.controlEdit)
	mux.HandleFunc("GET /_sandbox/state", func(w http.ResponseWriter, _ *http.Request) { s.replyState(w) })
	mux.HandleFunc("POST /_sandbox/traits", s.controlTraits)
	mux.HandleFunc("POST /_sandbox/limits", s.controlLimits)
	mux.HandleFunc("POST /_sandbox/second-admin", s.controlSecondAdmin)
	mux.HandleFunc("POST /_sandbox/calm", func(w http.ResponseWriter, _ *http.Request) {
		s.Calm()
		s.replyState(w)
	})
	return http.NewCrossOriginProtection().Handler(mux)
}

func reply(w http.ResponseWriter, status int, value any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	write(w, append(encode(value), '\n'))
}

func replyError(w http.ResponseWriter, status int, err error) {
	reply(w, status, map[string]string{"error": err.Error()})
}

// decode refuses fields it does not know: a misspelt fault would be one that
// never strikes.
func decode(r *http.Request, into any) error {
	decoder := json.NewDecoder(io.LimitReader(r.Body, maxRequestBody))
	decoder.DisallowUnknownFields()
	return decoder.Decode(into)
}

// faultJSON is a Fault as the control endpoint reads it. A preset
// comes first; fields that are given change it. Durations are like "1.5s".
type faultJSON struct {
	Preset      string            `json:"preset,omitempty"`
	Op          *Op               `json:"op,omitempty"`
	Agent       *string           `json:"agent,omitempty"`
	Skip        *int              `json:"skip,omitempty"`
	Times       *int              `json:"times,omitempty"`
	Status      *int              `json:"status,omitempty"`
	Body        *string           `json:"body,omitempty"`
	Headers     map[string]string `json:"headers,omitempty"`
	RetryAfter  *string           `json:"retry_after,omitempty"`
	RedirectTo  *string           `json:"redirect_to,omitempty"`
	DropHeaders []string          `json:"drop_headers,omitempty"`
	Truncate    *bool             `json:"truncate,omitempty"`
	Cut         *bool             `json:"cut,omitempty"`
	Gzip        *bool             `json:"gzip,omitempty"`
	GzipBomb    *bool             `json:"gzip_bomb,omitempty"`
	EndlessBody *bool             `json:"endless_body,omitempty"`
	Delay       string            `json:"delay,omitempty"`
	Drip        string            `json:"drip,omitempty"`
	Reset       *bool             `json:"reset,omitempty"`
	Hang        *bool             `json:"hang,omitempty"`
	Apply       *bool             `json:"apply,omitempty"`
	IgnoreWrite *bool             `json:"ignore_write,omitempty"`
	Backend     *bool             `json:"backend,omitempty"`
}

func (j faultJSON) fault() (Fault, error) {
	var f Fault
	if j.Preset != "" {
		var ok bool
		if f, ok = PresetNamed(j.Preset); !ok {
			return Fault{}, fmt.Errorf("preset %q: no such preset", j.Preset)
		}
	}
	set(&f.Op, j.Op)
	set(&f.Agent, j.Agent)
	set(&f.Skip, j.Skip)
	set(&f.Times, j.Times)
	set(&f.Status, j.Status)
	set(&f.Body, j.Body)
	set(&f.RetryAfter, j.RetryAfter)
	set(&f.RedirectTo, j.RedirectTo)
	set(&f.Truncate, j.Truncate)
	set(&f.Cut, j.Cut)
	set(&f.Gzip, j.Gzip)
	set(&f.GzipBomb, j.GzipBomb)
	set(&f.EndlessBody, j.EndlessBody)
	set(&f.Reset, j.Reset)
	set(&f.Hang, j.Hang)
	set(&f.Apply, j.Apply)
	set(&f.IgnoreWrite, j.IgnoreWrite)
	set(&f.Backend, j.Backend)
	f.DropHeaders = append(f.DropHeaders, j.DropHeaders...)
	for name, value := range j.Headers {
		if f.Headers == nil {
			f.Headers = make(http.Header)
		}
		f.Headers.Set(name, value)
	}
	switch f.Op {
	case "", OpAny, OpList, OpQueues, OpRecording:
	default:
		return Fault{}, fmt.Errorf("op %q: want list, queues, recording or *", f.Op)
	}
	if f.Status != 0 && (f.Status < 200 || f.Status > 599) {
		return Fault{}, fmt.Errorf("status %d: want 200 to 599", f.Status)
	}
	var err error
	if f.Delay, err = duration("delay", j.Delay, f.Delay); err != nil {
		return Fault{}, err
	}
	f.Drip, err = duration("drip", j.Drip, f.Drip)
	return f, err
}

func set[T any](field *T, given *T) {
	if given != nil {
		*field = *given
	}
}

func duration(name, text string, otherwise time.Duration) (time.Duration, error) {
	if text == "" {
		return otherwise, nil
	}
	d, err := time.ParseDuration(text)
	if err != nil {
		return 0, fmt.Errorf("%s: %w", name, err)
	}
	return d, nil
}

func (s *Server) controlFail(w http.ResponseWriter, r *http.Request) {
	var raw json.RawMessage
	if err := json.NewDecoder(io.LimitReader(r.Body, maxRequestBody)).Decode(&raw); err != nil {
		replyError(w, http.StatusBadRequest, err)
		return
	}
	if len(raw) > 0 && raw[0] != '[' {
		raw = append(append(json.RawMessage("["), raw...), ']')
	}
	given, err := decodeFaults(raw)
	if err != nil {
		replyError(w, http.StatusBadRequest, err)
		return
	}
	s.Fail(given...)
	s.replyFaults(w)
}

func (s *Server) controlStyle(w http.ResponseWriter, r *http.Request) {
	var given struct {
		Style string `json:"style"`
	}
	err := decode(r, &given)
	style, styleErr := ParseStyle(given.Style)
	if err = errors.Join(err, styleErr); err != nil {
		replyError(w, http.StatusBadRequest, err)
		return
	}
	s.SetStyle(style)
	reply(w, http.StatusOK, given)
}

func (s *Server) controlTraits(w http.ResponseWriter, r *http.Request) {
	var given map[string]bool
	err := decode(r, &given)
	if err == nil {
		err = s.SetTraits(given)
	}
	if err != nil {
		replyError(w, http.StatusBadRequest, err)
		return
	}
	s.replyState(w)
}

func (s *Server) controlLimits(w http.ResponseWriter, r *http.Request) {
	given := limitsJSON{Kind: FixedAligned.String(), Names: PageNames.String()}
	err := decode(r, &given)
	if err == nil {
		var l Limits
		if l, err = given.limits(); err == nil {
			s.SetLimits(l)
		}
	}
	if err != nil {
		replyError(w, http.StatusBadRequest, err)
		return
	}
	s.replyState(w)
}

func (s *Server) controlSecondAdmin(w http.ResponseWriter, r *http.Request) {
	var given struct {
		Pace Pace `json:"pace"`
	}
	err := decode(r, &given)
	if err == nil {
		err = s.second.SetPace(given.Pace)
	}
	if err != nil {
		replyError(w, http.StatusBadRequest, err)
		return
	}
	s.replyState(w)
}

// agentJSON is what may be changed of an agent; a field that is absent stays.
type agentJSON struct {
	Callin       *[]int64 `json:"callin"`
	Callout      *[]int64 `json:"callout"`
	Priority     *int     `json:"priority"`
	Recording    *bool    `json:"recording"`
	Active       *bool    `json:"active"`
	SystemStatus *string  `json:"system_status"`
	UserStatus   *string  `json:"user_status"`
}

func (s *Server) controlAgent(w http.ResponseWriter, r *http.Request) {
	tenant, err := strconv.ParseInt(r.PathValue("tenant"), 10, 64)
	if err != nil {
		replyError(w, http.StatusBadRequest, fmt.Errorf("tenant: %w", err))
		return
	}
	a, ok := s.Agent(tenant, r.PathValue("id"))
	if !ok {
		replyError(w, http.StatusNotFound, fmt.Errorf("no agent %s in tenant %d", r.PathValue("id"), tenant))
		return
	}
	reply(w, http.StatusOK, a)
}

func (s *Server) controlEdit(w http.ResponseWriter, r *http.Request) {
	var given agentJSON
	if err := decode(r, &given); err != nil {
		replyError(w, http.StatusBadRequest, err)
		return
	}
	tenant, err := strconv.ParseInt(r.PathValue("tenant"), 10, 64)
	if err == nil {
		s.EditAgent(tenant, r.PathValue("id"), func(a *Agent) {
			set(&a.Callin, given.Callin)
			set(&a.Callout, given.Callout)
			set(&a.Active, given.Active)
			set(&a.SystemStatus, given.SystemStatus)
			set(&a.UserStatus, given.UserStatus)
			a.Pinned = a.Pinned || given.SystemStatus != nil || given.UserStatus != nil
			if given.Priority != nil {
				a.Priority = given.Priority
			}
			if given.Recording != nil {
				a.Recording = given.Recording
			}
		})
	}
	s.controlAgent(w, r)
}
