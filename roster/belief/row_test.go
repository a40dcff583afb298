package belief

import (
	"maps"
	"slices"
	"testing"

	"github.com/alohub/agentconsole/apiclient"
	"github.com/alohub/agentconsole/roster"
)

func TestRowsAreMerged(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		rows       []apiclient.AgentRow
		callin     []int64
		names      map[int64]string
		unreadable bool
	}{
		"one":               {rows: rows("1001226", "1001226-test"), callin: []int64{1001226}, names: map[int64]string{1001226: "test"}},
		"joined":            {rows: rows("1,2", "1-a,2-b"), callin: []int64{1, 2}, names: map[int64]string{1: "a", 2: "b"}},
		"comma in a name":   {rows: rows("1,2", "1-sales, north,2-care"), callin: []int64{1, 2}, names: map[int64]string{1: "sales, north", 2: "care"}},
		"id inside a name":  {rows: rows("1,2", "1-a12-b,2-c"), callin: []int64{1, 2}, names: map[int64]string{1: "a12-b", 2: "c"}},
		"semicolons":        {rows: rows("1; 2", "1-a; 2-b"), callin: []int64{1, 2}, names: map[int64]string{1: "a", 2: "b"}},
		"several rows":      {rows: rows("1", "1-a", "2", "2-b", "1", "1-a"), callin: []int64{1, 2}, names: map[int64]string{1: "a", 2: "b"}},
		"repeated":          {rows: rows("1,1,2", ""), callin: []int64{1, 2}},
		"names missing":     {rows: rows("1,2", "1-a"), callin: []int64{1, 2}, names: map[int64]string{1: "a"}},
		"id from the name":  {rows: rows("", "7-night"), callin: []int64{7}, names: map[int64]string{7: "night"}},
		"none":              {rows: rows("", "")},
		"none, as a dash":   {rows: rows("", "-")},
		"none, as zero":     {rows: rows("0", "")},
		"zero, no name":     {rows: rows("0", "0-")},
		"zero with a name":  {rows: rows("0,2", "0-front desk,2-b"), callin: []int64{2}, unreadable: true},
		"not a number":      {rows: rows("1,x", ""), callin: []int64{1}, unreadable: true},
		"negative":          {rows: rows("-5", ""), unreadable: true},
		"only joined names": {rows: rows("", "1-a,2-b"), unreadable: true},
		"too long":          {rows: rows("99999999999999999999", ""), unreadable: true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got := mergeRows(c.rows)
			if len(got) != 1 || !slices.Equal(got[0].callin, c.callin) || !maps.Equal(got[0].callinNames, c.names) || got[0].callinUnreadable != c.unreadable {
				t.Errorf("%v %v unreadable %v", got[0].callin, got[0].callinNames, got[0].callinUnreadable)
			}
		})
	}
}

func TestCalloutZeroIsNoneUnlessItHasAName(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		ids, names string
		callout    []int64
		unreadable bool
	}{
		{"0", "", nil, false},
		{"0", " - ", nil, false},
		{"0", "front desk, north", nil, true},
		{"13876", "0-hotline", []int64{13876}, false},
		{"0,13876", "-,hotline", []int64{13876}, false},
		{"0,13876", "front desk,hotline", []int64{13876}, true},
		{"0,13876", "hotline", []int64{13876}, false}, // whose name it is cannot be told
	} {
		got := mergeRows([]apiclient.AgentRow{{AgentID: "081", QueueCallout: &c.ids, QueueCalloutName: &c.names}})[0]
		if !slices.Equal(got.callout, c.callout) || got.calloutUnreadable != c.unreadable {
			t.Errorf("%q %q: %v, unreadable %t", c.ids, c.names, got.callout, got.calloutUnreadable)
		}
	}
}

func rows(pairs ...string) []apiclient.AgentRow {
	var out []apiclient.AgentRow
	for i := 0; i < len(pairs); i += 2 {
		row := apiclient.AgentRow{AgentID: "081"}
		if pairs[i] != "" {
			row.QueueCallinID = &pairs[i]
		}
		if pairs[i+1] != "" {
			row.QueueCallin = &pairs[i+1]
		}
		out = append(out, row)
	}
	return out
}

func FuzzRow(f *testing.F) {
	f.Add("1,2", "1-a,2-b", "13876", "x")
	f.Add(" ,;-", "-", "0", "")
	f.Fuzz(func(t *testing.T, ids, names, out, outName string) {
		got := mergeRows([]apiclient.AgentRow{{AgentID: "1", QueueCallinID: &ids, QueueCallin: &names, QueueCallout: &out, QueueCalloutName: &outName}})
		for _, id := range append(got[0].callin, got[0].callout...) {
			if id <= 0 {
				t.Errorf("id %d of %q %q", id, ids, out)
			}
		}
	})
}

// TestCalloutOfSeveralRows: rows of one agent may each show another callout queue, and
// rows of two tenants under one extension are two agents, of whom neither is written to.
func TestCalloutOfSeveralRows(t *testing.T) {
	t.Parallel()
	list := rows("1", "1-a", "2", "2-b")
	list[0].QueueCallout, list[1].QueueCallout = new("50"), new("51")
	list[0].Priority, list[1].Priority = new("1"), new("2")
	got := mergeRows(list)[0]
	if !slices.Equal(got.callout, []int64{50, 51}) || !got.prioritiesDiffer || got.tenantsDiffer {
		t.Errorf("%v %t %t", got.callout, got.prioritiesDiffer, got.tenantsDiffer)
	}
	list[0].TenantID, list[1].TenantID = new(int64(1)), new(int64(2))
	r := Record{flags: flagged(tenantsDiffer, mergeRows(list)[0].tenantsDiffer)}
	if r.whyNot() != roster.NotOtherTenant {
		t.Errorf("of two tenants: %q", r.whyNot())
	}
}
