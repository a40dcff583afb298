package apiclient

import (
	"slices"
	"strings"
)

const mask = "••••"

// Curl returns ReplaceQueues as a curl command: the same URL, headers and body,
// quoted for a POSIX shell, with the key masked but for its last four
// characters. It is "" for an agent id that cannot be sent.
func (a *Caller) Curl(agentID string, typ QueueType, as QueueAssignment) string {
	c, err := queuesCall(agentID, typ, as)
	if err != nil {
		return ""
	}
	return a.curl(c, mask+a.creds.Key.LastFour(), a.headers(c))
}

// CurlSent returns a ReplaceQueues that was sent once as a curl command that does the same,
// with no more headers than that takes. It shows nothing of a key, for the key may have been
// another's. It is "" where Curl is.
func (a *Caller) CurlSent(agentID string, typ QueueType, as QueueAssignment) string {
	c, err := queuesCall(agentID, typ, as)
	if err != nil {
		return ""
	}
	return a.curl(c, mask, a.needed(c))
}

// CurlRecordingSent returns a SetRecording that was sent once, as CurlSent does.
func (a *Caller) CurlRecordingSent(agentID string, enabled bool) string {
	c, err := recordingCall(agentID, enabled)
	if err != nil {
		return ""
	}
	return a.curl(c, mask, a.needed(c))
}

// needed are the headers without which a call would not do what it does: one with the key,
// the tenant, and what the body is.
func (a *Caller) needed(c call) []header {
	hasKey := false
	return slices.DeleteFunc(a.headers(c), func(h header) bool {
		again := h.secret && hasKey
		hasKey = hasKey || h.secret
		return again || h.name == "Accept" || h.name == "Accept-Encoding" || h.name == "User-Agent"
	})
}

// curl writes key in place of the key.
func (a *Caller) curl(c call, key string, headers []header) string {
	parts := []string{"curl -X " + c.method + " " + quoteShell(a.url(c))}
	for _, h := range headers {
		value := h.value
		switch {
		case h.secret:
			value = key
		case h.name == "Accept-Encoding":
			// The same header, and curl decodes the answer.
			parts = append(parts, "--compressed")
		}
		parts = append(parts, "-H "+quoteShell(h.name+": "+value))
	}
	if c.body != "" {
		parts = append(parts, "-d "+quoteShell(c.body))
	}
	return strings.Join(parts, " \\\n  ")
}

func quoteShell(s string) string { return "'" + strings.ReplaceAll(s, "'", `'\''`) + "'" }
