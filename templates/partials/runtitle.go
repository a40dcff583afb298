package partials

import (
	"context"
	"strconv"

	"github.com/alohub/agentconsole/locale"
)

// runTitle is the page's title: while a run goes on a tab in the background says how far
// it is.
func runTitle(ctx context.Context, m Run) string {
	if !m.Going() {
		return m.Title
	}
	return locale.T(ctx, "runs.tab", "Percent", strconv.Itoa(m.Percent), "Title", m.Title)
}
