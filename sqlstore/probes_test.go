package sqlstore

import (
	"errors"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/alohub/agentconsole/journal"
)

// TestProbes: an environment has the last report that was kept for it, and no other's.
func TestProbes(t *testing.T) {
	t.Parallel()
	exercise := func(t *testing.T, database string) {
		t.Parallel()
		ctx, s := t.Context(), mustOpen(t, database)
		at := time.Date(2026, 6, 2, 9, 0, 0, 0, time.UTC)
		if report, when, err := s.Probe(ctx, "production"); report != nil || !when.IsZero() || err != nil {
			t.Errorf("before any: %s, %s, %v", report, when, err)
		}
		for i, text := range []string{`{"calls":1}`, `{"calls":2,"said":"Đức"}`} {
			if err := s.KeepProbe(ctx, "production", []byte(text), at.Add(time.Duration(i)*time.Minute)); err != nil {
				t.Fatal(err)
			}
		}
		if err := s.KeepProbe(ctx, "development", []byte(`{}`), at); err != nil {
			t.Fatal(err)
		}
		report, when, err := s.Probe(ctx, "production")
		if string(report) != `{"calls":2,"said":"Đức"}` || !when.Equal(at.Add(time.Minute)) || err != nil {
			t.Errorf("%s, %s, %v", report, when, err)
		}
		for _, name := range []string{"", strings.Repeat("x", maxName+1)} {
			if err := s.KeepProbe(ctx, name, nil, at); err == nil || errors.Is(err, journal.ErrUnavailable) {
				t.Errorf("a name of %d bytes: %v", len(name), err)
			}
		}
	}
	t.Run("SQLite", func(t *testing.T) { exercise(t, filepath.Join(t.TempDir(), "console.db")) })
	t.Run("Postgres", func(t *testing.T) { exercise(t, postgresSchema(t)) })
}
