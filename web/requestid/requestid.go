// Package requestid carries the id of a request in its context, so that a log
// line, a journal entry and an error page of one request can be found by one
// word. It is a leaf: handlers, adapters and the middleware that makes the id
// all import it.
package requestid

import (
	"context"
	"crypto/rand"
	"encoding/hex"
)

type contextKey struct{}

// New returns a fresh id: 32 hex digits.
func New() string {
	var b [16]byte
	_, _ = rand.Read(b[:]) // never fails: crypto/rand ends the process instead
	return hex.EncodeToString(b[:])
}

// With returns a context that carries id.
func With(ctx context.Context, id string) context.Context {
	return context.WithValue(ctx, contextKey{}, id)
}

// From returns the context's id, or "" where it has none.
func From(ctx context.Context) string {
	id, _ := ctx.Value(contextKey{}).(string)
	return id
}

// Valid reports whether an id that came from outside may stand in a log, a
// header and a page: 8 to 64 letters, digits, dots, dashes and underscores.
func Valid(id string) bool {
	if len(id) < 8 || len(id) > 64 {
		return false
	}
	for _, r := range []byte(id) {
		switch {
		case r >= 'a' && r <= 'z', r >= 'A' && r <= 'Z', r >= '0' && r <= '9', r == '-', r == '_', r == '.':
		default:
			return false
		}
	}
	return true
}
