package web_test

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"html"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/alohub/agentconsole/journal"
	"github.com/alohub/agentconsole/sqlstore"
	"github.com/alohub/agentconsole/web"
)

// gate is a store that fails on demand.
type gate struct {
	web.Store
	// patient lets what is asked take its time: whether a database is slow is not for a busy
	// machine to say. What the deadline is, package session tests.
	patient bool

	mu     sync.Mutex
	broken map[string]bool
	asked  []string // since count
}

// count begins to note what the store is asked; counted is what it was.
func (g *gate) count() {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.asked = nil
}

func (g *gate) counted() []string {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.asked
}

// breakDown lets the named methods fail from now on, as a full disk would.
func (g *gate) breakDown(methods ...string) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.broken = map[string]bool{}
	for _, m := range methods {
		g.broken[m] = true
	}
}

// eachTime asks the database for each page, so that a test sees at once that it broke.
func eachTime(o *setup) { o.web.RecentFor = -1 }

func (g *gate) pass(method string) error {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.asked = append(g.asked, method)
	if g.broken[method] {
		return fmt.Errorf("%w: %s: disk full at /var/lib/console.db", journal.ErrUnavailable, method)
	}
	return nil
}

func (g *gate) Intend(ctx context.Context, e journal.Entry) (string, error) {
	if err := g.pass("Intend"); err != nil {
		return "", err
	}
	if g.patient {
		ctx = context.WithoutCancel(ctx)
	}
	return g.Store.Intend(ctx, e)
}

func (g *gate) Settle(ctx context.Context, id string, s journal.Settlement) error {
	if err := g.pass("Settle"); err != nil {
		return err
	}
	if g.patient {
		ctx = context.WithoutCancel(ctx)
	}
	return g.Store.Settle(ctx, id, s)
}

func (g *gate) List(ctx context.Context, f journal.Filter) ([]journal.Entry, bool, error) {
	if err := g.pass("List"); err != nil {
		return nil, false, err
	}
	return g.Store.List(ctx, f)
}

func (g *gate) Recordings(ctx context.Context, scope journal.Scope, agents ...string) (map[string]journal.RecordingState, error) {
	if err := g.pass("Recordings"); err != nil {
		return nil, err
	}
	return g.Store.Recordings(ctx, scope, agents...)
}

func (g *gate) FindSaving(ctx context.Context, scope journal.Scope, id string) (journal.Saving, error) {
	if err := g.pass("FindSaving"); err != nil {
		return journal.Saving{}, err
	}
	return g.Store.FindSaving(ctx, scope, id)
}

func (g *gate) KeepKnownQueues(ctx context.Context, scope journal.Scope, known journal.KnownQueues) error {
	if err := g.pass("KeepKnownQueues"); err != nil {
		return err
	}
	return g.Store.KeepKnownQueues(ctx, scope, known)
}

func (g *gate) KnownQueues(ctx context.Context, scope journal.Scope) (journal.KnownQueues, error) {
	if err := g.pass("KnownQueues"); err != nil {
		return journal.KnownQueues{}, err
	}
	return g.Store.KnownQueues(ctx, scope)
}

func (g *gate) FilterSets(ctx context.Context, scope journal.Scope, owner string) ([]journal.FilterSet, error) {
	if err := g.pass("FilterSets"); err != nil {
		return nil, err
	}
	return g.Store.FilterSets(ctx, scope, owner)
}

func (g *gate) KeepFilterSet(ctx context.Context, scope journal.Scope, f journal.FilterSet) (string, error) {
	if err := g.pass("KeepFilterSet"); err != nil {
		return "", err
	}
	return g.Store.KeepFilterSet(ctx, scope, f)
}

func (g *gate) ChangeFilterSet(ctx context.Context, scope journal.Scope, owner string, f journal.FilterSet) error {
	if err := g.pass("ChangeFilterSet"); err != nil {
		return err
	}
	return g.Store.ChangeFilterSet(ctx, scope, owner, f)
}

func (g *gate) DropFilterSet(ctx context.Context, scope journal.Scope, owner, id string) error {
	if err := g.pass("DropFilterSet"); err != nil {
		return err
	}
	return g.Store.DropFilterSet(ctx, scope, owner, id)
}

func (g *gate) Ready(ctx context.Context) error {
	if err := g.pass("Ready"); err != nil {
		return err
	}
	return g.Store.Ready(ctx)
}

func (g *gate) Ended(ctx context.Context, id string, generation int64) (bool, error) {
	if err := g.pass("Ended"); err != nil {
		return false, err
	}
	if g.patient {
		ctx = context.WithoutCancel(ctx)
	}
	return g.Store.Ended(ctx, id, generation)
}

func (g *gate) Generation(ctx context.Context) (int64, error) {
	if g.patient {
		ctx = context.WithoutCancel(ctx)
	}
	return g.Store.Generation(ctx)
}

func (g *gate) End(ctx context.Context, id string, until time.Time) error {
	if err := g.pass("End"); err != nil {
		return err
	}
	return g.Store.End(ctx, id, until)
}

// keyForms are the ways in which a key might turn up: as it is, escaped for HTML,
// JSON, a query or a path, and in base64 at each of its three alignments.
func keyForms(key string) []string {
	quoted, _ := json.Marshal(key)
	forms := []string{
		key, html.EscapeString(key), strings.Trim(string(quoted), `"`), url.QueryEscape(key), url.PathEscape(key),
	}
	for shift := range 3 {
		for _, enc := range []*base64.Encoding{base64.RawStdEncoding, base64.RawURLEncoding} {
			text := enc.EncodeToString([]byte(strings.Repeat("x", shift) + key))
			// The first and last characters also hold bits of the neighbours.
			forms = append(forms, text[4:len(text)-4])
		}
	}
	return forms
}

// fileStore is a store in a file, and a function that returns all bytes of it.
func fileStore(t *testing.T) (web.Store, func() string) {
	t.Helper()
	dir := t.TempDir()
	store, err := sqlstore.Open(t.Context(), sqlstore.Config{Database: filepath.Join(dir, "console.db")})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := store.Close(); err != nil {
			t.Error(err)
		}
	})
	return store, func() string {
		var all strings.Builder
		files, err := os.ReadDir(dir)
		if err != nil || len(files) == 0 {
			t.Fatalf("%d files, %v", len(files), err)
		}
		for _, f := range files {
			raw, err := os.ReadFile(filepath.Join(dir, f.Name()))
			if err != nil {
				t.Fatal(err)
			}
			all.Write(raw)
		}
		return all.String()
	}
}

func (g *gate) Unsettled(ctx context.Context, scope journal.Scope, agent string) ([]journal.Entry, error) {
	if err := g.pass("Unsettled"); err != nil {
		return nil, err
	}
	return g.Store.Unsettled(ctx, scope, agent)
}

func (g *gate) Find(ctx context.Context, scope journal.Scope, id string) (journal.Entry, error) {
	if err := g.pass("Find"); err != nil {
		return journal.Entry{}, err
	}
	return g.Store.Find(ctx, scope, id)
}

func (g *gate) Lock(ctx context.Context, scope journal.Scope, agent string, by journal.Holder, waits func(journal.Holder)) (context.Context, func(), error) {
	if err := g.pass("Lock"); err != nil {
		return nil, nil, err
	}
	held, release, err := g.Store.Lock(ctx, scope, agent, by, waits)
	return held, func() { _ = g.pass("release"); release() }, err
}

func (g *gate) RememberQueues(ctx context.Context, scope journal.Scope, kind journal.Kind, names map[int64]string) error {
	if err := g.pass("RememberQueues"); err != nil {
		return err
	}
	return g.Store.RememberQueues(ctx, scope, kind, names)
}

func (g *gate) QueueNames(ctx context.Context, scope journal.Scope, kind journal.Kind) (map[int64]string, error) {
	if err := g.pass("QueueNames"); err != nil {
		return nil, err
	}
	return g.Store.QueueNames(ctx, scope, kind)
}
