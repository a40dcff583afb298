package apiclient

import (
	"bytes"
	"math"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/go-json-experiment/json/jsontext"
)

// unquote ignores jsontext's complaint about invalid UTF-8: it has been
// replaced by then.
func unquote(v jsontext.Value) (string, bool) {
	if len(v) < 2 || v[0] != '"' {
		return "", false
	}
	if inner := v[1 : len(v)-1]; bytes.IndexByte(inner, '\\') < 0 && utf8.Valid(inner) {
		return string(inner), true
	}
	b, _ := jsontext.AppendUnquote(nil, v)
	return string(b), true
}

// textOf reads a string, or a scalar as the text it is written as, or an array
// of those joined by commas. It is false for null and for objects.
func textOf(v jsontext.Value) (string, bool) {
	switch v.Kind() {
	case '"':
		return unquote(v)
	case '0':
		return numberText(v), true
	case 't', 'f':
		return string(v), true
	case '[':
		return joinedText(v)
	}
	return "", false
}

// numberText keeps the digits as they are, but for whole numbers that some
// serialisers write as 13876.0 or 1.3876E4.
func numberText(v jsontext.Value) string {
	if !bytes.ContainsAny(v, ".eE") {
		return string(v)
	}
	f, err := strconv.ParseFloat(string(v), 64)
	if err != nil || f != math.Trunc(f) || math.Abs(f) > 1<<53 {
		return string(v)
	}
	return strconv.FormatFloat(f, 'f', -1, 64)
}

func joinedText(v jsontext.Value) (string, bool) {
	d := jsontext.NewDecoder(bytes.NewReader(v), jsontext.AllowInvalidUTF8(true))
	if _, err := d.ReadToken(); err != nil {
		return "", false
	}
	var parts []string
	for d.PeekKind() != ']' {
		item, err := d.ReadValue()
		if err != nil {
			return "", false
		}
		if k := item.Kind(); k == '[' || k == '{' {
			continue
		}
		if text, ok := textOf(item); ok {
			parts = append(parts, text)
		}
	}
	return strings.Join(parts, ","), len(parts) > 0
}

// integerOf reads a whole number written as a number, a string or a boolean.
func integerOf(v jsontext.Value) (int64, bool) {
	text := ""
	switch v.Kind() {
	case '0':
		if n, ok := smallInteger(v); ok {
			return n, true
		}
		text = numberText(v)
	case '"':
		text, _ = unquote(v)
		text = strings.TrimSpace(text)
	case 't':
		return 1, true
	case 'f':
		return 0, true
	}
	n, err := strconv.ParseInt(text, 10, 64)
	return n, err == nil
}

// smallInteger reads the digits of a number that cannot overflow.
func smallInteger(v []byte) (int64, bool) {
	if len(v) > 18 {
		return 0, false
	}
	var n int64
	for _, c := range v {
		if c < '0' || c > '9' {
			return 0, false
		}
		n = n*10 + int64(c-'0')
	}
	return n, true
}

// booleanOf reads true, 1, "1", "true" and their opposites.
func booleanOf(v jsontext.Value) (value, ok bool) {
	switch verdictOf(v) {
	case yes:
		return true, true
	case no:
		return false, true
	}
	return false, false
}

func verdictOf(v jsontext.Value) verdict {
	switch v.Kind() {
	case 't':
		return yes
	case 'f':
		return no
	case 'n':
		return absent
	case '"', '0':
		text, _ := textOf(v)
		switch strings.ToLower(strings.TrimSpace(text)) {
		case "1", "true":
			return yes
		case "0", "false":
			return no
		case "":
			return absent
		}
	}
	return odd
}
