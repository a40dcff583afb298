package static_test

import (
	"os"
	"strings"
	"testing"

	"github.com/alohub/agentconsole/locale"
)

// TestHeadsOfCards: the stylesheet says what a row's facts are called, as the catalogues
// do.
func TestHeadsOfCards(t *testing.T) {
	t.Parallel()
	css, err := os.ReadFile("app.css")
	if err != nil {
		t.Fatal(err)
	}
	all, err := locale.Load()
	if err != nil {
		t.Fatal(err)
	}
	_, rules, _ := strings.Cut(string(css), ":root { --col-system")
	for lang, rule := range map[string]string{locale.Vietnamese: ":root", locale.English: ":lang(en)"} {
		line, _, _ := strings.Cut("--col-system"+rules, "\n")
		if lang == locale.English {
			_, line, _ = strings.Cut(rules, ":lang(en) {")
			line, _, _ = strings.Cut(line, "\n")
		}
		say := all.Printer(lang)
		for cell, id := range map[string]string{
			"system": "agents.col.system", "user": "agents.col.user", "callout": "agents.col.callout", "priority": "agents.col.priority",
			"recording": "agents.col.recording",
		} {
			if want := "--col-" + cell + `: "` + say.T(id) + `";`; !strings.Contains(line, want) {
				t.Errorf("%s lacks %s", rule, want)
			}
		}
	}
}
