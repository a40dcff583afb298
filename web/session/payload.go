package session

import (
	"encoding/binary"
	"errors"
	"fmt"
	"time"
	"unicode/utf8"

	"github.com/alohub/agentconsole/apiclient"
)

// payloadVersion is the first byte of every payload. Change it with the layout:
// a cookie of another version then means "sign in again".
const payloadVersion = 2

// payloadKey is where the session lies in gorilla's Values.
const payloadKey = "s"

var errPayload = errors.New("not a session payload")

// serializer is what the codecs turn Values into bytes with. encoding/gob, the
// default, spends 150 bytes and most of a request's session time on describing
// types; this writes two times and length-prefixed strings.
type serializer struct{}

// Serialize implements securecookie.Serializer.
func (serializer) Serialize(src any) ([]byte, error) {
	values, ok := src.(map[any]any)
	if !ok {
		return nil, fmt.Errorf("session: cannot serialize %T", src)
	}
	s, ok := values[payloadKey].(*Session)
	if !ok {
		return nil, errors.New("session: nothing to serialize")
	}
	return appendPayload(make([]byte, 0, 512), s), nil
}

// Deserialize implements securecookie.Serializer.
func (serializer) Deserialize(src []byte, dst any) error {
	values, ok := dst.(*map[any]any)
	if !ok {
		return fmt.Errorf("session: cannot deserialize into %T", dst)
	}
	s, err := parsePayload(src)
	if err != nil {
		return err
	}
	*values = map[any]any{payloadKey: s}
	return nil
}

func appendPayload(b []byte, s *Session) []byte {
	b = append(b, payloadVersion)
	b = binary.AppendVarint(b, s.Created.Unix())
	b = binary.AppendVarint(b, s.Seen.Unix())
	b = binary.AppendVarint(b, s.Generation)
	for _, field := range []string{
		s.ID, s.Environment, s.Key.Reveal(), s.TenantID, s.Tenant, s.TenantName, s.Operator,
	} {
		b = binary.AppendUvarint(b, uint64(len(field)))
		b = append(b, field...)
	}
	return b
}

func parsePayload(b []byte) (*Session, error) {
	if len(b) == 0 || b[0] != payloadVersion {
		return nil, errPayload
	}
	b = b[1:]
	var times [3]int64 // and the generation
	for i := range times {
		v, n := binary.Varint(b)
		if n <= 0 {
			return nil, errPayload
		}
		times[i], b = v, b[n:]
	}
	var fields [7]string
	for i := range fields {
		size, n := binary.Uvarint(b)
		if n <= 0 || size > uint64(len(b)-n) {
			return nil, errPayload
		}
		raw := b[n : n+int(size)]
		if !utf8.Valid(raw) {
			return nil, errPayload
		}
		fields[i], b = string(raw), b[n+int(size):]
	}
	if len(b) != 0 || fields[0] == "" || fields[2] == "" {
		return nil, errPayload
	}
	return &Session{
		ID:          fields[0],
		Environment: fields[1],
		Key:         apiclient.NewSecret(fields[2]),
		TenantID:    fields[3],
		Tenant:      fields[4],
		TenantName:  fields[5],
		Operator:    fields[6],
		Generation:  times[2],
		Created:     time.Unix(times[0], 0).UTC(),
		Seen:        time.Unix(times[1], 0).UTC(),
	}, nil
}
