package apiclient

import (
	"crypto/tls"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"sync"
	"time"
)

// latencies is of how many answers the time is kept.
const latencies = 64

// Wire is what the answers of an environment have shown of the way there, whichever key
// they were for: nothing of it is any tenant's. What is empty was not seen.
type Wire struct {
	Answers int       // how many came since the start
	At      time.Time // of the last; zero: none
	// Median and Worst are how long the last answers to list agents took to begin, Of so many.
	Median, Worst time.Duration
	Of            int
	TLS           string // "1.3"; "" for none, or where nothing tells
	Encrypted     bool
	// Gateway are the programs that named themselves: "kong/3.4.2 nginx".
	Gateway   string
	RequestID string // the headers that carry one
	// Skew is how far its clock is before ours, by the last Date, to the second.
	Skew      time.Duration
	SkewKnown bool
	// AcceptedAt is when a key was last accepted in the headers that are sent.
	AcceptedAt time.Time
}

// wire collects a Wire.
type wire struct {
	mu    sync.Mutex
	shown Wire
	took  [latencies]time.Duration
	next  int
	named string // the headers that Gateway was read from
}

// note takes what an answer shows. sent is when it was asked for.
func (w *wire) note(resp *http.Response, list bool, sent, now time.Time) {
	w.mu.Lock()
	defer w.mu.Unlock()
	s := &w.shown
	s.Answers++
	s.At = now
	if list && resp.StatusCode == http.StatusOK {
		w.took[w.next%latencies] = now.Sub(sent)
		w.next++
		s.AcceptedAt = now
	}
	s.Encrypted = resp.TLS != nil
	if resp.TLS != nil {
		s.TLS = strings.TrimPrefix(tls.VersionName(resp.TLS.Version), "TLS ")
	}
	if named := strings.Join(slices.Concat(resp.Header.Values("Server"), resp.Header.Values("Via")), "\n"); named != w.named && len(named) < 1000 {
		w.named, s.Gateway = named, strings.Join(Products(resp.Header), " ")
	}
	if names := RequestIDHeaders(resp.Header); len(names) > 0 {
		s.RequestID = strings.Join(names, ", ")
	}
	if at := dateOf(resp.Header); !at.IsZero() {
		// A Date has whole seconds; the answer was made between sent and now.
		middle := sent.Add(now.Sub(sent) / 2)
		s.Skew, s.SkewKnown = at.Add(500*time.Millisecond).Sub(middle).Round(time.Second), true
	}
}

func (w *wire) snapshot() Wire {
	w.mu.Lock()
	defer w.mu.Unlock()
	s := w.shown
	if s.Of = min(w.next, latencies); s.Of > 0 {
		took := slices.Clone(w.took[:s.Of])
		slices.Sort(took)
		s.Median, s.Worst = took[s.Of/2], took[s.Of-1]
	}
	return s
}

// Wire is what is known of the way to the environment.
func (c *Client) Wire() Wire { return c.wire.snapshot() }

// AuthHeaders says in which headers the client sends the key.
func (c *Client) AuthHeaders() AuthHeaders { return c.auth }

// BaseURL is where the client calls.
func (c *Client) BaseURL() string { return c.base }

// Products are the programs that an answer's headers name, with their versions, in lower
// case: those known by name, for a foreign text could have anything in it.
func Products(h http.Header) []string {
	product := regexp.MustCompile(`(?i)\b(kong|openresty|nginx|envoy|cloudflare|caddy|haproxy|varnish|apache|traefik)(/\d[\d.]{0,15})?`)
	var out []string
	for _, value := range slices.Concat(h.Values("Server"), h.Values("Via")) {
		for _, found := range product.FindAllString(value[:min(len(value), 200)], 5) {
			if found = strings.ToLower(found); !slices.Contains(out, found) {
				out = append(out, found)
			}
		}
	}
	return out
}

// RequestIDHeaders are the headers by which an answer carries a request id.
func RequestIDHeaders(h http.Header) (names []string) {
	for _, name := range []string{"X-Request-Id", "X-Kong-Request-Id", "X-Correlation-Id", "Request-Id"} {
		if h.Get(name) != "" {
			names = append(names, name)
		}
	}
	return names
}
