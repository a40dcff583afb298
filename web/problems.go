package web

import (
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"time"

	"golang.org/x/net/http/httpguts"

	"github.com/alohub/agentconsole/apiclient"
	"github.com/alohub/agentconsole/web/session"
)

// OptionError is one thing that is wrong with Options. It never repeats a secret or
// a password.
type OptionError struct {
	Option string // the field: "OperatorHeader"
	With   string // the field that it does not go together with, "" where there is none

	reason string // with "{with}" where the other field is named
}

// Error names the fields.
func (e *OptionError) Error() string { return e.Named(e.Option, e.With) }

// Named is Error for a program whose settings bear other names than the fields.
func (e *OptionError) Named(option, with string) string {
	return option + ": " + strings.ReplaceAll(e.reason, "{with}", with)
}

// problems gathers what is wrong.
type problems []*OptionError

func (p *problems) add(option, reason string, args ...any) {
	p.clash(option, "", reason, args...)
}

func (p *problems) clash(option, with, reason string, args ...any) {
	*p = append(*p, &OptionError{Option: option, With: with, reason: fmt.Sprintf(reason, args...)})
}

// adopt notes an error of another package, or each of those joined in it.
func (p *problems) adopt(option, prefix string, err error) {
	if joined, ok := err.(interface{ Unwrap() []error }); ok {
		for _, e := range joined.Unwrap() {
			p.adopt(option, prefix, e)
		}
		return
	}
	if err != nil {
		p.add(option, "%s%s", prefix, err)
	}
}

// join is the error of all problems, nil where there are none.
func (p problems) join() error {
	errs := make([]error, len(p))
	for i, e := range p {
		errs[i] = fmt.Errorf("web: %w", e)
	}
	return errors.Join(errs...)
}

// Problems is everything that New would refuse, nil where nothing is.
func (o Options) Problems() []*OptionError {
	o = o.withDefaults()
	var p problems
	if o.Store == nil {
		p.add("Store", "is required")
	}
	p.adopt("Secrets", "", session.CheckSecrets(o.Secrets))
	_, err := apiclient.ParseAuthHeaders(string(o.AuthHeaders))
	p.adopt("AuthHeaders", "", err)
	p.upstreams(o.Upstreams)
	p.rehearsals(o)
	p.adopt("BasePath", "", checkBasePath(o.BasePath))
	p.people(o)
	p.durations(o)
	if !(o.Reserve < 1) { // negated, so that NaN is refused too
		p.add("Reserve", "must be below 1")
	}
	return p
}

func (p *problems) upstreams(list []Upstream) {
	const option = "Upstreams"
	if len(list) == 0 {
		p.add(option, "there must be at least one")
	}
	names, slugs := map[string]bool{}, map[string]string{}
	for i, u := range list {
		who := fmt.Sprintf("%q", u.Name)
		switch {
		case strings.TrimSpace(u.Name) == "":
			who = fmt.Sprintf("upstream %d of %d", i+1, len(list))
			p.add(option, "%s has no name", who)
		case names[u.Name]:
			p.add(option, "two are named %s", who)
		}
		names[u.Name] = true
		other, taken := slugs[u.Slug]
		switch {
		case u.Slug == "":
			p.add(option, "%s has no short name: it takes a letter or digit at least", who)
		case strings.Trim(u.Slug, "abcdefghijklmnopqrstuvwxyz0123456789-") != "":
			p.add(option, "%s has the short name %q, which may have only a-z, 0-9 and -", who, u.Slug)
		case taken:
			p.add(option, "%s and %s have the same short name %q", other, who, u.Slug)
		}
		slugs[u.Slug] = who
		_, err := apiclient.ParseBaseURL(u.BaseURL)
		p.adopt(option, who+": ", err)
	}
}

// rehearsals are where a write may be rehearsed: a misspelt one would only seem to allow it.
func (p *problems) rehearsals(o Options) {
	for _, slug := range o.WriteRehearsal {
		if !slices.ContainsFunc(o.Upstreams, func(u Upstream) bool { return u.Slug == slug }) {
			p.clash("WriteRehearsal", "Upstreams", "%q is the short name of none of {with}", slug)
		}
	}
}

// people are the options that say how people come to the console, and who they are.
func (p *problems) people(o Options) {
	https := false
	if u := o.PublicURL; u != nil {
		https = u.Scheme == "https"
		path := strings.TrimRight(u.Path, "/")
		switch {
		case !isOrigin(u):
			p.add("PublicURL", "%q is not an origin such as https://console.example.vn", u.Redacted())
		case path != "" && path != o.BasePath:
			p.clash("PublicURL", "BasePath", "has the path %s; set {with} to it", path)
		}
	}
	for _, network := range o.TrustedProxies {
		if !network.IsValid() {
			p.add("TrustedProxies", "a network in it is none: build it with netip.ParsePrefix")
		}
	}
	switch {
	case o.OperatorHeader == "":
	case !httpguts.ValidHeaderFieldName(o.OperatorHeader):
		p.add("OperatorHeader", "%q is not a header's name", o.OperatorHeader)
	case o.Operator != nil:
		p.clash("OperatorHeader", "Operator", "is never read where {with} names people; keep one")
	case len(o.TrustedProxies) == 0:
		p.clash("OperatorHeader", "TrustedProxies", "needs {with}: nobody else is believed")
	}
	for _, ancestor := range o.FrameAncestors {
		u, err := url.Parse(ancestor)
		// What ends a source or a directive would change the policy.
		if err != nil || !isOrigin(u) || u.Path != "" || strings.ContainsAny(ancestor, "; ,'\"") {
			p.add("FrameAncestors", "%q is not an origin such as https://crm.example.vn", ancestor)
		}
	}
	if o.Authenticate != nil {
		if o.Operator != nil {
			p.clash("Operator", "Authenticate", "is never asked where {with} names people; keep one")
		}
		if o.OperatorHeader != "" {
			p.clash("OperatorHeader", "Authenticate", "is never read where {with} names people; keep one")
		}
	}
	if o.HSTSSubDomains && !https {
		p.clash("HSTSSubDomains", "PublicURL", "needs an https {with}: browsers ignore it otherwise")
	}
	if len(o.FrameAncestors) > 0 && !https {
		p.clash("FrameAncestors", "PublicURL", "needs an https {with}: browsers keep no cookie in a frame without https")
	}
}

func (p *problems) durations(o Options) {
	for _, d := range []struct {
		option string
		value  time.Duration
	}{
		{"SessionIdle", o.SessionIdle},
		{"SessionMax", o.SessionMax},
		{"JournalRetention", o.JournalRetention},
		{"ShutdownTimeout", o.ShutdownTimeout},
		{"ReadTimeout", o.ReadTimeout},
		{"AttemptTimeout", o.AttemptTimeout},
		{"WriteTimeout", o.WriteTimeout},
		{"SnapshotMaxAge", o.SnapshotMaxAge},
		{"SnapshotIdle", o.SnapshotIdle},
		{"SentFor", o.SentFor},
	} {
		if d.value < 0 {
			p.add(d.option, "%s is negative", d.value)
		}
	}
	if o.SessionIdle > 0 && o.SessionMax > 0 && o.SessionMax < o.SessionIdle {
		p.clash("SessionMax", "SessionIdle", "%s is shorter than {with}, %s", o.SessionMax, o.SessionIdle)
	}
}

// isOrigin reports whether u is of the form scheme://host, perhaps with a path.
func isOrigin(u *url.URL) bool {
	return (u.Scheme == "https" || u.Scheme == "http") && u.Host != "" && u.User == nil &&
		u.RawQuery == "" && !u.ForceQuery && u.Fragment == ""
}

// checkBasePath says what is wrong with a path under which the console is to stand.
func checkBasePath(path string) error {
	if path == "" {
		return nil
	}
	for i, segment := range strings.Split(path, "/") {
		plain := strings.Trim(segment, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.~") == ""
		if (i == 0) != (segment == "") || !plain || segment == "." || segment == ".." {
			return fmt.Errorf("%q must begin with /, have no / at its end nor two in a row, and consist of letters, digits and - _ . ~", path)
		}
	}
	return nil
}
