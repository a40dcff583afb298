package apiclient

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"log/slog"
	"strings"
	"unique"
)

const redacted = "[redacted]"

// Secret holds an API key. Every way Go has of turning a value into text
// (String, Format with any verb, slog, JSON, text) yields "[redacted]"; only
// Reveal yields the key, so that every use of it can be found by its name.
//
// The zero value is the absent key. Secrets are comparable: equal keys are ==.
type Secret struct {
	// A handle, not the string: inside somebody's unexported field fmt cannot
	// call Format and prints what it finds by reflection, here a pointer.
	value unique.Handle[string]
}

// NewSecret keeps a copy of value, which may therefore point into a request's
// reused buffer.
func NewSecret(value string) Secret {
	if value == "" {
		return Secret{}
	}
	return Secret{value: unique.Make(strings.Clone(value))}
}

// Reveal returns the key itself. Call it only where the key leaves for the
// upstream or for the encrypted session cookie.
func (s Secret) Reveal() string {
	if s.IsZero() {
		return ""
	}
	return s.value.Value()
}

// IsZero reports whether there is no key.
func (s Secret) IsZero() bool { return s == Secret{} }

// Sendable reports whether the key can be asked about at all: every call with another
// one is refused here, before anything is sent.
func (s Secret) Sendable() bool {
	key := s.Reveal()
	return key != "" && printable(key)
}

// LastFour returns the last four characters, by which people recognise their
// key, or "" for a key so short that four characters would give it away.
func (s Secret) LastFour() string {
	runes := []rune(s.Reveal())
	if len(runes) < 12 {
		return ""
	}
	return string(runes[len(runes)-4:])
}

// Fingerprint returns a keyed hash (HMAC-SHA-256, 16 hex digits) that tells
// two keys apart without revealing either, stable for as long as salt is.
func (s Secret) Fingerprint(salt []byte) string {
	mac := hmac.New(sha256.New, salt)
	mac.Write([]byte(s.Reveal()))
	return hex.EncodeToString(mac.Sum(nil)[:8])
}

// String implements fmt.Stringer and redacts.
func (s Secret) String() string { return redacted }

// Format implements fmt.Formatter and redacts, whatever the verb or flags.
func (s Secret) Format(f fmt.State, _ rune) { _, _ = f.Write([]byte(redacted)) }

// GoString implements fmt.GoStringer and redacts.
func (s Secret) GoString() string { return redacted }

// LogValue implements slog.LogValuer and redacts.
func (s Secret) LogValue() slog.Value { return slog.StringValue(redacted) }

// MarshalJSON implements json.Marshaler and redacts.
func (s Secret) MarshalJSON() ([]byte, error) { return []byte(`"` + redacted + `"`), nil }

// MarshalText implements encoding.TextMarshaler and redacts.
func (s Secret) MarshalText() ([]byte, error) { return []byte(redacted), nil }
