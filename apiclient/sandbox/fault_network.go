package sandbox

import (
	"bytes"
	"net/http"
	"strings"
	"time"
)

// Slow delays the first byte of the true answer. Nothing is done before the
// delay is over, and never if the client leaves first. docs/api/faults.md 1.
func Slow(d time.Duration) Fault { return Fault{Delay: d} }

// Dripping sends the true answer 64 bytes at a time. docs/api/faults.md 1.
func Dripping(every time.Duration) Fault { return Fault{Drip: every} }

// Silence never answers. docs/api/faults.md 1.
func Silence() Fault { return Fault{Hang: true} }

// SilenceAfterApply does the write and never answers. docs/api/faults.md 1.
func SilenceAfterApply() Fault { return Silence().Applied() }

// Reset drops the connection; a write was not done. docs/api/faults.md 3.
func Reset() Fault { return Fault{Reset: true} }

// ResetAfterApply does the write, then drops the connection. docs/api/faults.md 3.
func ResetAfterApply() Fault { return Reset().Applied() }

// Truncated answers half of the true body as if it were all; a write was done.
// docs/api/faults.md 4.
func Truncated() Fault { return Fault{Truncate: true} }

// CutOff drops the connection in the middle of the true body; a write was done.
// docs/api/faults.md 4.
func CutOff() Fault { return Fault{Cut: true} }

// EmptyBody answers 200 without a body; a write was done. docs/api/faults.md 4.
func EmptyBody() Fault {
	return Fault{Rewrite: func([]byte) []byte { return nil }}
}

// CaptivePortal answers 200 with the log-in page of somebody's Wi-Fi.
// docs/api/faults.md 5.
func CaptivePortal() Fault {
	return Fault{Status: http.StatusOK, Body: `<!DOCTYPE html>
<html><head><title>Đăng nhập Wi-Fi</title><meta http-equiv="refresh" content="0;url=http://10.0.0.1/login"></head>
<body><h1>Chào mừng</h1><script>alert("captive")</script><form action="/login"><input name="phone"></form></body></html>`}
}

// OtherJSON answers 200 with JSON that is not this API's. docs/api/faults.md 5.
func OtherJSON() Fault {
	return Fault{Status: http.StatusOK, Body: `{"status":"ok","version":"1.4.2","agents":[]}`}
}

// JSONArray answers 200 with a bare array. docs/api/faults.md 5.
func JSONArray() Fault { return Fault{Status: http.StatusOK, Body: `[]`} }

// Gzipped compresses the true answer, asked for or not. docs/api/faults.md 6.
func Gzipped() Fault { return Fault{Gzip: true} }

// Bomb answers with a small gzip stream that decompresses to 256 MiB.
// docs/api/faults.md 6.
func Bomb() Fault { return Fault{GzipBomb: true} }

// Endless answers with JSON that goes on for 256 MiB. docs/api/faults.md 6.
func Endless() Fault { return Fault{EndlessBody: true} }

// Redirected answers 302 to the URL. docs/api/faults.md 15.
func Redirected(url string) Fault { return Fault{RedirectTo: url} }

// SuccessAs answers truly but with success as the JSON given: `"0"`, `1`,
// `true`. An empty text leaves success out. A write was done. docs/api/faults.md 7.
func SuccessAs(literal string) Fault {
	replacement := `"success":` + literal + `,`
	if literal == "" {
		replacement = ""
	}
	return Fault{Rewrite: func(body []byte) []byte {
		return bytes.Replace(body, []byte(`"success":"1",`), []byte(replacement), 1)
	}}
}

// UnknownFields adds fields no page documents to the true answer, in the
// envelope and in every row. docs/api/faults.md 10.
func UnknownFields() Fault {
	return Fault{Rewrite: func(body []byte) []byte {
		body = bytes.Replace(body, []byte(`{"success"`), []byte(`{"traceId":{"a":[1,null]},"success"`), 1)
		return bytes.ReplaceAll(body, []byte(`{"tenantId"`), []byte(`{"skill":["x"],"tenantId"`))
	}}
}

// DuplicateKeys answers a page of one agent whose agentId and success are stated
// twice, differently. docs/api/faults.md 27.
func DuplicateKeys() Fault {
	return Fault{Backend: true, Status: http.StatusOK, Body: `{"success":"0","success":"1","error_code":"SUCCESS","error_message":"SUCCESS","totalRecord":1,` +
		`"data":[{"tenantId":20260310,"tenantName":"AloHub","agentId":"082018","agentId":"082019","status":1}]}`}
}

// InvalidUTF8 puts bytes that are no UTF-8 into the true rows' tenantName.
// docs/api/faults.md 27.
func InvalidUTF8() Fault {
	return Fault{Rewrite: func(body []byte) []byte {
		return bytes.ReplaceAll(body, []byte(`"tenantName":"`), []byte("\"tenantName\":\"\xff\xfe\xc3("))
	}}
}

// DeepNesting answers arrays nested the given number of times, never closed.
// docs/api/faults.md 27.
func DeepNesting(depth int) Fault {
	return Fault{Status: http.StatusOK, Body: `{"success":"1","error_code":"SUCCESS","data":` + strings.Repeat("[", depth)}
}

// LimitHeaders answers truly, but with these limit headers; "" leaves one out.
// docs/api/faults.md 18.
func LimitHeaders(limitTenant, remainingTenant, limitRoute, remainingRoute string) Fault {
	f := Fault{Headers: make(http.Header)}
	for name, value := range map[string]string{
		"X-RateLimit-Limit-Tenant":     limitTenant,
		"X-RateLimit-Remaining-Tenant": remainingTenant,
		"X-RateLimit-Limit-Route":      limitRoute,
		"X-RateLimit-Remaining-Route":  remainingRoute,
	} {
		if value == "" {
			f.DropHeaders = append(f.DropHeaders, name)
			continue
		}
		f.Headers.Set(name, value)
	}
	return f
}

// NoLimitHeaders answers truly, without any limit header. docs/api/faults.md 18.
func NoLimitHeaders() Fault { return LimitHeaders("", "", "", "") }

// IgnoredWrite answers a write as done and does not do it. docs/api/faults.md 25.
func IgnoredWrite() Fault { return Fault{IgnoreWrite: true} }
