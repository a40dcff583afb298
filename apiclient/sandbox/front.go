package sandbox

import (
	"fmt"
	"net/http"
	"strings"
)

// Front is what stands before the API, as far as an answer shows it. The zero Front is a
// Kong that tells of itself in its own errors only.
type Front struct {
	Kind       FrontKind
	RequestIDs bool // each answer has an X-Request-Id
	Compress   bool // answers are compressed for whoever takes that
}

// FrontKind is whose errors the gateway's are.
type FrontKind int

const (
	// QuietKong answers what matches no route; other answers do not show it.
	QuietKong FrontKind = iota
	// OpenKong has its headers on every answer.
	OpenKong
	// Nginx is a proxy without a gateway's work: its errors are pages.
	Nginx
	// NoFront is the API's own server.
	NoFront
)

const kongVersion = "kong/3.4.2"

// refusal is an error that the front makes itself.
func (f Front) refusal(status int, message, accept, requestID string) answer {
	switch f.Kind {
	case Nginx:
		text := fmt.Sprintf("%d %s", status, http.StatusText(status))
		return answer{
			status: status, header: http.Header{"Content-Type": {"text/html"}},
			body: fmt.Appendf(nil, "<html>\r\n<head><title>%s</title></head>\r\n<body>\r\n<center><h1>%[1]s</h1></center>\r\n<hr><center>nginx</center>\r\n</body>\r\n</html>\r\n", text),
		}
	case NoFront:
		return answer{
			status: status, header: http.Header{"Content-Type": {"text/plain; charset=utf-8"}},
			body: []byte(strings.ToLower(http.StatusText(status)) + "\n"),
		}
	default:
		return gatewayAnswer(status, message, accept, requestID)
	}
}

// dress puts on an answer what the front adds to each.
func (f Front) dress(a answer, x *exchange) answer {
	header := a.header.Clone()
	if header == nil {
		header = make(http.Header)
	}
	switch own := header.Get("Server") != ""; {
	case f.Kind == OpenKong && !own:
		header.Set("Via", "1.1 "+kongVersion)
		header.Set("X-Kong-Upstream-Latency", "3")
		header.Set("X-Kong-Proxy-Latency", "1")
		header.Set("X-Kong-Request-Id", x.id)
	case f.Kind == Nginx:
		header.Set("Server", "nginx/1.26.3")
	}
	if f.RequestIDs {
		header.Set("X-Request-Id", x.id)
	}
	if f.Compress && strings.Contains(x.r.Header.Get("Accept-Encoding"), "gzip") {
		a.body = compress(a.body)
		header.Set("Content-Encoding", "gzip")
	}
	a.header = header
	return a
}
