package components

import (
	"context"
	"io"
	"strings"

	"github.com/a-h/templ"

	"github.com/alohub/agentconsole/locale"
)

// Same is a part of a page that is the same for all who read a language: it is made once, and
// kept under its name. Whatever else it depends on belongs into the name, and must be one of
// few.
func Same(name string, part templ.Component) templ.Component {
	return templ.ComponentFunc(func(ctx context.Context, w io.Writer) error {
		text, err := locale.From(ctx).Same(name, func() (string, error) {
			var b strings.Builder
			err := part.Render(ctx, &b)
			return b.String(), err
		})
		if err != nil {
			return err
		}
		_, err = io.WriteString(w, text)
		return err
	})
}
