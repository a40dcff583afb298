// Package stories shows every page and every part of one in each of its states, without an
// API behind it: for whoever writes a view or its stylesheet, and for the tests that render
// and picture all of them. It is made of the views that people get and of models written by
// hand, with the texts that break things. Nothing that is shipped may use it.
package stories

import (
	"context"
	"io"
	"time"

	"github.com/a-h/templ"

	"github.com/alohub/agentconsole/locale"
	"github.com/alohub/agentconsole/templates/components"
	"github.com/alohub/agentconsole/templates/layouts"
	"github.com/alohub/agentconsole/web/paths"
	"github.com/alohub/agentconsole/web/tag"
)

// Story is a state of a page, or of a part of one, that is looked at by its name.
type Story struct {
	Group string // the screen, or the kind of part
	Name  string // in its address
	Says  string // what is to be seen
	// Whole: it is a page as people get it. Otherwise parts stand on a page of their own.
	Whole bool
	Body  templ.Component
	// Answers are what requests of the page itself are answered with, by their paths below
	// its Base; where Retarget is set they take the place of what it selects.
	Answers  map[string]templ.Component
	Retarget string
	// Does is what happens to the first element that Press selects once the page has been
	// loaded: "click", or an event that htmx is to see there. Shows selects what there is
	// then to be seen.
	Press, Does, Shows string

	paths paths.Paths
	at    time.Time
	shell func(*layouts.Chrome)
}

// Base is the path below which a story's links and forms lead.
func (s Story) Base() string { return s.paths.Base() }

// All are the stories in one language, as of a moment.
func All(say *locale.Printer, now time.Time) []Story {
	t := &teller{say: say, now: now}
	t.agents()
	t.agent()
	t.filterSets()
	t.queues()
	t.updates()
	t.palettes()
	t.runs()
	t.changes()
	t.connection()
	t.signIns()
	t.demo()
	t.failures()
	t.surroundings()
	t.smallParts()
	return t.told
}

// teller tells stories.
type teller struct {
	say  *locale.Printer
	now  time.Time
	told []Story
}

// page tells of a whole page.
func (t *teller) page(group, name, says string, body func(p paths.Paths) templ.Component, more ...func(*Story)) {
	s := Story{Group: group, Name: name, Says: says, Whole: true, paths: paths.New("/of/" + name), at: t.now}
	s.Body = body(s.paths)
	for _, change := range more {
		change(&s)
	}
	t.told = append(t.told, s)
}

// parts tells of parts of pages, one below the other.
func (t *teller) parts(group, name, says string, all func(p paths.Paths) []templ.Component, more ...func(*Story)) {
	t.page(group, name, says, func(p paths.Paths) templ.Component { return onePage(name, all(p)) }, more...)
	t.told[len(t.told)-1].Whole = false
}

// shell changes what stands around a story.
func shell(change func(*layouts.Chrome)) func(*Story) {
	return func(s *Story) {
		before := s.shell
		s.shell = func(c *layouts.Chrome) {
			if before != nil {
				before(c)
			}
			change(c)
		}
	}
}

// nav says which of the tabs a story is below.
func nav(name string) func(*Story) { return shell(func(c *layouts.Chrome) { c.Nav = name }) }

// stranger has nobody signed in.
func stranger() func(*Story) { return shell(func(c *layouts.Chrome) { c.Person = nil }) }

// presses has something pressed, and answered.
func presses(selector, shows string, answers map[string]templ.Component) func(*Story) {
	return does("click", selector, shows, answers)
}

// does has an event happen, and what it asks for answered.
func does(event, selector, shows string, answers map[string]templ.Component) func(*Story) {
	return func(s *Story) { s.Press, s.Does, s.Shows, s.Answers = selector, event, shows, answers }
}

// ago is a moment before that of the stories.
func (t *teller) ago(d time.Duration) time.Time { return t.now.Add(-d) }

// Render writes the page of a story. Lang and Theme are as the page's shell has them.
func (s Story) Render(ctx context.Context, w io.Writer, assets layouts.Assets, lang, theme string) error {
	c := layouts.Chrome{
		Title: s.Name, Paths: s.paths, Assets: assets, Lang: lang, Theme: theme, Here: s.Address(lang, theme), At: s.at,
		Person: &layouts.Person{Operator: "Nguyễn Văn An", KeyLastFour: "51d8", Tenant: "AloHub", Environment: "Development"},
		Budget: components.Budget{Tenant: components.Gauge{Limit: 60, Remaining: 52, Known: true}},
	}
	if s.shell != nil {
		s.shell(&c)
	}
	if c.Person != nil {
		ctx = tag.With(ctx, signIn)
	}
	body := s.Body
	if s.Press != "" {
		body = templ.Join(body, presser(s.Press, s.Does))
	}
	return layouts.Page(c).Render(templ.WithChildren(ctx, body), w)
}

// signIn is the tag of the sign-in that the stories' forms name.
const signIn = "story"

// Address is where a story is looked at.
func (s Story) Address(lang, theme string) string {
	return "/story/" + s.Name + "?lang=" + lang + "&theme=" + theme
}
