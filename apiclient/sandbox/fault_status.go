package sandbox

import "net/http"

// Documented is an error in the documented envelope, made by the backend: it
// carries the limit headers.
func Documented(status int, code, message string) Fault {
	return Fault{Status: status, Body: string(refusal(status, code, message).body), Backend: true}
}

// Unauthorized is the documented 401. docs/api/faults.md 19.
func Unauthorized() Fault {
	f := Documented(http.StatusUnauthorized, "UNAUTHORIZED", "Invalid API key")
	f.Backend = false
	return f
}

// InsufficientScope is the documented 403. docs/api/faults.md 20.
func InsufficientScope() Fault {
	f := Documented(http.StatusForbidden, "INSUFFICIENT_SCOPE", "API key does not have scope agent")
	f.Backend = false
	return f
}

// InvalidInput is the documented 400 with a sentence of one's own. docs/api/faults.md 22.
func InvalidInput(sentence string) Fault {
	return Documented(http.StatusBadRequest, "INVALID_INPUT", sentence)
}

// NotFound is the documented 404. docs/api/faults.md 21.
func NotFound() Fault { return Documented(http.StatusNotFound, "NOT_FOUND", "Agent not found") }

// RateLimited is the documented 429, with Retry-After as given: seconds, a date,
// nonsense, or "" for none. docs/api/faults.md 17.
func RateLimited(retryAfter string) Fault {
	f := Documented(http.StatusTooManyRequests, "RATE_LIMIT_EXCEEDED", "Rate limit exceeded")
	f.Backend, f.RetryAfter = false, retryAfter
	return f
}

// SystemError is the documented 500; a write was not done. docs/api/faults.md 24.
func SystemError() Fault { return Documented(http.StatusInternalServerError, "FAIL", "System error") }

// MigrationMissing is the 500 of PUT recording before the migration.
func MigrationMissing() Fault {
	return Documented(http.StatusInternalServerError, "FAIL", "Unknown column 'is_record' in 'field list'").On(OpRecording)
}

// Refused is a 200 that says success "0"; a write was not done. docs/api/faults.md 7.
func Refused(code, message string) Fault { return Documented(http.StatusOK, code, message) }

// EchoedKey is a 500 whose sentence repeats the key. docs/api/faults.md 26.
func EchoedKey() Fault {
	return Documented(http.StatusInternalServerError, "FAIL", "cannot resolve tenant of key {key}")
}

// Gateway is an error of Kong's own shape: {"message": …, "request_id": …}.
func Gateway(status int, message string) Fault {
	return Fault{Status: status, Body: gatewayBody(message, "{request_id}")}
}

// GatewayUnauthorized is Kong's 401; message "" is "Unauthorized". docs/api/faults.md 19.
func GatewayUnauthorized(message string) Fault {
	return Gateway(http.StatusUnauthorized, orText(message, "Unauthorized"))
}

// GatewayForbidden is Kong's 403; message "" is the ACL's. docs/api/faults.md 20.
func GatewayForbidden(message string) Fault {
	return Gateway(http.StatusForbidden, orText(message, "You cannot consume this service"))
}

// NoRoute is Kong's 404. docs/api/faults.md 21.
func NoRoute() Fault { return Gateway(http.StatusNotFound, "no Route matched with those values") }

// GatewayRateLimited is Kong's 429: no Retry-After, but RateLimit-Reset in
// seconds; "" leaves that out too. docs/api/faults.md 17.
func GatewayRateLimited(reset string) Fault {
	f := Gateway(http.StatusTooManyRequests, "API rate limit exceeded")
	if reset != "" {
		f.Headers = http.Header{"Ratelimit-Reset": {reset}, "Ratelimit-Limit": {"60"}, "Ratelimit-Remaining": {"0"}}
	}
	return f
}

// LengthRequired is a 411. docs/api/faults.md 23.
func LengthRequired() Fault {
	return Gateway(http.StatusLengthRequired, "A valid Content-Length header is required")
}

// TooLarge is Kong's 413. docs/api/faults.md 23.
func TooLarge() Fault {
	return Gateway(http.StatusRequestEntityTooLarge, "Request size limit exceeded")
}

// ExpectationFailed is Kong's 417. docs/api/faults.md 23.
func ExpectationFailed() Fault {
	return Gateway(http.StatusExpectationFailed, "Request size limit exceeded")
}

// BadGateway is Kong's 502; Applied makes it one after the write. docs/api/faults.md 24.
func BadGateway() Fault {
	return Gateway(http.StatusBadGateway, "An invalid response was received from the upstream server")
}

// Unavailable is Kong's 503; message "" is its own. docs/api/faults.md 24.
func Unavailable(message string) Fault {
	return Gateway(http.StatusServiceUnavailable, orText(message, "The upstream server is currently unavailable"))
}

// GatewayTimeout is Kong's 504; Applied makes it one after the write.
// docs/api/faults.md 24.
func GatewayTimeout() Fault {
	return Gateway(http.StatusGatewayTimeout, "The upstream server is timing out")
}

// HTMLBadGateway is the 502 page of a proxy in front of the gateway.
func HTMLBadGateway() Fault {
	return Fault{Status: http.StatusBadGateway, Body: "<html>\r\n<head><title>502 Bad Gateway</title></head>\r\n<body>\r\n<center><h1>502 Bad Gateway</h1></center>\r\n<hr><center>nginx</center>\r\n</body>\r\n</html>\r\n"}
}

// ApplyThenStatus does the write and answers with the status: 500 in the
// documented envelope, any other in the gateway's. docs/api/faults.md 24.
func ApplyThenStatus(status int) Fault {
	switch status {
	case http.StatusInternalServerError:
		return SystemError().Applied()
	case http.StatusGatewayTimeout:
		return GatewayTimeout().Applied()
	case http.StatusBadGateway:
		return BadGateway().Applied()
	default:
		return Gateway(status, http.StatusText(status)).Applied()
	}
}

func orText(text, other string) string {
	if text == "" {
		return other
	}
	return text
}
