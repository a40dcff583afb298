package directory

import (
	"strings"
	"unicode"

	"golang.org/x/text/collate"
	"golang.org/x/text/language"

	"github.com/alohub/agentconsole/typed"
)

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
	fold     string // extension and name as a search folds them
	spelling string // the folded name with i for y where either is written; "" where that changes nothing
	lower    string // the name in lower case with its accents; "" where equal to its folded form
	collat   string // the name's key as a list of people is sorted, "" where there is no name
}

func (c *collation) index(id, name string) *searchText {
	folded := typed.Fold(name)
	t := &searchText{fold: typed.Fold(id) + separator + folded, spelling: typed.Spelling(folded), lower: typed.Lower(name)}
	if t.lower == folded {
		t.lower = ""
	}
	if t.spelling == folded {
		t.spelling = ""
	}
	if name != "" {
		t.collat = c.nameKey(name)
	}
	return t
}

// nameKey makes keys that compare as Vietnamese lists people: by the given name, which is
// the last word, then by the middle names and the family name. A login of one word is
// compared as a whole.
func (c *collation) nameKey(name string) string {
	given, rest := givenName(name)
	if rest == nil {
		return c.key(name)
	}
	keys := []string{c.key(given)}
	for _, words := range append(rest, name) { // the name itself, so that none equals another
		keys = append(keys, c.key(words))
	}
	return strings.Join(keys, keyEnd)
}

// keyEnd ends the key of a word: it sorts before whatever a longer word goes on with.
const keyEnd = "\x00\x00\x00"

// givenName divides a name of several words into the given name and what it is compared by
// after that: the middle names and the family name. What stands in brackets or holds no
// letter says something about a person, and is no name; rest is nil where one word is left.
func givenName(name string) (given string, rest []string) {
	if at := strings.IndexAny(name, "(["); at > 0 {
		name = name[:at]
	}
	words := strings.Fields(name)
	for len(words) > 0 && !strings.ContainsFunc(words[len(words)-1], unicode.IsLetter) {
		words = words[:len(words)-1]
	}
	if len(words) < 2 {
		return "", nil
	}
	last := len(words) - 1
	return words[last], []string{strings.Join(words[1:last], " "), words[0]}
}
