package probe

import (
	"encoding/json"
	"net/http"
	"strings"
	"time"
)

// answer is one response, as far as the probe looks at it.
type answer struct {
	request request
	status  int
	header  http.Header
	proto   int
	tls     uint16 // 0: none
	reused  bool
	sent    time.Time
	done    time.Time
	page    page
}

// page is what a body says. All of it is foreign.
type page struct {
	ours  bool // it has a field that only the API's envelope has
	list  bool // success, and data is a list
	code  string
	said  string // one of the phrases known by name, "" otherwise
	total int    // -1: none
	rows  []row
	kinds map[string]kinds // of each field, of all rows
	nulls map[string]bool  // fields that were null
	lacks bool             // a row lacks a documented field that may be null
}

// row is what a probe keeps of one: to compare, never to report.
type row struct {
	agent   string
	tenant  string
	callin  []string
	callout []string
}

// kinds is a set of JSON types.
type kinds uint8

const (
	kindString kinds = 1 << iota
	kindNumber
	kindBool
	kindOther
)

func kindOf(raw json.RawMessage) kinds {
	switch raw[0] {
	case '"':
		return kindString
	case 't', 'f':
		return kindBool
	case '{', '[':
		return kindOther
	}
	return kindNumber
}

// optional are the documented fields of a row that may be null.
func optional() []string {
	return []string{
		"userName", "queueCallin", "queueCallinId", "queueCallout", "queueCalloutName",
		"isFollowMe", "priority", "systemStatus", "userStatus",
	}
}

// readPage reads a body. What is no JSON object is the zero page but for its phrase.
func readPage(body []byte) page {
	p := page{total: -1, kinds: map[string]kinds{}, nulls: map[string]bool{}}
	p.said = phrase(string(body[:min(len(body), 4096)]))
	var fields map[string]json.RawMessage
	if json.Unmarshal(body, &fields) != nil || fields == nil {
		return p
	}
	note := func(name string, raw json.RawMessage) {
		if string(raw) == "null" {
			p.nulls[name] = true
			return
		}
		p.kinds[name] |= kindOf(raw)
	}
	success, hasSuccess := fields["success"]
	code, hasCode := fields["error_code"]
	p.ours = hasSuccess || hasCode
	p.code = known(text(code))
	if hasSuccess {
		note("success", success)
	}
	if raw, ok := fields["totalRecord"]; ok {
		note("totalRecord", raw)
		if n, err := json.Number(text(raw)).Int64(); err == nil && n >= 0 && n < 1<<31 {
			p.total = int(n)
		}
	}
	var rows []map[string]json.RawMessage
	if err := json.Unmarshal(fields["data"], &rows); err != nil || rows == nil || !p.ours {
		return p
	}
	p.list = text(success) == "1" || text(success) == "true" || !hasSuccess
	for _, r := range rows {
		for name, raw := range r {
			if documented(name) != 0 {
				note(name, raw)
			}
		}
		for _, name := range optional() {
			if _, ok := r[name]; !ok {
				p.lacks = true
			}
		}
		p.rows = append(p.rows, row{
			agent: text(r["agentId"]), tenant: text(r["tenantId"]),
			callin: split(r["queueCallinId"]), callout: split(r["queueCallout"]),
		})
	}
	return p
}

// text is a scalar as it is written, "" for all else.
func text(raw json.RawMessage) string {
	if len(raw) == 0 || string(raw) == "null" {
		return ""
	}
	switch kindOf(raw) {
	case kindString:
		var s string
		if json.Unmarshal(raw, &s) != nil {
			return ""
		}
		return s
	case kindOther:
		return ""
	}
	return string(raw)
}

// split reads the queues of a row: one, several joined, or a list.
func split(raw json.RawMessage) []string {
	var list []json.RawMessage
	if json.Unmarshal(raw, &list) == nil && list != nil {
		var out []string
		for _, one := range list {
			out = append(out, split(one)...)
		}
		return out
	}
	return strings.FieldsFunc(text(raw), func(r rune) bool { return strings.ContainsRune(",;| ", r) })
}

// known is an error code as it may be reported: a word in capitals, or nothing.
func known(code string) string {
	if code == "" || len(code) > 40 || strings.Trim(code, "ABCDEFGHIJKLMNOPQRSTUVWXYZ_") != "" {
		return ""
	}
	return code
}

// phrase is what a gateway says, where it is one of those known by name: a foreign text
// could have anything in it.
func phrase(body string) string {
	for _, words := range []string{
		"no Route matched with those values", "Invalid authentication credentials", "No API key found in request",
		"Duplicate API key found", "Missing API key", "Invalid API key", "Unauthorized", "Forbidden",
	} {
		if strings.Contains(body, words) {
			return words
		}
	}
	return ""
}

// documented is the JSON type that the page gives a field; 0: it names no such field.
func documented(name string) kinds {
	switch name {
	case "tenantId", "status", "queueCallout", "isFollowMe", "totalRecord":
		return kindNumber
	case "success", "tenantName", "agentId", "userName", "queueCallin", "queueCallinId", "queueCalloutName",
		"priority", "systemStatus", "userStatus":
		return kindString
	case "isRecord": // not on the page: whatever it is
		return kindString | kindNumber | kindBool
	}
	return 0
}

func (k kinds) String() string {
	var words []string
	for kind, word := range map[kinds]string{kindString: "string", kindNumber: "number", kindBool: "boolean", kindOther: "other"} {
		if k&kind != 0 {
			words = append(words, word)
		}
	}
	return strings.Join(sorted(words), "|")
}
