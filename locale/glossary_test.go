package locale_test

import (
	"fmt"
	"maps"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/BurntSushi/toml"

	"github.com/alohub/agentconsole/locale"
)

// TestGlossary: the glossary's word for a thing is said in each language, and what it says
// is not to be said is not.
func TestGlossary(t *testing.T) {
	t.Parallel()
	terms := glossary(t)
	for i, language := range []string{locale.English, locale.Vietnamese} {
		said := messages(t, language)
		all := strings.ToLower(strings.Join(slices.Collect(maps.Values(said)), "\n"))
		for _, row := range terms {
			for _, word := range row[2+i] {
				if !strings.Contains(all, strings.ToLower(word)) {
					t.Errorf("%s: nothing says %q, which the glossary has for %q", language, word, row[0][0])
				}
			}
			for _, word := range row[4+i] {
				found := saying(word)
				for id, message := range said {
					if found.MatchString(placeholder.ReplaceAllString(message, "#")) {
						t.Errorf("%s: %s says %q, the glossary's word is %q: %s", language, id, word, row[2+i], message)
					}
				}
			}
		}
	}
}

// TestSentencesAreShort: what cannot be said in one breath is not read in a hurry.
func TestSentencesAreShort(t *testing.T) {
	t.Parallel()
	const most = 20
	for _, language := range locale.Languages() {
		for id, message := range messages(t, language) {
			for _, sentence := range sentences(message) {
				if words := len(strings.Fields(sentence)); words > most {
					t.Errorf("%s: a sentence of %s has %d words, %d at most: %s", language, id, words, most, sentence)
				}
			}
		}
	}
}

func TestSaying(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		message, word string
		want          bool
	}{
		{"Đọc lại danh sách.", "đọc lại", true},
		{"Hãy đọc lại", "đọc lại", true},
		{"đọc lạiên", "đọc lại", false},
		{"a teammate", "team", false},
		{"Your team.", "team", true},
	} {
		if got := saying(tt.word).MatchString(tt.message); got != tt.want {
			t.Errorf("%q says %q: %t", tt.message, tt.word, got)
		}
	}
	if got := sentences("One. Two: “three?” Four (5.5) and v1.2… five"); len(got) != 4 {
		t.Errorf("%d sentences: %q", len(got), got)
	}
}

var placeholder = regexp.MustCompile(`{{[^}]*}}`)

// saying finds a word, or several in a row, as whole words.
func saying(word string) *regexp.Regexp {
	return regexp.MustCompile(`(?i)(?:^|[^\p{L}\p{N}])` + regexp.QuoteMeta(word) + `(?:$|[^\p{L}\p{N}])`)
}

// glossary returns the rows of the table of what is on the screen, each column as the
// words it names.
func glossary(t *testing.T) (rows [][][]string) {
	t.Helper()
	raw, err := os.ReadFile("../docs/glossary.md")
	if err != nil {
		t.Fatal(err)
	}
	_, table, _ := strings.Cut(string(raw), "\n## On the screen\n")
	table, _, _ = strings.Cut(table, "\n## ")
	for line := range strings.SplitSeq(table, "\n") {
		columns := strings.Split(strings.Trim(line, "| "), " | ")
		if len(columns) != 6 || columns[0] == "word" {
			continue
		}
		row := make([][]string, len(columns))
		for i, column := range columns {
			if column != "–" {
				row[i] = strings.Split(column, ", ")
			}
		}
		rows = append(rows, row)
	}
	if len(rows) < 30 {
		t.Fatalf("only %d rows: has the table changed its shape?", len(rows))
	}
	return rows
}

// messages are all messages of a language, each form of a plural as one.
func messages(t *testing.T, language string) map[string]string {
	t.Helper()
	var tree map[string]any
	if _, err := toml.DecodeFile(language+".toml", &tree); err != nil {
		t.Fatal(err)
	}
	all := map[string]string{}
	var walk func(prefix string, node map[string]any)
	walk = func(prefix string, node map[string]any) {
		for key, value := range node {
			if sub, ok := value.(map[string]any); ok {
				walk(prefix+key+".", sub)
			} else {
				all[prefix+key] = fmt.Sprint(value)
			}
		}
	}
	walk("", tree)
	if len(all) < 500 {
		t.Fatalf("only %d messages in %s", len(all), language)
	}
	return all
}

// sentences cuts a message where one ends: a point within a number or a name ends none.
func sentences(message string) []string {
	return regexp.MustCompile(`[.?!…]["”)]?\s+`).Split(message, -1)
}
