// Package locale holds every sentence people see, in Vietnamese and English, and
// says them. Vietnamese is the default. The catalogues are vi.toml and en.toml;
// a test keeps their keys and placeholders equal, and finds keys that the code
// uses and the catalogues lack.
package locale

import (
	"bytes"
	"context"
	"embed"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"sync"

	"github.com/BurntSushi/toml"
	"github.com/nicksnyder/go-i18n/v2/i18n"
	"golang.org/x/sync/errgroup"
	"golang.org/x/text/language"
	"golang.org/x/text/message"
)

//go:embed vi.toml en.toml
var files embed.FS

// The languages, as they stand in the preferences cookie and in <html lang>.
const (
	Vietnamese = "vi"
	English    = "en"
)

// Languages lists what people may choose from, the default first.
func Languages() []string { return []string{Vietnamese, English} }

// Catalogues are the loaded messages of all languages.
type Catalogues struct{ printers map[string]*Printer }

// Load parses the embedded catalogues, at once: a fifth of a start is this.
func Load() (*Catalogues, error) {
	languages := Languages()
	printers := make([]*Printer, len(languages))
	var group errgroup.Group
	for i, lang := range languages {
		group.Go(func() (err error) {
			if printers[i], err = newPrinter(lang); err != nil {
				return fmt.Errorf("locale %s: %w", lang, err)
			}
			return nil
		})
	}
	if err := group.Wait(); err != nil {
		return nil, err
	}
	c := &Catalogues{printers: map[string]*Printer{}}
	for i, lang := range languages {
		c.printers[lang] = printers[i]
	}
	return c, nil
}

func newPrinter(lang string) (*Printer, error) {
	raw, err := files.ReadFile(lang + ".toml")
	if err != nil {
		return nil, err
	}
	file, err := i18n.ParseMessageFileBytes(raw, lang+".toml", map[string]i18n.UnmarshalFunc{"toml": toml.Unmarshal})
	if err != nil {
		return nil, err
	}
	tag := language.Make(lang)
	p := &Printer{
		lang:    lang,
		plain:   map[string]string{},
		filled:  map[string][]string{},
		one:     map[string][]string{},
		numbers: message.NewPrinter(tag),
	}
	bundle := i18n.NewBundle(tag)
	for _, m := range file.Messages {
		parts, ok := split(m.Other)
		one, simple := split(m.One)
		switch {
		case m.One != "" && ok && simple:
			p.one[m.ID], p.filled[m.ID] = one, parts
		case m.One == "" && !strings.Contains(m.Other, "{{"):
			p.plain[m.ID] = m.Other
		case m.One == "" && ok:
			p.filled[m.ID] = parts
		default:
			// The library keeps a template of each message it is given.
			if err := bundle.AddMessages(tag, m); err != nil {
				return nil, err
			}
		}
	}
	p.localizer = i18n.NewLocalizer(bundle, lang)
	return p, nil
}

// Printer returns the printer of a language, the default's for an unknown one.
func (c *Catalogues) Printer(lang string) *Printer {
	if p, ok := c.printers[lang]; ok {
		return p
	}
	return c.printers[Vietnamese]
}

// Printer says messages in one language. Safe for concurrent use.
type Printer struct {
	lang      string
	localizer *i18n.Localizer
	// Most messages need no template: plain ones have no placeholder, filled ones
	// are cut into text and names in turn, those of one thing apart. A page says some
	// hundred of them.
	plain   map[string]string
	filled  map[string][]string
	one     map[string][]string
	numbers *message.Printer

	same sync.Map // parts of pages by name, see Same
}

// Lang returns "vi" or "en".
func (p *Printer) Lang() string { return p.lang }

// Same returns what was made under a name before, or has it made: what is the same each time
// it is said in this language. The names are few.
func (p *Printer) Same(name string, make func() (string, error)) (string, error) {
	if text, ok := p.same.Load(name); ok {
		return text.(string), nil
	}
	text, err := make()
	if err == nil {
		p.same.Store(name, text)
	}
	return text, err
}

// T says the message id. pairs are placeholder names and their values in turn:
// T("agents.total", "Total", 413).
func (p *Printer) T(id string, pairs ...any) string {
	if s, ok := p.plain[id]; ok {
		return s
	}
	if parts, ok := p.filled[id]; ok {
		return fill(parts, pairs)
	}
	return p.localize(&i18n.LocalizeConfig{MessageID: id, TemplateData: data(pairs)}, id)
}

// split cuts a message into text and placeholder names in turn, text first. ok is
// false where it has any other template syntax than "{{.Name}}".
func split(message string) (parts []string, ok bool) {
	for {
		text, rest, found := strings.Cut(message, "{{.")
		parts = append(parts, text)
		if !found {
			return parts, !strings.Contains(message, "{{")
		}
		name, after, closed := strings.Cut(rest, "}}")
		if !closed || strings.Contains(text, "{{") || strings.Trim(name, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ") != "" {
			return nil, false
		}
		parts, message = append(parts, name), after
	}
}

func fill(parts []string, pairs []any) string {
	var b strings.Builder
	for i, part := range parts {
		if i%2 == 0 {
			b.WriteString(part)
			continue
		}
		for j := 0; j+1 < len(pairs); j += 2 {
			if pairs[j] != part {
				continue
			}
			switch v := pairs[j+1].(type) {
			case string:
				b.WriteString(v)
			case int:
				b.WriteString(strconv.Itoa(v))
			default:
				fmt.Fprint(&b, v)
			}
		}
	}
	return b.String()
}

// N says the plural form of id for n, which is also the placeholder Count.
func (p *Printer) N(id string, n int, pairs ...any) string {
	if s, ok := p.plain[id]; ok {
		return s
	}
	parts, ok := p.filled[id]
	if one, has := p.one[id]; has && n == 1 { // in English, and in Vietnamese there are none
		parts = one
	}
	if ok {
		return fill(parts, append(slices.Clip(pairs), "Count", p.Number(n)))
	}
	d := data(pairs)
	d["Count"] = p.Number(n)
	return p.localize(&i18n.LocalizeConfig{MessageID: id, TemplateData: d, PluralCount: n}, id)
}

// Has reports whether the catalogue knows id.
func (p *Printer) Has(id string) bool {
	_, plain := p.plain[id]
	if _, filled := p.filled[id]; plain || filled {
		return true
	}
	s, _ := p.localizer.Localize(&i18n.LocalizeConfig{MessageID: id, PluralCount: 1})
	return s != ""
}

// Number writes n with the language's thousands separator.
func (p *Printer) Number(n int) string {
	if n >= 0 && n < 1000 { // which has none
		return strconv.Itoa(n)
	}
	return p.numbers.Sprintf("%d", n)
}

func (p *Printer) localize(cfg *i18n.LocalizeConfig, id string) string {
	// The newest plural rules give Vietnamese a "one"; its catalogue needs none, and
	// the library then says "other" and complains. What was said is what counts.
	s, _ := p.localizer.Localize(cfg)
	if s == "" {
		return "⟨" + id + "⟩"
	}
	return s
}

func data(pairs []any) map[string]any {
	d := make(map[string]any, len(pairs)/2+1)
	for i := 0; i+1 < len(pairs); i += 2 {
		if name, ok := pairs[i].(string); ok {
			d[name] = pairs[i+1]
		}
	}
	return d
}

type contextKey struct{}

// With returns a context whose messages are said by p.
func With(ctx context.Context, p *Printer) context.Context {
	return context.WithValue(ctx, contextKey{}, p)
}

// From returns the context's printer. A context without one gets a printer that
// says the bare ids, so that a forgotten With is seen at once.
func From(ctx context.Context) *Printer {
	if p, ok := ctx.Value(contextKey{}).(*Printer); ok {
		return p
	}
	return &Printer{
		lang:      Vietnamese,
		localizer: i18n.NewLocalizer(i18n.NewBundle(language.Vietnamese), Vietnamese),
		numbers:   message.NewPrinter(language.Vietnamese),
	}
}

// T says the message id in the context's language.
func T(ctx context.Context, id string, pairs ...any) string { return From(ctx).T(id, pairs...) }

// N says the plural message id in the context's language.
func N(ctx context.Context, id string, n int, pairs ...any) string {
	return From(ctx).N(id, n, pairs...)
}

// Keys returns all message ids of a language's catalogue with their raw text,
// for the tests that compare catalogues.
func Keys(lang string) (map[string]string, error) {
	raw, err := files.ReadFile(lang + ".toml")
	if err != nil {
		return nil, err
	}
	bundle := i18n.NewBundle(language.Make(lang))
	bundle.RegisterUnmarshalFunc("toml", toml.Unmarshal)
	file, err := bundle.ParseMessageFileBytes(bytes.TrimSpace(raw), lang+".toml")
	if err != nil {
		return nil, err
	}
	keys := map[string]string{}
	for _, m := range file.Messages {
		keys[m.ID] = m.Other
	}
	return keys, nil
}
