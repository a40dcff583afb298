package session

import (
	"cmp"
	"crypto/aes"
	"crypto/cipher"
	"crypto/hkdf"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"strings"
	"unicode/utf8"
)

// SignIn is what decides where a click of a page goes and whose it is: environment,
// tenant, key and person. Two sessions of one person with one key are one sign-in.
type SignIn struct {
	Environment string // slug
	Tenant      string // its name or id as people know it, cut to 60 bytes
	Key         string // the key's last four characters, "" for a short one
	Operator    string // the person's name
	print       [8]byte
}

// Opens reports whether a page of the other sign-in may be opened in this one: both are
// of one key at one tenant, and at most one of them says whom by name.
func (in SignIn) Opens(other SignIn) bool {
	if in.Operator == "" || other.Operator == "" {
		in.Operator, other.Operator = "", ""
	}
	return in == other
}

// SignIn is the session's, acting under that name.
func (s *Session) SignIn(operator string) SignIn {
	in := SignIn{
		Environment: s.Environment, Tenant: cut(cmp.Or(s.TenantName, s.Tenant), 60), Key: s.Key.LastFour(),
		Operator: strings.ReplaceAll(operator, "\x00", ""),
	}
	sum := sha256.New()
	for _, part := range []string{s.Environment, s.Key.Reveal(), s.TenantID, s.Tenant} {
		fmt.Fprintf(sum, "%d:%s", len(part), part)
	}
	copy(in.print[:], sum.Sum(nil))
	return in
}

// cut is the beginning of a text, of whole characters.
func cut(s string, n int) string {
	for len(s) > n {
		_, size := utf8.DecodeLastRuneInString(s)
		s = s[:len(s)-size]
	}
	return strings.ReplaceAll(s, "\x00", "")
}

// sealer makes tags. A tag is encrypted, for it stands in addresses and pages, and the
// same for the same sign-in, so that pages stay comparable: its nonce is a MAC of
// what it says.
type sealer struct {
	mac  []byte
	aead cipher.AEAD
}

func newSealers(secrets []string) ([]sealer, error) {
	sealers := make([]sealer, len(secrets))
	for i, secret := range secrets {
		keys, err := hkdf.Key(sha256.New, []byte(secret), nil, "agentconsole sign-in tag v1", 64)
		if err != nil {
			return nil, fmt.Errorf("derive tag key: %w", err)
		}
		block, err := aes.NewCipher(keys[:32])
		if err != nil {
			return nil, fmt.Errorf("tag cipher: %w", err)
		}
		aead, err := cipher.NewGCM(block)
		if err != nil {
			return nil, fmt.Errorf("tag cipher: %w", err)
		}
		sealers[i] = sealer{mac: keys[32:], aead: aead}
	}
	return sealers, nil
}

// Tag is a sign-in in some 80 to 150 characters of an address, that only this console
// and its replicas can read.
func (m *Manager) Tag(in SignIn) string {
	s := m.sealers[0]
	plain := append(in.print[:], strings.Join([]string{in.Environment, in.Tenant, in.Key, in.Operator}, "\x00")...)
	mac := hmac.New(sha256.New, s.mac)
	mac.Write(plain)
	nonce := mac.Sum(nil)[:s.aead.NonceSize()]
	return base64.RawURLEncoding.EncodeToString(s.aead.Seal(nonce, nonce, plain, nil))
}

// ReadTag returns the sign-in of a tag. ok is false for what is none of ours, or of a
// secret that is no longer configured.
func (m *Manager) ReadTag(tag string) (in SignIn, ok bool) {
	raw, err := base64.RawURLEncoding.DecodeString(tag)
	if err != nil {
		return SignIn{}, false
	}
	for _, s := range m.sealers {
		n := s.aead.NonceSize()
		if len(raw) < n {
			break
		}
		plain, err := s.aead.Open(nil, raw[:n], raw[n:], nil)
		if err != nil || len(plain) < len(in.print) {
			continue
		}
		words := strings.Split(string(plain[len(in.print):]), "\x00")
		if len(words) != 4 {
			continue
		}
		in = SignIn{Environment: words[0], Tenant: words[1], Key: words[2], Operator: words[3]}
		copy(in.print[:], plain)
		return in, true
	}
	return SignIn{}, false
}
