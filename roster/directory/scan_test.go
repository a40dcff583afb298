package directory

import (
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// TestColumn: a word is found in the texts that hold it, where it first stands in each, and
// never across two of them.
func TestColumn(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		texts := rapid.SliceOf(rapid.StringOfN(rapid.RuneFrom([]rune("abđ \n")), 0, 6, -1)).Draw(t, "texts")
		word := rapid.StringOfN(rapid.RuneFrom([]rune("abđ")), 1, 3, -1).Draw(t, "word")
		entries := make([]*searchText, len(texts))
		for i, text := range texts {
			entries[i] = &searchText{fold: text}
		}
		found := map[int]int{}
		newColumn(entries, func(t *searchText) string { return t.fold }).find(word, func(i, at int) {
			if _, twice := found[i]; twice {
				t.Errorf("text %d twice", i)
			}
			found[i] = at
		})
		for i, text := range texts {
			at, ok := found[i]
			if want := strings.Index(text, word); want >= 0 != ok || ok && at != want {
				t.Errorf("%q in %q: found %t at %d, want %d", word, text, ok, at, want)
			}
		}
	})
}
