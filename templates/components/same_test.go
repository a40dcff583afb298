package components

import (
	"context"
	"errors"
	"io"
	"strings"
	"testing"

	"github.com/a-h/templ"

	"github.com/alohub/agentconsole/locale"
)

// TestSame: a part is made once for each language and name, and one that failed is made again.
func TestSame(t *testing.T) {
	t.Parallel()
	catalogues, err := locale.Load()
	if err != nil {
		t.Fatal(err)
	}
	made, broken := 0, true
	part := templ.ComponentFunc(func(ctx context.Context, w io.Writer) error {
		if broken {
			return errors.New("the pipe is gone")
		}
		made++
		_, err := io.WriteString(w, locale.T(ctx, "common.close"))
		return err
	})
	say := func(lang, name string) (string, error) {
		var b strings.Builder
		err := Same(name, part).Render(locale.With(t.Context(), catalogues.Printer(lang)), &b)
		return b.String(), err
	}
	if _, err := say("vi", "close"); err == nil {
		t.Error("a part that failed is said to be there")
	}
	broken = false
	for range 2 {
		vi, _ := say("vi", "close")
		en, _ := say("en", "close")
		if vi != "Đóng" || en != "Close" {
			t.Errorf("%q, %q", vi, en)
		}
	}
	if made != 2 {
		t.Errorf("made %d times for two languages", made)
	}
	if _, err := say("vi", "another"); err != nil || made != 3 {
		t.Errorf("another part is not made: %v, %d", err, made)
	}
}
