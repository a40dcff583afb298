package handlers

import (
	"cmp"
	"strings"

	"github.com/alohub/agentconsole/apiclient"
	"github.com/alohub/agentconsole/journal"
	"github.com/alohub/agentconsole/roster"
	"github.com/alohub/agentconsole/roster/live"
	"github.com/alohub/agentconsole/web/session"
)

// actor is who acts: as whom, through which key, on which tenant. It holds nothing
// of the request it was made for, so it may be kept when that is over.
type actor struct {
	// operator is the person's name: whom the proxy names now, else whom the session
	// does.
	operator string
	env      Environment
	person   *apiclient.Caller
	// refresh calls for a page that asks by itself.
	refresh *apiclient.Caller
	// runCaller calls for runs that the person starts.
	runCaller *apiclient.Caller
	// background calls for what nobody waits for.
	background *apiclient.Caller
	access     live.Access
	tenant     *live.Tenant
}

// actors makes them.
type actors struct {
	tenants interface {
		Tenant(a live.Access) *live.Tenant
	}
	salt []byte
}

// of returns who acts for a session at its environment, under that name.
func (a *actors) of(s *session.Session, env Environment, operator string) *actor {
	creds := apiclient.Credentials{Key: s.Key, TenantID: strings.Clone(s.TenantID), Tenant: strings.Clone(s.Tenant)}
	fingerprint := s.Key.Fingerprint(a.salt)
	// Until a row names a tenant, what this key did is shown to this key alone.
	tenant := cmp.Or(strings.Clone(s.Tenant), "key:"+fingerprint)
	run, background := env.Client.Caller(creds, apiclient.Run), env.Client.Caller(creds, apiclient.Background)
	who := &actor{operator: strings.Clone(operator), env: env, person: env.Client.Caller(creds, apiclient.Person), refresh: env.Client.Caller(creds, apiclient.Refresh), runCaller: run, background: background}
	who.access = live.Access{
		Key:        live.Key{Environment: env.Slug, KeyFingerprint: fingerprint, TenantHeader: creds.TenantID},
		Scope:      journal.Scope{Environment: env.Slug, Tenant: tenant},
		Session:    strings.Clone(s.ID),
		Person:     who.person,
		Run:        run,
		Background: background,
	}
	who.tenant = a.tenants.Tenant(who.access)
	return who
}

// scope is what of the journal the actor may see.
func (a *actor) scope() journal.Scope { return a.access.Scope }

// is reports whether somebody who asked for something is who acts now: in the same session,
// or by the same name in another.
func (a *actor) is(by roster.Author) bool {
	return by.Session == a.access.Session || by.Operator != "" && by.Operator == a.operator
}

// author signs what is done in answer to a request, or to none ("").
func (a *actor) author(request string) roster.Author {
	return roster.Author{
		Session: a.access.Session, Operator: a.operator, KeyFingerprint: a.access.Key.KeyFingerprint, RequestID: strings.Clone(request),
	}
}
