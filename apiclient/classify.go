package apiclient

import (
	"bytes"
	"errors"
	"html"
	"net/http"
	"net/url"
	"strconv"
	"strings"
)

// classify judges an answer by its HTTP status first and its body second
// (docs/api, decision 13). It is nil for a 2xx, whose body decides.
func (a *Caller) classify(op string, ans *answer) error {
	switch s := ans.status; {
	case s >= 200 && s < 300:
		return nil
	case s >= 300 && s < 400 && s != http.StatusNotModified:
		return &UnreachableError{
			Op: op, Reason: ReachRedirect, Status: s, Sent: true,
			Detail: a.creds.Key.clean("redirected to "+redirectHost(ans.header), maxMessage),
		}
	case s == http.StatusBadGateway, s == http.StatusServiceUnavailable, s == http.StatusGatewayTimeout:
		refused := a.refusal(op, ans)
		return &UnreachableError{
			Op: op, Reason: ReachGateway, Status: s, Sent: true,
			Detail: strings.TrimSpace(refused.Code + " " + refused.Message),
		}
	case s == http.StatusTooManyRequests:
		return &RateLimitError{
			Op: op, RetryAfter: wholeSeconds(ans.retryAfter), Scope: ans.reading.scope(),
			Message: a.refusal(op, ans).Message,
		}
	case s >= 400:
		refused := a.refusal(op, ans)
		refused.Kind = kindOf(s, refused.Gateway)
		return refused
	}
	return a.notAPI(op, ans, "unexpected status")
}

func kindOf(status int, gateway bool) error {
	switch status {
	case http.StatusBadRequest:
		return ErrInvalidInput
	case http.StatusUnauthorized:
		return ErrUnauthorized
	case http.StatusForbidden:
		return ErrInsufficientScope
	case http.StatusNotFound:
		if gateway {
			return ErrNoRoute
		}
		return ErrNotFound
	}
	if status < 500 {
		return ErrRequestShape
	}
	return ErrFailed
}

// refusal reads what a body says, whoever wrote it; Kind is left open.
func (a *Caller) refusal(op string, ans *answer) *RefusedError {
	key := a.creds.Key
	e := &RefusedError{Op: op, Status: ans.status, Gateway: true}
	env, err := decodeEnvelope(ans.body, false)
	switch {
	case err != nil:
		e.Message = key.clean(title(ans.body), maxMessage)
	case env.ours():
		e.Gateway = false
		e.Code = key.clean(env.code, maxCode)
		e.Message = key.clean(firstOf(env.text, env.message), maxMessage)
	default:
		e.Message = key.clean(firstOf(env.message, env.text), maxMessage)
	}
	id := ""
	if env != nil {
		id = env.requestID
	}
	e.RequestID = key.clean(firstOf(id, ans.header.Get("X-Kong-Request-Id")), maxCode)
	return e
}

// failedEnvelope is a 200 that says it failed: there the documented error_code tells
// what kind of failure it is.
func (a *Caller) failedEnvelope(op string, ans *answer, env *envelope) error {
	key := a.creds.Key
	kind := ErrFailed
	switch env.code {
	case "RATE_LIMIT_EXCEEDED":
		return &RateLimitError{
			Op: op, RetryAfter: wholeSeconds(retryAfter(ans.header, ans.at, a.client.rand)), Scope: ans.reading.scope(),
			Message: key.clean(firstOf(env.text, env.message), maxMessage),
		}
	case "UNAUTHORIZED":
		kind = ErrUnauthorized
	case "INSUFFICIENT_SCOPE":
		kind = ErrInsufficientScope
	case "INVALID_INPUT":
		kind = ErrInvalidInput
	case "NOT_FOUND":
		kind = ErrNotFound
	}
	return &RefusedError{
		Op: op, Kind: kind, Status: ans.status,
		Code:      key.clean(env.code, maxCode),
		Message:   key.clean(firstOf(env.text, env.message), maxMessage),
		RequestID: key.clean(env.requestID, maxCode),
	}
}

// envelopeOf decodes a 2xx. A body that ends too early counts as a broken
// connection, which a read repeats; any other shape is somebody else's answer.
func (a *Caller) envelopeOf(op string, ans *answer, wantRows bool) (*envelope, error) {
	env, err := decodeEnvelope(ans.body, wantRows)
	switch {
	case err == nil:
		return env, nil
	case len(bytes.TrimSpace(ans.body)) == 0:
		return nil, a.truncated(op, ans, "the answer is empty")
	case errors.Is(err, errTruncated):
		return nil, a.truncated(op, ans, err.Error())
	}
	return nil, a.notAPI(op, ans, err.Error())
}

func (a *Caller) truncated(op string, ans *answer, detail string) error {
	return &UnreachableError{
		Op: op, Reason: ReachReset, Status: ans.status, Sent: true,
		Detail: detail, Err: errTruncated,
	}
}

func (a *Caller) notAPI(op string, ans *answer, detail string) error {
	parts := []string{"HTTP " + strconv.Itoa(ans.status), detail}
	if typ := ans.header.Get("Content-Type"); typ != "" {
		parts = append(parts, typ)
	}
	if t := title(ans.body); t != "" {
		parts = append(parts, strconv.Quote(t))
	}
	return &UnreachableError{
		Op: op, Reason: ReachNotAPI, Status: ans.status, Sent: true,
		Detail: a.creds.Key.clean(strings.Join(parts, ", "), maxMessage),
	}
}

func redirectHost(h http.Header) string {
	u, err := url.Parse(h.Get("Location"))
	if err != nil || u.Host == "" {
		return "another address"
	}
	return u.Scheme + "://" + u.Host
}

// title returns an HTML page's title, the one part of it worth showing, or a
// short plain text whole.
func title(body []byte) string {
	const longest = 16 << 10
	text := string(body[:min(len(body), longest)])
	low := lowerASCII(text)
	if start := strings.Index(low, "<title"); start >= 0 {
		if open := strings.IndexByte(low[start:], '>'); open >= 0 {
			start += open + 1
			if end := strings.Index(low[start:], "</title"); end >= 0 {
				return strings.Join(strings.Fields(html.UnescapeString(text[start:start+end])), " ")
			}
		}
	}
	if text = strings.TrimSpace(text); len(text) <= 200 && text != "" && text[0] != '<' && text[0] != '{' {
		return text
	}
	return ""
}

func firstOf(texts ...string) string {
	for _, t := range texts {
		if t != "" {
			return t
		}
	}
	return ""
}
