package typed

import (
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// Fold returns s, clean, in lower case and without accents: what "nguyen" is looked for
// in. đ is a letter of its own to Unicode, not a d with a mark, so it is mapped by hand.
func Fold(s string) string {
	s = Clean(s)
	if plain(s) {
		return strings.ToLower(s)
	}
	var b strings.Builder
	b.Grow(len(s))
	for _, r := range norm.NFD.String(s) {
		switch {
		case unicode.Is(unicode.Mn, r):
		case r == 'đ' || r == 'Đ':
			b.WriteByte('d')
		default:
			b.WriteRune(unicode.ToLower(r))
		}
	}
	return b.String()
}

// Spelling is a folded text as everybody would write it: y at the end of a word is i
// where Vietnamese writes either (kỹ and kĩ, lý and lí, quý and quí), which is after a
// consonant and after qu. "tay" and "tai" stay two words.
func Spelling(folded string) string {
	if !strings.Contains(folded, "y") {
		return folded
	}
	b := []byte(folded)
	for i := range b {
		if b[i] != 'y' || i == 0 || i+1 < len(b) && letter(b[i+1]) {
			continue
		}
		if before := b[i-1]; strings.IndexByte("bcdghklmnprstvx", before) >= 0 || before == 'u' && i > 1 && b[i-2] == 'q' {
			b[i] = 'i'
		}
	}
	return string(b)
}

func letter(c byte) bool { return c >= 'a' && c <= 'z' || c >= 0x80 }

// Lower returns s, clean, in lower case with its accents, each tone where it is put today
// (hoà, not hòa): what an exact "Ánh" is looked for in.
func Lower(s string) string {
	s = Clean(s)
	if plain(s) {
		return strings.ToLower(s)
	}
	r := []rune(norm.NFD.String(strings.ToLower(s)))
	for i := 0; i+2 < len(r); i++ {
		tone, next := r[i+1], r[i+2]
		open := r[i] == 'o' && (next == 'a' || next == 'e') || r[i] == 'u' && next == 'y'
		ends := i+3 >= len(r) || !unicode.IsLetter(r[i+3]) && !unicode.Is(unicode.Mn, r[i+3])
		if open && ends && strings.ContainsRune(tones, tone) {
			r[i+1], r[i+2] = next, tone
		}
	}
	return norm.NFC.String(string(r))
}

// tones are the five marks of Vietnamese tones: grave, acute, tilde, hook above, dot below.
const tones = "\u0300\u0301\u0303\u0309\u0323"

func plain(s string) bool {
	for i := range len(s) {
		if s[i] >= 0x80 {
			return false
		}
	}
	return true
}
