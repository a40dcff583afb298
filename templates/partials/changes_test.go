package partials_test

import (
	"bytes"
	"context"
	"strings"
	"testing"

	"github.com/PuerkitoBio/goquery"

	"github.com/alohub/agentconsole/locale"
	"github.com/alohub/agentconsole/templates/components"
	"github.com/alohub/agentconsole/templates/partials"
)

// TestDiffsAreWords: what is read aloud, or copied, of two queues is not one word.
func TestDiffsAreWords(t *testing.T) {
	t.Parallel()
	catalogues, err := locale.Load()
	if err != nil {
		t.Fatal(err)
	}
	ctx := locale.With(context.Background(), catalogues.Printer(locale.English))
	c := partials.Change{ID: "1", Kind: "callin", Lead: "Callin:", Removed: []components.Chip{{ID: 1, Name: "An"}, {ID: 2, Name: "Bình"}}, Added: []components.Chip{{ID: 3, Name: "Chi"}}}
	var page bytes.Buffer
	if err := partials.ChangeItem(c, "10:00", true, false).Render(ctx, &page); err != nil {
		t.Fatal(err)
	}
	doc, err := goquery.NewDocumentFromReader(&page)
	if err != nil {
		t.Fatal(err)
	}
	text := strings.Join(strings.Fields(doc.Find(".change-what").First().Text()), " ")
	const want = "Removed − An Removed − Bình Added + Chi"
	if !strings.Contains(text, want) {
		t.Errorf("%q, want %q", text, want)
	}
}
