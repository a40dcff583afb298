package main

import "strings"

// guessable reports whether a secret looks like one that somebody typed, or meant to replace:
// words that stand in such, rows of keys, or a few characters over and over. What is missed
// costs a warning; an estimator with dictionaries took most of the time of a start
// (docs/adr/0022-what-people-load.md).
func guessable(secret string) bool {
	folded := strings.ToLower(secret)
	for _, word := range []string{
		"secret", "password", "p4ssw0rd", "change", "replace", "example", "default", "random", "console", "alohub", "production",
		"qwerty", "1qaz2wsx", "abcdef", "123456",
	} {
		if strings.Contains(folded, word) {
			return true
		}
	}
	kinds := map[rune]bool{}
	for _, r := range folded {
		kinds[r] = true
	}
	return len(kinds) < 8
}
