// Package tag carries the tag of a sign-in from the request to the views: what every
// form, link and script of a page names, so that a page never acts for another
// sign-in than the one it shows. Two tabs of one browser share a cookie, and whoever
// signs in to another environment in one of them changes what the other's clicks do.
//
// What a tag says is package session's business; who refuses one is handlers' door.
package tag

import (
	"context"
	"net/url"

	"github.com/alohub/agentconsole/web/paths"
)

const (
	// Field is the field in which a form, or an address, names its sign-in.
	Field = "sign_in"
	// Header is the header in which a script does.
	Header = "X-Sign-In"
)

type key struct{}

// With puts the tag of a request's sign-in into its context.
func With(ctx context.Context, tag string) context.Context {
	return context.WithValue(ctx, key{}, tag)
}

// From returns it, "" where nobody is signed in.
func From(ctx context.Context) string {
	tag, _ := ctx.Value(key{}).(string)
	return tag
}

// URL is an address of this console that names the sign-in of the page it stands on.
func URL(ctx context.Context, address string) string { return Add(address, From(ctx)) }

// Add names a sign-in in an address, none where the tag is "".
func Add(address, tag string) string {
	if tag == "" || address == "" {
		return address
	}
	return paths.With(address, Field, tag)
}

// Of is the tag that an address names, "" for none.
func Of(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return ""
	}
	return u.Query().Get(Field)
}
