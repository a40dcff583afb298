package directory

import (
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
	collat   string // the name's collation key, "" where there is no name
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
		t.collat = c.key(name)
	}
	return t
}
