package static_test

import (
	"os"
	"strings"
	"testing"

	"github.com/alohub/agentconsole/locale"
)

// TestHeadsOfCards: on a phone the stylesheet says the heads of a row's facts, as the
// catalogues do.
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
	_, rules, _ := strings.Cut(string(css), ":root { --col-status")
	for lang, rule := range map[string]string{locale.Vietnamese: ":root", locale.English: ":lang(en)"} {
		line, _, _ := strings.Cut("--col-status"+rules, "\n")
		if lang == locale.English {
			_, line, _ = strings.Cut(rules, ":lang(en) {")
			line, _, _ = strings.Cut(line, "\n")
		}
		say := all.Printer(lang)
		for cell, id := range map[string]string{
			"status": "agents.col.status", "queues": "agents.col.callin", "priority": "agents.col.priority", "callout": "agents.col.callout",
			"follow": "agents.col.follow_me", "system": "agents.col.system", "user": "agents.col.user", "recording": "agents.col.recording",
		} {
			if want := "--col-" + cell + `: "` + say.T(id) + `";`; !strings.Contains(line, want) {
				t.Errorf("%s lacks %s", rule, want)
			}
		}
	}
}
