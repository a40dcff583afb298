package sandbox

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
)

// answer is what will be sent, before a fault has had its way with it.
type answer struct {
	status int
	header http.Header
	body   []byte
}

type envelope struct {
	Success      string `json:"success"`
	ErrorCode    string `json:"error_code"`
	ErrorMessage string `json:"error_message"`
}

type listEnvelope struct {
	envelope
	TotalRecord any `json:"totalRecord"`
	Data        any `json:"data"`
}

func jsonAnswer(status int, value any) answer {
	return answer{status: status, header: http.Header{"Content-Type": {"application/json"}}, body: encode(value)}
}

// encode leaves markup as it is: escaping a name is its reader's job. A value
// that has no JSON gives an empty body.
func encode(value any) []byte {
	var body bytes.Buffer
	encoder := json.NewEncoder(&body)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(value); err != nil {
		return nil
	}
	return bytes.TrimSuffix(body.Bytes(), []byte("\n"))
}

func success(message string) answer {
	return jsonAnswer(http.StatusOK, envelope{Success: "1", ErrorCode: "SUCCESS", ErrorMessage: message})
}

func refusal(status int, code, message string) answer {
	return jsonAnswer(status, envelope{Success: "0", ErrorCode: code, ErrorMessage: message})
}

func invalid(format string, args ...any) answer {
	return refusal(http.StatusBadRequest, "INVALID_INPUT", fmt.Sprintf(format, args...))
}

func agentNotFound(id string) answer {
	return refusal(http.StatusNotFound, "NOT_FOUND", fmt.Sprintf("Agent %s not found", id))
}

func gatewayBody(message, requestID string) string {
	return fmt.Sprintf("{\n  \"message\":%s,\n  \"request_id\":%q\n}", encode(message), requestID)
}

// gatewayAnswer is an error the gateway makes itself. Like Kong it falls back to
// plain text, or gives HTML, for a client that does not ask for JSON.
func gatewayAnswer(status int, message, accept, requestID string) answer {
	kind, body := "application/json; charset=utf-8", gatewayBody(message, requestID)
	switch {
	case accept == "":
		kind, body = "text/plain; charset=utf-8", fmt.Sprintf("%s\nrequest_id: %s\n", message, requestID)
	case strings.Contains(accept, "json"), strings.Contains(accept, "*/*"):
	case strings.Contains(accept, "text/html"):
		kind = "text/html; charset=utf-8"
		body = fmt.Sprintf("<!doctype html><html><head><title>Error</title></head><body><h1>Error</h1><p>%s</p><p>request_id: %s</p></body></html>\n", message, requestID)
	}
	return answer{
		status: status,
		header: http.Header{"Content-Type": {kind}, "Server": {kongVersion}, "X-Kong-Request-Id": {requestID}},
		body:   []byte(body),
	}
}
