package directory

import (
	"strings"
	"unicode"

	"golang.org/x/text/collate"
	"golang.org/x/text/language"
	"golang.org/x/text/unicode/norm"
)

// fold returns s in lower case without accents: what "nguyen" is looked for in.
// đ is a letter of its own to Unicode, not a d with a mark, so it is mapped by
// hand.
func fold(s string) string {
	if plain(s) {
		return strings.ToLower(s)
	}
	var b strings.Builder
	b.Grow(len(s))
	for _, r := range norm.NFD.String(s) {
		switch {
		case unicode.Is(unicode.Mn, r):
		case r == 'đ' || r == 'Đ':
			b.WriteByte('d')
		default:
			b.WriteRune(unicode.ToLower(r))
		}
	}
	return b.String()
}

// lower returns s in lower case with its accents, composed: what an exact "Ánh"
// is looked for in.
func lower(s string) string {
	if plain(s) {
		return strings.ToLower(s)
	}
	return strings.ToLower(norm.NFC.String(s))
}

func plain(s string) bool {
	for i := range len(s) {
		if s[i] >= 0x80 {
			return false
		}
	}
	return true
}

// separator stands between extension and name in what a search goes over. No word of a
// query holds it, so none matches across it.
const separator = "\n"

// collation makes keys that compare as Vietnamese sorts. Not for concurrent use.
type collation struct {
	c   *collate.Collator
	buf collate.Buffer
}

func newCollation() *collation {
	return &collation{c: collate.New(language.Vietnamese, collate.Numeric)}
}

func (c *collation) key(s string) string {
	key := string(c.c.KeyFromString(&c.buf, s))
	c.buf.Reset()
	return key
}

// searchText is what search and sorting by name go by.
type searchText struct {
	fold   string // extension and name as a search folds them
	lower  string // the name in lower case with its accents; "" where equal to its folded form
	collat string // the name's collation key, "" where there is no name
}

func (c *collation) index(id, name string) *searchText {
	folded := fold(name)
	t := &searchText{fold: fold(id) + separator + folded, lower: lower(name)}
	if t.lower == folded {
		t.lower = ""
	}
	if name != "" {
		t.collat = c.key(name)
	}
	return t
}
