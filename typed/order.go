package typed

import (
	"cmp"
	"strings"
)

// Compare orders names as people look for them: without accents and case, and numbers in them
// by what they count: "Nhóm 2" stands before "Nhóm 10". Names that differ in nothing else are
// ordered by their letters, so that the order is one.
func Compare(a, b string) int {
	return cmp.Or(natural(Fold(a), Fold(b)), strings.Compare(a, b))
}

func natural(a, b string) int {
	for a != "" && b != "" {
		n, m := digits(a), digits(b)
		if n > 0 && m > 0 {
			x, y := strings.TrimLeft(a[:n], "0"), strings.TrimLeft(b[:m], "0")
			if order := cmp.Or(cmp.Compare(len(x), len(y)), strings.Compare(x, y)); order != 0 {
				return order
			}
			a, b = a[n:], b[m:]
			continue
		}
		if a[0] != b[0] {
			return cmp.Compare(a[0], b[0])
		}
		a, b = a[1:], b[1:]
	}
	return cmp.Compare(len(a), len(b))
}

// digits is how many digits a text begins with.
func digits(s string) int {
	for i := range len(s) {
		if s[i] < '0' || s[i] > '9' {
			return i
		}
	}
	return len(s)
}
