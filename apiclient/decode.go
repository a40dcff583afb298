package apiclient

import (
	"bytes"
	"errors"
	"io"
	"math"

	"github.com/go-json-experiment/json/jsontext"
)

// Decoding is one pass over the tokens rather than a struct with tags: it costs
// a third, and the API's types cannot be trusted to be the documented ones
// (docs/api, decisions 4, 5, 10, 16).

var (
	errTruncated = errors.New("the answer ends in the middle")
	errNotJSON   = errors.New("the answer is not JSON")
	errNotObject = errors.New("the answer is no JSON object")
)

// verdict is what the field "success" says.
type verdict uint8

const (
	absent verdict = iota
	yes            // "1", 1, true
	no             // "0", 0, false
	odd            // anything else
)

// envelope is every answer of the API, and the gateway's error bodies with it.
type envelope struct {
	success verdict
	code    string // error_code
	text    string // error_message
	// What a gateway's body carries instead.
	message   string
	requestID string

	total    int // totalRecord, -1 where there is none
	hasRows  bool
	nullRows bool
	rows     []AgentRow
	named    int // rows with an agentId
}

// ours reports whether the body has a field that only the API's envelope has.
func (e *envelope) ours() bool { return e.success != absent || e.code != "" }

// decodeEnvelope reads body, and its rows if wanted. Duplicate names and more
// than jsontext's depth of nesting are refused, invalid UTF-8 is replaced.
func decodeEnvelope(body []byte, wantRows bool) (*envelope, error) {
	body = bytes.TrimPrefix(body, []byte("\xef\xbb\xbf"))
	d := jsontext.NewDecoder(bytes.NewBuffer(body), jsontext.AllowInvalidUTF8(true))
	env := &envelope{total: -1}
	if d.PeekKind() != '{' {
		if _, err := d.ReadToken(); err != nil {
			return nil, syntaxError(err)
		}
		return nil, errNotObject
	}
	if _, err := d.ReadToken(); err != nil {
		return nil, syntaxError(err)
	}
	for d.PeekKind() == '"' {
		name, err := d.ReadValue()
		if err != nil {
			return nil, syntaxError(err)
		}
		switch string(plainName(name)) {
		case "success":
			err = read(d, func(v jsontext.Value) { env.success = verdictOf(v) })
		case "error_code":
			err = read(d, func(v jsontext.Value) { env.code, _ = textOf(v) })
		case "error_message":
			err = read(d, func(v jsontext.Value) { env.text, _ = textOf(v) })
		case "message":
			err = read(d, func(v jsontext.Value) { env.message, _ = textOf(v) })
		case "request_id":
			err = read(d, func(v jsontext.Value) { env.requestID, _ = textOf(v) })
		case "totalRecord":
			err = read(d, func(v jsontext.Value) {
				if n, ok := integerOf(v); ok && n >= 0 && n <= math.MaxInt32 {
					env.total = int(n)
				}
			})
		case "data":
			switch {
			case !wantRows:
				err = d.SkipValue()
			case d.PeekKind() == '[':
				err = env.readRows(d)
			default:
				env.nullRows = d.PeekKind() == 'n'
				err = d.SkipValue()
			}
		default:
			err = d.SkipValue()
		}
		if err != nil {
			return nil, syntaxError(err)
		}
	}
	if _, err := d.ReadToken(); err != nil {
		return nil, syntaxError(err)
	}
	if _, err := d.ReadToken(); !errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		return nil, errNotJSON // something follows the object
	}
	return env, nil
}

func (e *envelope) readRows(d *jsontext.Decoder) error {
	e.hasRows = true
	e.rows = []AgentRow{}
	if _, err := d.ReadToken(); err != nil {
		return err
	}
	var seen memory
	for d.PeekKind() != ']' {
		if d.PeekKind() != '{' {
			if err := d.SkipValue(); err != nil {
				return err
			}
			return errNotObject
		}
		row, err := readRow(d, &seen)
		if err != nil {
			return err
		}
		if row.AgentID != "" {
			e.named++
		}
		e.rows = append(e.rows, row)
	}
	_, err := d.ReadToken()
	return err
}

// read hands the next value to use; the value is valid only meanwhile.
func read(d *jsontext.Decoder, use func(jsontext.Value)) error {
	v, err := d.ReadValue()
	if err == nil {
		use(v)
	}
	return err
}

// syntaxError tells an answer that stops too early, which a repeat may mend,
// from one that is something else.
func syntaxError(err error) error {
	switch {
	case errors.Is(err, errNotObject):
		return errNotObject
	case errors.Is(err, io.ErrUnexpectedEOF), errors.Is(err, io.EOF):
		return errTruncated
	}
	return errNotJSON
}

// plainName returns a member's name without its quotes.
func plainName(v jsontext.Value) []byte {
	if bytes.IndexByte(v, '\\') < 0 {
		return v[1 : len(v)-1]
	}
	b, _ := jsontext.AppendUnquote(nil, v)
	return b
}
