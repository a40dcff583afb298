package apiclient

import (
	"context"
	"io"
	"net/http"
	"net/url"
	"strings"
)

// call is one request before it is sent, shared by the sending and by curl.
type call struct {
	op     string
	route  route
	method string
	path   string // escaped, from /v1
	query  string
	body   string // JSON; "" for none
}

// header is one request header; secret marks the ones that carry the key.
type header struct {
	name, value string
	secret      bool
}

func (a *Caller) url(c call) string {
	u := a.client.base + c.path
	if c.query != "" {
		u += "?" + c.query
	}
	return u
}

// headers lists what is sent, in the order curl shows it.
func (a *Caller) headers(c call) []header {
	key := a.creds.Key.Reveal()
	hs := make([]header, 0, 7)
	if a.client.auth != AuthAuthorization {
		hs = append(hs, header{name: "X-Api-Key", value: key, secret: true})
	}
	if a.client.auth != AuthXAPIKey {
		hs = append(hs, header{name: "Authorization", value: key, secret: true})
	}
	if a.creds.TenantID != "" {
		hs = append(hs, header{name: "X-Tenant-Id", value: a.creds.TenantID})
	}
	if c.body != "" {
		hs = append(hs, header{name: "Content-Type", value: "application/json"})
	}
	return append(hs,
		// Without it a gateway may answer text or HTML.
		header{name: "Accept", value: "application/json"},
		header{name: "Accept-Encoding", value: "gzip"},
		header{name: "User-Agent", value: a.client.userAgent},
	)
}

func (a *Caller) request(ctx context.Context, c call) (*http.Request, *onceBody, error) {
	var (
		body   *onceBody
		reader io.Reader
	)
	if c.body != "" {
		body = &onceBody{rest: []byte(c.body)}
		reader = body
	}
	req, err := http.NewRequestWithContext(ctx, c.method, a.url(c), reader)
	if err != nil {
		return nil, nil, err
	}
	req.ContentLength = int64(len(c.body))
	for _, h := range a.headers(c) {
		req.Header[h.name] = []string{h.value}
	}
	return req, body, nil
}

// check refuses what must not or cannot be sent.
func (a *Caller) check(op string) error {
	if !a.creds.Key.Sendable() {
		return &RefusedError{
			Op: op, Kind: ErrUnauthorized, Local: true,
			Message: "the API key is empty or holds characters that no key has",
		}
	}
	if !printable(a.creds.TenantID) {
		return &RefusedError{
			Op: op, Kind: ErrInvalidInput, Local: true,
			Message: "the tenant holds characters that no tenant id has",
		}
	}
	return nil
}

// agentPath is the path of one agent's resource. Dot segments would be resolved
// away by whatever stands between, turning one agent's path into another's.
func agentPath(op, agentID, resource string) (string, error) {
	if agentID == "" || agentID == "." || agentID == ".." || strings.ContainsRune(agentID, 0) {
		return "", &RefusedError{
			Op: op, Kind: ErrInvalidInput, Local: true,
			Message: "this is no agent's extension",
		}
	}
	return "/v1/agents/" + url.PathEscape(agentID) + "/" + resource, nil
}

// printable reports whether s can travel in a header as it is: printable ASCII
// without a space at either end.
func printable(s string) bool {
	if s != strings.TrimSpace(s) {
		return false
	}
	for i := range len(s) {
		if s[i] < ' ' || s[i] > '~' {
			return false
		}
	}
	return true
}
