package components

import (
	"context"
	"io"
	"strconv"

	"github.com/a-h/templ"

	"github.com/alohub/agentconsole/locale"
)

// swapLink begins a link that brings another part of a list in the place of this one. A list
// has a dozen of them, with the same address twice in each: they are printed by hand, as its
// rows are (docs/adr/0037-rows-by-hand.md). Id, target and further attributes are our own words.
func swapLink(id, url, target, attributes string) string {
	at := templ.EscapeString(url)
	return `<a id="` + id + `" href="` + at + `" data-hx-get="` + at + `" data-hx-target="#` + target + `" data-hx-sync="this:replace"` + attributes + ">"
}

// SortLink leads to the list in the order of a column.
func SortLink(s Sorting, column, label string) templ.Component {
	return templ.ComponentFunc(func(ctx context.Context, w io.Writer) error {
		class, icon := "sort", ""
		switch s.order(column) {
		case "ascending":
			class, icon = class+" sort-on", iconMarkup(IconArrowUp)
		case "descending":
			class, icon = class+" sort-on", iconMarkup(IconArrowDown)
		}
		_, err := io.WriteString(w, swapLink("sort-"+s.IDs+column, s.URL(s.next(column)), s.Target, ` class="`+class+`"`)+
			"<span>"+templ.EscapeString(locale.T(ctx, label))+"</span>"+icon+"</a>")
		return err
	})
}

// pageLink leads to the page before or after this one, where there is one.
func pageLink(p Pager, page int, there bool, rel string, icon IconName, label string) templ.Component {
	return templ.ComponentFunc(func(ctx context.Context, w io.Writer) error {
		tag, end := `<span class="button" aria-disabled="true">`, "</span>"
		if there {
			tag, end = swapLink("page-"+rel, p.URL(page, p.Size), p.Target, ` class="button" rel="`+rel+`"`), "</a>"
		}
		_, err := io.WriteString(w, tag+iconMarkup(icon)+"<span>"+templ.EscapeString(locale.T(ctx, label))+"</span>"+end)
		return err
	})
}

// sizeLink leads to the page of another size that has the first row of this one.
func sizeLink(p Pager, n int) string {
	size, current := strconv.Itoa(n), ""
	if n == p.Size {
		current = ` aria-current="true"`
	}
	return swapLink("size-"+size, p.URL(p.Page*p.Size/n, n), p.Target, current) + size + "</a>"
}
