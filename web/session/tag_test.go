package session

import (
	"encoding/base64"
	"strings"
	"testing"

	"github.com/alohub/agentconsole/apiclient"
)

func TestTag(t *testing.T) {
	t.Parallel()
	m := mustNew(t, nil)
	in := sample().SignIn("Lan")
	tag := m.Tag(in)
	if again := m.Tag(sample().SignIn("Lan")); again != tag {
		t.Error("one sign-in has two tags")
	}
	if got, ok := m.ReadTag(tag); !ok || got != in {
		t.Errorf("read back %+v, %v", got, ok)
	}
	raw, err := base64.RawURLEncoding.DecodeString(tag)
	if err != nil || strings.Contains(string(raw), "Lan") || strings.Contains(string(raw), in.Environment) || strings.Contains(string(raw), in.Key) {
		t.Errorf("%q can be read by everybody", tag)
	}
	for name, other := range map[string]func(*Session){
		"environment":   func(s *Session) { s.Environment += "x" },
		"key":           func(s *Session) { s.Key = apiclient.NewSecret("x" + s.Key.Reveal()) },
		"tenant asked":  func(s *Session) { s.TenantID += "1" },
		"tenant":        func(s *Session) { s.Tenant += "1" },
		"part shifted":  func(s *Session) { s.TenantID, s.Tenant = s.TenantID+s.Tenant, "" },
		"nothing by id": func(s *Session) { s.ID = "another" },
	} {
		s := sample()
		other(s)
		if same := m.Tag(s.SignIn("Lan")) == tag; same != (name == "nothing by id") {
			t.Errorf("%s: same tag %v", name, same)
		}
	}
	someone, nobody := sample().SignIn("Minh"), sample().SignIn("")
	if m.Tag(someone) == tag || someone.Opens(in) || !nobody.Opens(in) || !in.Opens(nobody) || !in.Opens(in) {
		t.Error("persons are not told apart as they should be")
	}
}

// TestTagsOutliveTheSecret: a page opened before the secret was changed is still its
// sign-in's; one of a secret that is gone is nobody's.
func TestTagsOutliveTheSecret(t *testing.T) {
	t.Parallel()
	before := mustNew(t, nil)
	during := mustNew(t, func(cfg *Config) { cfg.Secrets = []string{newSecret, oldSecret} })
	after := mustNew(t, func(cfg *Config) { cfg.Secrets = []string{newSecret} })
	in := sample().SignIn("Lan")
	tag := before.Tag(in)
	if got, ok := during.ReadTag(tag); !ok || got != in {
		t.Errorf("during the change: %+v, %v", got, ok)
	}
	if _, ok := after.ReadTag(tag); ok {
		t.Error("a tag of a secret that is gone is read")
	}
}

func FuzzTag(f *testing.F) {
	m := mustNew(f, nil)
	f.Add(m.Tag(sample().SignIn("Lan")))
	f.Add("")
	f.Add("AAAA")
	f.Fuzz(func(t *testing.T, text string) {
		if in, ok := m.ReadTag(text); ok && m.Tag(in) != text {
			// Base64 has spare bits; what is read must be what was sealed.
			if back, _ := m.ReadTag(m.Tag(in)); back != in {
				t.Errorf("%q reads as %+v", text, in)
			}
		}
	})
}
