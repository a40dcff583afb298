package sqlstore

import (
	"strings"
	"unicode/utf8"
)

// Limits in bytes. PostgreSQL refuses index entries of more than 2,700 bytes, and
// no index holds more than two of these columns.
const (
	maxName    = 500  // what an entry is found by, and must not be cut
	maxText    = 500  // everything else that is cut where it is longer
	maxMessage = 2000 // foreign messages
)

// clean makes text fit both databases: PostgreSQL refuses NUL and invalid UTF-8,
// and a value must read back the same from either.
func clean(text string) string {
	text = strings.ToValidUTF8(text, "\uFFFD")
	return strings.ReplaceAll(text, "\x00", "\uFFFD")
}

// cut is clean for at most limit bytes, whole characters.
func cut(text string, limit int) string {
	text = clean(text)
	if len(text) <= limit {
		return text
	}
	for limit > 0 && !utf8.RuneStart(text[limit]) {
		limit--
	}
	return text[:limit]
}
