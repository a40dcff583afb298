package apiclient

import (
	"strings"

	"github.com/go-json-experiment/json/jsontext"
)

// cells is what a row's pointers point into: one allocation instead of ten.
type cells struct {
	tenantID                       int64
	status, isFollowMe             int
	userName                       string
	queueCallin, queueCallinID     string
	queueCallout, queueCalloutName string
	priority                       string
	systemStatus, userStatus       string
	isRecord                       bool
}

// memory holds the texts of the row before. Tenant, queues and statuses mostly
// repeat from row to row; a repeat shares the string.
type memory struct {
	tenantName                     string
	queueCallin, queueCallinID     string
	queueCallout, queueCalloutName string
	priority                       string
	systemStatus, userStatus       string
	ignore                         string
}

// again is textOf, but for a text that last holds already.
func again(last *string, v jsontext.Value) (string, bool) {
	if v.Kind() == '"' && *last != "" && string(v[1:len(v)-1]) == *last {
		return *last, true
	}
	s, ok := textOf(v)
	*last = s
	if strings.IndexByte(s, '\\') >= 0 {
		*last = "" // it could be mistaken for the source of an escape
	}
	return s, ok
}

func readRow(d *jsontext.Decoder, seen *memory) (AgentRow, error) {
	var row AgentRow
	c := new(cells)
	if _, err := d.ReadToken(); err != nil {
		return row, err
	}
	for d.PeekKind() == '"' {
		name, err := d.ReadValue()
		if err != nil {
			return row, err
		}
		f, known := fieldOf(plainName(name))
		if !known {
			if err := d.SkipValue(); err != nil {
				return row, err
			}
			continue
		}
		v, err := d.ReadValue()
		if err != nil {
			return row, err
		}
		row.set(f, v, c, seen)
	}
	_, err := d.ReadToken()
	return row, err
}

type field uint8

const (
	fieldTenantID field = iota
	fieldTenantName
	fieldAgentID
	fieldStatus
	fieldUserName
	fieldQueueCallin
	fieldQueueCallinID
	fieldQueueCallout
	fieldQueueCalloutName
	fieldIsFollowMe
	fieldPriority
	fieldSystemStatus
	fieldUserStatus
	fieldIsRecord
)

// fieldOf exists because the next value overwrites name.
func fieldOf(name []byte) (field, bool) {
	switch string(name) {
	case "tenantId":
		return fieldTenantID, true
	case "tenantName":
		return fieldTenantName, true
	case "agentId":
		return fieldAgentID, true
	case "status":
		return fieldStatus, true
	case "userName":
		return fieldUserName, true
	case "queueCallin":
		return fieldQueueCallin, true
	case "queueCallinId":
		return fieldQueueCallinID, true
	case "queueCallout":
		return fieldQueueCallout, true
	case "queueCalloutName":
		return fieldQueueCalloutName, true
	case "isFollowMe":
		return fieldIsFollowMe, true
	case "priority":
		return fieldPriority, true
	case "systemStatus":
		return fieldSystemStatus, true
	case "userStatus":
		return fieldUserStatus, true
	case "isRecord":
		return fieldIsRecord, true
	}
	return 0, false
}

func (row *AgentRow) set(f field, v jsontext.Value, c *cells, seen *memory) {
	switch f {
	case fieldTenantID:
		row.TenantID = integer64(&c.tenantID, v)
	case fieldTenantName:
		row.TenantName, _ = again(&seen.tenantName, v)
	case fieldAgentID:
		if k := v.Kind(); k == '"' || k == '0' {
			row.AgentID, _ = textOf(v)
			row.AgentIDIsNumber = k == '0'
		}
	case fieldStatus:
		row.Status = integer(&c.status, v)
	case fieldUserName:
		seen.ignore = "" // names do not repeat
		row.UserName = text(&c.userName, &seen.ignore, v)
	case fieldQueueCallin:
		row.QueueCallin = text(&c.queueCallin, &seen.queueCallin, v)
	case fieldQueueCallinID:
		row.QueueCallinID = text(&c.queueCallinID, &seen.queueCallinID, v)
	case fieldQueueCallout:
		row.QueueCallout = text(&c.queueCallout, &seen.queueCallout, v)
	case fieldQueueCalloutName:
		row.QueueCalloutName = text(&c.queueCalloutName, &seen.queueCalloutName, v)
	case fieldIsFollowMe:
		row.IsFollowMe = integer(&c.isFollowMe, v)
	case fieldPriority:
		row.Priority = text(&c.priority, &seen.priority, v)
	case fieldSystemStatus:
		row.SystemStatus = text(&c.systemStatus, &seen.systemStatus, v)
	case fieldUserStatus:
		row.UserStatus = text(&c.userStatus, &seen.userStatus, v)
	case fieldIsRecord:
		row.HasRecord = true
		if value, ok := booleanOf(v); ok {
			c.isRecord = value
			row.IsRecord = &c.isRecord
		}
	}
}

func text(cell, last *string, v jsontext.Value) *string {
	s, ok := again(last, v)
	if !ok {
		return nil
	}
	*cell = s
	return cell
}

func integer(cell *int, v jsontext.Value) *int {
	n, ok := integerOf(v)
	if !ok || int64(int(n)) != n {
		return nil
	}
	*cell = int(n)
	return cell
}

func integer64(cell *int64, v jsontext.Value) *int64 {
	n, ok := integerOf(v)
	if !ok {
		return nil
	}
	*cell = n
	return cell
}
