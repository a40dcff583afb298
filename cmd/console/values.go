package main

import (
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/netip"
	"net/url"
	"strconv"
	"strings"
	"time"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// parseList splits at commas and line ends and drops what is empty.
func parseList(text string) []string {
	items := strings.FieldsFunc(text, func(r rune) bool { return r == ',' || r == '\n' || r == '\r' })
	out := items[:0]
	for _, item := range items {
		if item = strings.TrimSpace(item); item != "" {
			out = append(out, item)
		}
	}
	return out
}

func parseListen(text string) (string, error) {
	_, port, err := net.SplitHostPort(text)
	if err != nil {
		return "", fmt.Errorf("%q is not an address such as 127.0.0.1:8080 or :8080", text)
	}
	if n, err := strconv.Atoi(port); err != nil || n < 0 || n > 65535 {
		return "", fmt.Errorf("%q has no port between 0 and 65535", text)
	}
	return text, nil
}

func parseUpstreams(text string) ([]Upstream, error) {
	var (
		out  []Upstream
		errs []error
	)
	for _, item := range parseList(text) {
		name, base, ok := strings.Cut(item, "=")
		id, rest, chosen := strings.Cut(name, ":")
		if chosen {
			name = rest
		}
		id, name, base = strings.TrimSpace(id), strings.TrimSpace(name), strings.TrimSpace(base)
		switch {
		case !ok || name == "" || base == "":
			errs = append(errs, fmt.Errorf("%q is not of the form Name=baseURL or slug:Name=baseURL", item))
			continue
		case !chosen:
			id = slug(name)
		case id != slug(id):
			errs = append(errs, fmt.Errorf("%q: what stands before the colon is the short name, of a-z, 0-9 and -", item))
			continue
		}
		out = append(out, Upstream{Name: name, Slug: id, URL: strings.TrimRight(base, "/")})
	}
	return out, errors.Join(errs...)
}

// slug makes "Sản xuất" into "san-xuat".
func slug(name string) string {
	var b strings.Builder
	for _, r := range norm.NFD.String(strings.ToLower(name)) {
		switch {
		case r == 'đ':
			b.WriteByte('d')
		case r >= 'a' && r <= 'z', r >= '0' && r <= '9':
			b.WriteRune(r)
		case unicode.Is(unicode.Mn, r):
		case b.Len() > 0 && !strings.HasSuffix(b.String(), "-"):
			b.WriteByte('-')
		}
	}
	return strings.Trim(b.String(), "-")
}

func parseDatabase(text string) (string, error) {
	scheme, _, isURL := strings.Cut(text, "://")
	switch {
	case text == "":
		return "", errors.New("must not be empty")
	case !isURL:
		return text, nil
	case scheme != "postgres" && scheme != "postgresql":
		return "", errors.New("must be the path of a SQLite file or a postgres:// URL")
	}
	if u, err := url.Parse(text); err != nil || u.Host == "" && u.Query().Get("host") == "" {
		return "", errors.New("the postgres:// URL cannot be read, or names no host")
	}
	return text, nil
}

// parseBasePath takes the slash off the end, where people like to put one.
func parseBasePath(text string) string { return strings.TrimRight(text, "/") }

// parsePublicURL returns nil for "".
func parsePublicURL(text string) (*url.URL, error) {
	if text == "" {
		return nil, nil //nolint:nilnil // not set
	}
	u, err := url.Parse(text)
	if err != nil {
		// url.Error repeats the text, which may hold a password.
		return nil, errors.New("cannot be read as a URL")
	}
	u.Host, u.Path = strings.ToLower(u.Host), strings.TrimRight(u.Path, "/")
	return u, nil
}

func parseNetworks(text string) ([]netip.Prefix, error) {
	var (
		out  []netip.Prefix
		errs []error
	)
	for _, item := range parseList(text) {
		if addr, err := netip.ParseAddr(item); err == nil && addr.Zone() == "" {
			addr = addr.Unmap()
			out = append(out, netip.PrefixFrom(addr, addr.BitLen()))
			continue
		}
		prefix, err := netip.ParsePrefix(item)
		switch {
		case err != nil:
			errs = append(errs, fmt.Errorf("%q is not a network such as 10.0.0.0/8", item))
		case prefix != prefix.Masked():
			errs = append(errs, fmt.Errorf("%q has bits after its length: is %s meant?", item, prefix.Masked()))
		default:
			out = append(out, prefix)
		}
	}
	return out, errors.Join(errs...)
}

func parseSwitch(text string) (bool, error) {
	switch strings.ToLower(text) {
	case "true", "on", "yes", "1":
		return true, nil
	case "false", "off", "no", "0":
		return false, nil
	}
	return false, fmt.Errorf("%q is neither true nor false", text)
}

// parseSpan reads a duration, also in days ("90d"), which time.ParseDuration
// does not know. "0" is zero.
func parseSpan(text string) (time.Duration, error) {
	if days, ok := strings.CutSuffix(text, "d"); ok {
		n, err := strconv.ParseUint(days, 10, 16)
		if err != nil {
			return 0, fmt.Errorf("%q is not a duration such as 30m, 12h or 90d", text)
		}
		return time.Duration(n) * 24 * time.Hour, nil
	}
	d, err := time.ParseDuration(text)
	if err != nil || d < 0 {
		return 0, fmt.Errorf("%q is not a duration such as 30m, 12h or 90d", text)
	}
	return d, nil
}

func parseLog(text string) (format string, level slog.Level, err error) {
	format = "text"
	for _, word := range parseList(strings.ToLower(text)) {
		switch word {
		case "text", "json":
			format = word
		case "debug", "info", "warn", "error":
			err = errors.Join(err, level.UnmarshalText([]byte(word)))
		default:
			err = errors.Join(err, fmt.Errorf("%q is neither a format (text, json) nor a level (debug, info, warn, error)", word))
		}
	}
	return format, level, err
}
