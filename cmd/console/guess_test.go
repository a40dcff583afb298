package main

import (
	"encoding/base32"
	"encoding/base64"
	"encoding/hex"
	"math/rand/v2"
	"strings"
	"testing"
)

func TestGuessable(t *testing.T) {
	t.Parallel()
	for secret, want := range map[string]bool{
		"changeme-changeme-changeme-changeme-":                           true,
		"0123456789abcdef0123456789abcdefQWERTYzz":                       true,
		"agent-console-production-secret-2026":                           true,
		"replace-this-with-a-long-random-secret!!":                       true,
		"ReplaceThisWithALongRandomSecret!":                              true,
		"replacethiswithalongrandomsecretplease":                         true,
		"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa":                       true,
		"qwertyuiopasdfghjklzxcvbnm1234567890":                           true,
		"1qaz2wsx3edc4rfv5tgb1qaz2wsx3edc4rfv5tgb":                       true,
		"tong-dai-alohub-bi-mat-tong-dai-2026":                           true,
		"P4ssw0rd!P4ssw0rd!P4ssw0rd!P4ssw0rd!":                           true,
		"20260101202601012026010120260101":                               true,
		"f47ac10b58cc4372a5670e02b2c3d479":                               false,
		"f47ac10b-58cc-4372-a567-0e02b2c3d479":                           false,
		"0O8yYxkPzJcUVUB0rzPqZJgyXr1ivPzr5NnFDPOEmqRTbOa2":               false,
		"correct horse battery staple gravel ultimate wagon orbit lemon": false,
	} {
		if got := guessable(secret); got != want {
			t.Errorf("%s can be guessed: %t, want %t", secret, got, want)
		}
	}
}

// TestRandomIsNotGuessable: what generators make in any of the usual ways is not warned of.
func TestRandomIsNotGuessable(t *testing.T) {
	t.Parallel()
	for name, text := range map[string]func([]byte) string{
		"hex":     func(b []byte) string { return hex.EncodeToString(b[:16]) },
		"base64":  func(b []byte) string { return base64.StdEncoding.EncodeToString(b[:24]) },
		"url":     func(b []byte) string { return base64.RawURLEncoding.EncodeToString(b[:24]) },
		"base32":  func(b []byte) string { return base32.StdEncoding.EncodeToString(b[:20]) },
		"lower":   func(b []byte) string { return strings.ToLower(base32.StdEncoding.EncodeToString(b[:20])) },
		"openssl": func(b []byte) string { return base64.StdEncoding.EncodeToString(b[:48]) },
	} {
		random := rand.NewChaCha8([32]byte{})
		for range 2000 {
			b := make([]byte, 48)
			_, _ = random.Read(b)
			if secret := text(b); guessable(secret) {
				t.Errorf("%s: %s is warned of", name, secret)
			}
		}
	}
}
