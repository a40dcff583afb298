package handlers

import (
	"cmp"
	"strings"

	"github.com/gofiber/fiber/v2"

	"github.com/alohub/agentconsole/locale"
	"github.com/alohub/agentconsole/templates/components"
	"github.com/alohub/agentconsole/web/problem"
	"github.com/alohub/agentconsole/web/render"
	"github.com/alohub/agentconsole/web/requestid"
	"github.com/alohub/agentconsole/web/session"
	"github.com/alohub/agentconsole/web/tag"
)

// Tags makes and reads the tags by which a page says for whom it acts.
type Tags interface {
	Tag(in session.SignIn) string
	ReadTag(tag string) (in session.SignIn, ok bool)
}

// named is the first tag of a sign-in that a request names, "" for none.
func named(c *fiber.Ctx) string {
	return strings.Clone(cmp.Or(c.Get(tag.Header), field(c, tag.Field), c.Query(tag.Field)))
}

// foreign is the tag of a request that is not its sign-in's own, "" for none. It may stand
// in the header, the form and the address, and counts in each; a request that names
// none, as a script of somebody's does, acts for the session's sign-in.
//
// An address only opens a page, which then says whose it is: a draft may be opened by
// who signed in again with the same key and did not give their name, or only now did.
func foreign(c *fiber.Ctx, tags Tags, own string, in session.SignIn) string {
	is := func(sent string, of func(other session.SignIn) bool) bool {
		if sent == "" || sent == own {
			return true
		}
		// Tags of one sign-in differ where the secret was changed between them.
		other, ok := tags.ReadTag(sent)
		return ok && of(other)
	}
	acts := func(other session.SignIn) bool { return other == in }
	for _, sent := range []string{c.Get(tag.Header), field(c, tag.Field)} {
		if !is(sent, acts) {
			return strings.Clone(sent)
		}
	}
	if sent := c.Query(tag.Field); !is(sent, in.Opens) {
		return strings.Clone(sent)
	}
	return ""
}

// otherSignIn answers a request of a page that shows another sign-in than the session
// is of. Nothing is read or sent for it. Both are named, and what was typed is kept
// for the one it belongs to, in the way to sign in to that again.
func (d *Desk) otherSignIn(c *fiber.Ctx, tags Tags, all environments, sent string, now session.SignIn) error {
	say := locale.From(c.UserContext())
	name := func(in session.SignIn) string { return signInName(say, all, in) }
	p := problem.Problem{Status: fiber.StatusConflict, Failure: problem.OtherSession, Message: "problem.other_session"}
	if other, ok := tags.ReadTag(sent); ok {
		p.Data = []any{"Page", name(other), "Now", name(now)}
	} else {
		p.Text, p.Data = "problem.other_session.unknown", []any{"Now", name(now)}
	}
	d.Log.InfoContext(c.UserContext(), "request of another sign-in", "path", c.Path(), "request_id", requestid.From(c.UserContext()))
	f := d.say(c, p, nil)
	f.failure.Ways = []components.Way{
		{URL: d.Paths.SignIn(d.backTo(c)), Text: say.T("problem.other_session.again"), Keeps: true},
		{URL: d.Paths.Home(), Text: say.T("problem.other_session.go_on")},
	}
	if render.HTMX(c) {
		// Over the page as it is, with what was typed in it.
		render.Retarget(c, "#toasts", "beforeend")
		return render.Parts(c, f.code(), components.ToastBox(f.toast()))
	}
	return d.faultPage(c, f, "", d.Paths.Home(), say.T("common.home"))
}

// signInName is how people know a sign-in: environment, tenant, person and key.
func signInName(say *locale.Printer, all environments, in session.SignIn) string {
	words := []string{in.Environment}
	if env, ok := all.find(in.Environment); ok {
		words[0] = env.Name
	}
	for _, word := range []string{in.Tenant, in.Operator} {
		if word != "" {
			words = append(words, word)
		}
	}
	if in.Key != "" {
		words = append(words, say.T("problem.other_session.key", "Key", in.Key))
	}
	return strings.Join(words, " · ")
}
