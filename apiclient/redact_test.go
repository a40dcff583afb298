package apiclient

import (
	"encoding/base64"
	"errors"
	"fmt"
	"net/url"
	"strings"
	"testing"
)

func TestClean(t *testing.T) {
	t.Parallel()
	const key = `sk/live+"x y"<1234>`
	s := NewSecret(key)
	for _, echo := range []string{
		key, strings.ToUpper(key), "Bearer " + key, url.QueryEscape(key), url.PathEscape(key),
		strings.ToLower(url.QueryEscape(key)), fmt.Sprintf("%q", key), "sk/live+&#34;x y&#34;&lt;1234&gt;",
	} {
		got := s.clean("before "+echo+" after "+echo, maxMessage)
		if strings.Contains(strings.ToLower(got), "live") || strings.Count(got, redacted) != 2 || !strings.HasPrefix(got, "before ") {
			t.Errorf("%q became %q", echo, got)
		}
	}
	if got := s.clean(strings.Repeat("é", 10), 5); got != "éé…" {
		t.Errorf("cut to %q", got)
	}
	if got := s.clean("xxxx"+key, 10); strings.Contains(got, "sk/") {
		t.Errorf("cut before it was redacted: %q", got)
	}
	if got := s.clean("a\xffb", 10); got != "a\ufffdb" {
		t.Errorf("invalid UTF-8 became %q", got)
	}
	if got := (Secret{}).clean("text", 10); got != "text" {
		t.Errorf("without a key %q", got)
	}
}

func TestCleanErrorKeepsHarmlessChains(t *testing.T) {
	t.Parallel()
	s := NewSecret("sk_live_0123456789")
	cause := errors.New("harmless")
	if err := s.cleanError(fmt.Errorf("x: %w", cause)); !errors.Is(err, cause) {
		t.Errorf("the chain of %v is lost", err)
	}
	bad := errors.New("echo sk_live_0123456789")
	if err := s.cleanError(fmt.Errorf("x: %w", bad)); errors.Is(err, bad) || err.Error() != "x: echo [redacted]" {
		t.Errorf("got %v", err)
	}
	if s.cleanError(nil) != nil {
		t.Error("nil became an error")
	}
}

// TestSecretAloneIsRedacted: each method by itself, since fmt prefers another.
func TestSecretAloneIsRedacted(t *testing.T) {
	t.Parallel()
	s := NewSecret("sk_a_rather_long_key/+=")
	for name, text := range map[string]string{"String": s.String(), "GoString": s.GoString(), "LogValue": s.LogValue().String()} {
		if text != redacted {
			t.Errorf("%s tells %q", name, text)
		}
	}
	echoed := "Basic " + base64.StdEncoding.EncodeToString([]byte(s.Reveal()))
	if got := s.clean(echoed, maxMessage); got != "Basic "+redacted {
		t.Errorf("in base64: %q", got)
	}
}
