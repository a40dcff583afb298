package apiclient

import "strings"

const mask = "••••"

// Curl returns ReplaceQueues as a curl command: the same URL, headers and body,
// quoted for a POSIX shell, with the key masked but for its last four
// characters. It is "" for an agent id that cannot be sent.
func (a *Caller) Curl(agentID string, typ QueueType, as QueueAssignment) string {
	c, err := queuesCall(agentID, typ, as)
	if err != nil {
		return ""
	}
	return a.curl(c)
}

// CurlRecording returns SetRecording as a curl command, as Curl does.
func (a *Caller) CurlRecording(agentID string, enabled bool) string {
	c, err := recordingCall(agentID, enabled)
	if err != nil {
		return ""
	}
	return a.curl(c)
}

func (a *Caller) curl(c call) string {
	parts := []string{"curl -X " + c.method + " " + quoteShell(a.url(c))}
	for _, h := range a.headers(c) {
		value := h.value
		switch {
		case h.secret:
			value = mask + a.creds.Key.LastFour()
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
