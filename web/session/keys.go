package session

import (
	"crypto/hkdf"
	"crypto/sha256"
	"errors"
	"fmt"
)

// MinSecret is the least number of bytes of a secret.
const MinSecret = 32

// howToMake ends every sentence about a bad secret.
const howToMake = "make one with: openssl rand -base64 48"

// CheckSecrets says what is wrong with the configured secrets, in a sentence
// that also says how to make a good one.
func CheckSecrets(secrets []string) error {
	if len(secrets) == 0 {
		return errors.New("session secret missing; " + howToMake)
	}
	for i, secret := range secrets {
		switch {
		case len(secret) < MinSecret:
			return fmt.Errorf("session secret %d of %d is too short (%d bytes, at least %d needed); %s",
				i+1, len(secrets), len(secret), MinSecret, howToMake)
		case distinct(secret) < 8:
			return fmt.Errorf("session secret %d of %d is too regular to be random; %s",
				i+1, len(secrets), howToMake)
		}
	}
	return nil
}

// keyPairs derives from each secret a 64-byte hash key and a 32-byte block key
// (AES-256), in the order CookieStore wants them. The labels keep the two apart
// although both come from one secret.
func keyPairs(secrets []string) ([][]byte, error) {
	pairs := make([][]byte, 0, 2*len(secrets))
	for _, secret := range secrets {
		for _, key := range []struct {
			label string
			size  int
		}{
			{"agentconsole session hash v1", 64},
			{"agentconsole session block v1", 32},
		} {
			derived, err := hkdf.Key(sha256.New, []byte(secret), nil, key.label, key.size)
			if err != nil {
				return nil, fmt.Errorf("derive session key: %w", err)
			}
			pairs = append(pairs, derived)
		}
	}
	return pairs, nil
}

// DeriveSalt derives key material for another purpose from the newest secret:
// the salt of key fingerprints, for example. It reveals nothing of the session's
// keys, and changes when the newest secret does.
func DeriveSalt(secrets []string, purpose string) ([]byte, error) {
	if err := CheckSecrets(secrets); err != nil {
		return nil, err
	}
	return hkdf.Key(sha256.New, []byte(secrets[0]), nil, "agentconsole "+purpose, 32)
}

// distinct counts the different bytes of s.
func distinct(s string) int {
	var seen [256]bool
	n := 0
	for i := range len(s) {
		if !seen[s[i]] {
			seen[s[i]] = true
			n++
		}
	}
	return n
}
