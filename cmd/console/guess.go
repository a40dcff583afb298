package main

import (
	"math"
	"strings"
)

// enoughBits is how much a secret must be worth to somebody who guesses with words,
// repetitions and rows of keys. What openssl makes has thrice that.
const enoughBits = 80

// guessable reports whether a secret is made of words, repetitions and rows of keys.
func guessable(secret string) bool {
	// The estimate takes the square of the length, and so much is enough in any case.
	return worth(secret[:min(len(secret), 100)]) < enoughBits
}

// usual are words that stand in secrets which somebody meant to replace.
func usual() []string {
	return []string{
		"secret", "password", "passwd", "changeme", "change", "replace", "random", "string", "session", "token", "default", "example",
		"insecure", "production", "development", "staging", "console", "agent", "alohub", "admin", "administrator", "please", "letmein",
		"welcome", "super", "local", "test", "long", "with", "this", "that", "here", "your", "must", "more", "than", "characters", "key", "the",
	}
}

// rows are what fingers and habit run along.
func rows() []string {
	return []string{"abcdefghijklmnopqrstuvwxyz", "0123456789", "1234567890", "qwertyuiop", "asdfghjkl", "zxcvbnm", "qwertz", "azerty", "1qaz2wsx3edc4rfv5tgb"}
}

// worth estimates in bits what it takes to guess a secret. It is a walk from left to right,
// not the best of all readings, and knows only the words above and how words sound: the
// dictionaries of a real estimator took three quarters of the time of a start, and five
// megabytes for as long as the process lived (docs/adr/0022-what-people-load.md).
func worth(secret string) (bits float64) {
	const piece = 5 // of what is known: a word above, a row, a repetition
	folded := strings.ToLower(secret)
	for i := 0; i < len(folded); {
		rest := folded[i:]
		if n := max(repeated(folded, i), along(rest)); n >= 3 {
			bits += piece + math.Log2(float64(n))
			i += n
			continue
		}
		if n := known(rest); n > 0 {
			bits += piece
			i += n
			continue
		}
		if n := letters(secret[i:]); n >= 3 && sounds(rest[:n]) {
			bits += 6 + float64(n)
			i += n
			continue
		}
		bits += ofKind(secret[i], i > 0 && strings.IndexByte(folded[:i], folded[i]) >= 0)
		i++
	}
	return bits
}

// repeated is how long the text at i has stood before.
func repeated(s string, i int) int {
	n := 0
	for at := range i {
		k := 0
		for i+k < len(s) && s[at+k] == s[i+k] {
			k++
		}
		n = max(n, k)
	}
	return n
}

// along is how long a text goes along a row, either way.
func along(s string) int {
	n := 0
	for _, row := range rows() {
		at := strings.IndexByte(row, s[0])
		for _, step := range []int{1, -1} {
			k := 0
			for p := at; p >= 0 && p < len(row) && k < len(s) && s[k] == row[p]; p += step {
				k++
			}
			n = max(n, k)
		}
	}
	return n
}

func known(s string) int {
	n := 0
	for _, word := range usual() {
		if strings.HasPrefix(s, word) {
			n = max(n, len(word))
		}
	}
	return n
}

// letters is how long a text is letters of a word: a capital begins another.
func letters(s string) int {
	for i := range len(s) {
		lower, upper := 'a' <= s[i] && s[i] <= 'z', 'A' <= s[i] && s[i] <= 'Z'
		if !lower && !upper || i > 0 && upper && 'a' <= s[i-1] && s[i-1] <= 'z' {
			return i
		}
	}
	return len(s)
}

// pairs are the commonest of neighbours in English words and Vietnamese syllables: two of
// three in a text, one of nine among random letters.
const pairs = " th he in er an re nd on en at ou ed ha to or it is hi es ng st te nt ar se ea me ti ve al ra as le de ro co ri io om ma si" +
	" ic us ch ll la el ne li ce tr ec so pr ct ta ur di ag ge ut ns ol nh ai ie uo vi gi hu ho ao ph kh tu "

// sounds reports whether letters could be a word.
func sounds(word string) bool {
	usual := 0
	for i := range len(word) - 1 {
		if strings.Contains(pairs, " "+word[i:i+2]+" ") {
			usual++
		}
	}
	return 2*usual >= len(word)-1
}

// ofKind is what a character is worth that nothing foretells. A sign that was there before,
// as between words, says little.
func ofKind(c byte, before bool) float64 {
	switch {
	case '0' <= c && c <= '9':
		return math.Log2(10)
	case 'a' <= c && c <= 'z', 'A' <= c && c <= 'Z':
		return math.Log2(26)
	case before:
		return 1
	}
	return 5
}
