package typed

import (
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// Clean is s as it was meant: composed, full-width letters and digits as the ordinary
// ones (NFKC), without format characters (zero-width and bidirectional marks, soft
// hyphens, a byte order mark) and without what is no text at all, each run of space one
// space, none around it. The cell ="082018", which keeps a zero in a spreadsheet, is what
// stands in it, and so are '082018 and "082018".
func Clean(s string) string {
	for !clean(s) {
		once := cleaned(s)
		if once == s {
			break
		}
		s = once // taking something out may have left something to compose, or a cell in a cell
	}
	return s
}

func cleaned(s string) string {
	s = norm.NFKC.String(strings.ToValidUTF8(s, ""))
	s = strings.Map(func(r rune) rune {
		switch {
		case unicode.IsSpace(r):
			return ' '
		case unicode.In(r, unicode.Cf, unicode.Cc, unicode.Variation_Selector), r == '\u034f', r == '\u115f', r == '\u1160', r == '\u3164':
			return -1
		}
		return r
	}, s)
	return strings.Join(strings.Fields(uncell(s)), " ")
}

// Line is Clean, of at most n characters.
func Line(s string, n int) string {
	s = Clean(s)
	if r := []rune(s); len(r) > n {
		// The cut may fall between two words.
		return strings.TrimSpace(string(r[:n]))
	}
	return s
}

// Cells cuts a text into what stands in its cells or lines, clean, without the empty ones:
// a column or a row that was pasted, or ids with commas between them. A space separates
// nothing: it may be part of a name.
func Cells(s string) []string {
	var out []string
	for _, cell := range strings.FieldsFunc(s, func(r rune) bool {
		return r == ',' || r == ';' || r == '\n' || r == '\r' || r == '\t' || r == '，' || r == '；' || r == '、'
	}) {
		if cell = Clean(cell); cell != "" {
			out = append(out, cell)
		}
	}
	return out
}

// Digits reports whether s is nothing but digits, and some.
func Digits(s string) bool { return s != "" && strings.Trim(s, "0123456789") == "" }

// clean reports whether a text needs no cleaning: the most do not.
func clean(s string) bool {
	space := true // none at the beginning
	for i := range len(s) {
		switch c := s[i]; {
		case c == ' ' && space, c < ' ', c >= 0x7f, i == 0 && (c == '=' || c == '\'' || c == '"'):
			return false
		default:
			space = c == ' '
		}
	}
	return !space || s == ""
}

// uncell takes the text out of ="text", and digits out of "digits" and 'digits, which is
// how people and spreadsheets keep a zero.
func uncell(s string) string {
	s = strings.TrimSpace(s)
	if bare := strings.TrimPrefix(s, "'"); Digits(bare) {
		return bare
	}
	if bare := strings.Trim(s, `"`); len(bare) == len(s)-2 && Digits(bare) {
		return bare
	}
	inner, ok := strings.CutPrefix(s, `="`)
	if !ok {
		return s
	}
	if inner, ok = strings.CutSuffix(inner, `"`); !ok {
		return s
	}
	return strings.ReplaceAll(inner, `""`, `"`)
}
