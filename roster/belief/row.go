package belief

import (
	"strconv"
	"strings"

	"github.com/alohub/agentconsole/apiclient"
	"github.com/alohub/agentconsole/roster"
)

// sighting is what one answer shows of one agent: its rows, merged.
type sighting struct {
	row     *apiclient.AgentRow // the first; absent fields filled from the others
	callin  []int64
	callout []int64
	first   int // where the first of the rows stands in the answer
	rows    int // how many

	callinNames, calloutNames map[int64]string

	idIsNumber        bool
	callinUnreadable  bool
	calloutUnreadable bool
	prioritiesDiffer  bool
	tenantsDiffer     bool
	joined, split     bool // several callin queues in one row, over rows
}

// mergeRows merges the rows of one answer by agent, in the order of their first
// rows. Rows without an agentId say nothing of anybody and are left out.
func mergeRows(rows []apiclient.AgentRow) []*sighting {
	byID := make(map[string]*sighting, len(rows))
	out := make([]*sighting, 0, len(rows))
	for i := range rows {
		row := rows[i]
		if row.AgentID == "" {
			continue
		}
		s := byID[row.AgentID]
		if s == nil {
			s = &sighting{row: &row, first: i}
			byID[row.AgentID] = s
			out = append(out, s)
		} else {
			s.fill(&row)
		}
		s.rows++
		s.idIsNumber = s.idIsNumber || row.AgentIDIsNumber
		before := len(s.callin)
		s.addCallin(&row)
		s.joined = s.joined || len(s.callin)-before > 1
		s.split = s.split || before == 1 && len(s.callin) == 2
		s.addCallout(&row)
	}
	return out
}

// fill takes from a further row what the first left open.
func (s *sighting) fill(row *apiclient.AgentRow) {
	first := s.row
	if first.TenantID != nil && row.TenantID != nil && *first.TenantID != *row.TenantID {
		s.tenantsDiffer = true
	}
	if text(first.Priority) != text(row.Priority) {
		s.prioritiesDiffer = true
	}
	first.TenantID = or(first.TenantID, row.TenantID)
	first.Status = or(first.Status, row.Status)
	first.UserName = or(first.UserName, row.UserName)
	first.IsFollowMe = or(first.IsFollowMe, row.IsFollowMe)
	first.Priority = or(first.Priority, row.Priority)
	first.SystemStatus = or(first.SystemStatus, row.SystemStatus)
	first.UserStatus = or(first.UserStatus, row.UserStatus)
	first.IsRecord = or(first.IsRecord, row.IsRecord)
	if first.TenantName == "" {
		first.TenantName = row.TenantName
	}
}

func (s *sighting) addCallin(row *apiclient.AgentRow) {
	if row.QueueCallinID == nil || strings.TrimSpace(*row.QueueCallinID) == "" {
		// The name string alone names its queue too, as long as it names one: a
		// second "12-…" after a comma may be part of a name.
		id, name, ok := splitNamed(text(row.QueueCallin))
		switch {
		case ok && !strings.ContainsAny(name, ",;"):
			s.callin = roster.AppendNew(s.callin, id)
			s.nameCallin(id, name)
		case strings.Trim(text(row.QueueCallin), "- ") != "":
			s.callinUnreadable = true
		}
		return
	}
	ids, ok := parseIDs(*row.QueueCallinID)
	if !ok || namesZero(text(row.QueueCallin)) {
		s.callinUnreadable = true
	}
	s.callin = roster.AppendNew(s.callin, ids...)
	for id, name := range callinNames(text(row.QueueCallin), ids) {
		s.nameCallin(id, name)
	}
}

func (s *sighting) nameCallin(id int64, name string) {
	if name == "" {
		return
	}
	if s.callinNames == nil {
		s.callinNames = make(map[int64]string, 1)
	}
	s.callinNames[id] = name
}

func (s *sighting) addCallout(row *apiclient.AgentRow) {
	if row.QueueCallout == nil {
		return
	}
	ids, ok := parseIDs(*row.QueueCallout)
	if !ok || calloutNamesZero(*row.QueueCallout, text(row.QueueCalloutName)) {
		s.calloutUnreadable = true
	}
	s.callout = roster.AppendNew(s.callout, ids...)
	names := []string{text(row.QueueCalloutName)}
	if len(ids) > 1 {
		names = strings.Split(names[0], ",")
	}
	if len(names) != len(ids) {
		return // a comma inside a name: which is whose cannot be told
	}
	for i, id := range ids {
		if name := strings.TrimSpace(names[i]); name != "" {
			if s.calloutNames == nil {
				s.calloutNames = make(map[int64]string, 1)
			}
			s.calloutNames[id] = name
		}
	}
}

// parseIDs splits joined queue ids. ok is false where a part is no queue id, for
// then the list cannot be sent again as it is. "0" and "-" stand for no queue.
func parseIDs(joined string) (ids []int64, ok bool) {
	ok = true
	for _, part := range strings.FieldsFunc(joined, isJoint) {
		if strings.Trim(part, "-") == "" {
			continue
		}
		id, err := strconv.ParseInt(part, 10, 64)
		switch {
		case err != nil || id < 0:
			ok = false
		case id > 0:
			ids = roster.AppendNew(ids, id)
		}
	}
	return ids, ok
}

// namesZero reports whether the first queue of "0-front desk,12-care" is one of id 0, with a
// name: then 0 does not stand for none, and no list that is sent could have it.
func namesZero(joined string) bool {
	name, ok := strings.CutPrefix(strings.TrimSpace(joined), "0-")
	return ok && strings.Trim(name, "- ") != "" && !isJoint(rune(name[0]))
}

// calloutNamesZero is namesZero of callout queues, whose names have a field of their own.
func calloutNamesZero(joined, names string) bool {
	ids, each := strings.FieldsFunc(joined, isJoint), []string{names}
	if len(ids) > 1 {
		each = strings.Split(names, ",")
	}
	for i, id := range ids {
		if n, err := strconv.Atoi(id); err == nil && n == 0 && len(each) == len(ids) && strings.Trim(each[i], "- ") != "" {
			return true
		}
	}
	return false
}

func isJoint(r rune) bool {
	return r == ',' || r == ';' || r == '|' || r == ' ' || r == '\t' || r == '\n' || r == '\r'
}

// callinNames cuts "1-sales, north,2-care" by the ids known from the other field:
// a name ends where the next id of the list begins, not at a comma.
func callinNames(joined string, ids []int64) map[int64]string {
	names := make(map[int64]string, len(ids))
	rest := strings.TrimSpace(joined)
	for i, id := range ids {
		after, ok := strings.CutPrefix(rest, strconv.FormatInt(id, 10)+"-")
		if !ok {
			return names
		}
		end, next := len(after), len(after)
		if i+1 < len(ids) {
			end, next = jointBefore(after, strconv.FormatInt(ids[i+1], 10)+"-")
		}
		if name := strings.TrimSpace(after[:end]); name != "" {
			names[id] = name
		}
		rest = after[next:]
	}
	return names
}

// jointBefore returns where the joint before prefix begins and where prefix
// begins, or twice the length where prefix does not follow a joint.
func jointBefore(s, prefix string) (end, next int) {
	for from := 0; ; {
		i := strings.Index(s[from:], prefix)
		if i < 0 {
			return len(s), len(s)
		}
		next = from + i
		end = len(strings.TrimRightFunc(s[:next], isJoint))
		if end < next {
			return end, next
		}
		from = next + 1
	}
}

// splitNamed splits "1001226-test".
func splitNamed(s string) (id int64, name string, ok bool) {
	digits, name, found := strings.Cut(strings.TrimSpace(s), "-")
	id, err := strconv.ParseInt(digits, 10, 64)
	if !found || err != nil || id <= 0 {
		return 0, "", false
	}
	return id, strings.TrimSpace(name), true
}

func or[T any](a, b *T) *T {
	if a == nil {
		return b
	}
	return a
}
