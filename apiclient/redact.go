package apiclient

import (
	"encoding/base64"
	"errors"
	"html"
	"net/url"
	"strconv"
	"strings"
	"unicode/utf8"
)

// What foreign text is cut to.
const (
	maxMessage = 1000
	maxCode    = 64
)

// clean makes foreign text fit to show and log: valid UTF-8, without the key in
// any form an echo may give it, cut to limit bytes. It is cut last, or half of
// the key could stay behind.
func (s Secret) clean(text string, limit int) string {
	text = s.redact(strings.ToValidUTF8(text, "\uFFFD"))
	if len(text) <= limit {
		return text
	}
	for limit > 0 && !utf8.RuneStart(text[limit]) {
		limit--
	}
	return text[:limit] + "…"
}

func (s Secret) redact(text string) string {
	key := s.Reveal()
	if key == "" || text == "" {
		return text
	}
	quoted := strconv.Quote(key)
	for _, form := range [...]string{
		key, quoted[1 : len(quoted)-1],
		url.QueryEscape(key), url.PathEscape(key), html.EscapeString(key),
		base64.StdEncoding.EncodeToString([]byte(key)),
	} {
		text = replaceFold(text, form, redacted)
	}
	return text
}

// cleanError returns err as it is where its text is harmless, and otherwise its
// redacted text alone: a chain that still held the key could be logged.
func (s Secret) cleanError(err error) error {
	if err == nil {
		return nil
	}
	text := err.Error()
	if clean := s.redact(text); clean != text {
		return errors.New(clean)
	}
	return err
}

// replaceFold replaces old without regard to ASCII case: gateways lower-case
// what they echo, and %2F is %2f.
func replaceFold(text, old, with string) string {
	low, needle := lowerASCII(text), lowerASCII(old)
	if needle == "" || !strings.Contains(low, needle) {
		return text
	}
	var b strings.Builder
	for {
		i := strings.Index(low, needle)
		if i < 0 {
			b.WriteString(text)
			return b.String()
		}
		b.WriteString(text[:i])
		b.WriteString(with)
		text, low = text[i+len(needle):], low[i+len(needle):]
	}
}

// lowerASCII keeps every byte's place, which strings.ToLower does not.
func lowerASCII(s string) string {
	b := []byte(s)
	for i, c := range b {
		if 'A' <= c && c <= 'Z' {
			b[i] = c + 'a' - 'A'
		}
	}
	return string(b)
}
