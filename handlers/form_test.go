package handlers

import (
	"maps"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/alohub/agentconsole/apiclient"
	"github.com/alohub/agentconsole/roster"
	"github.com/alohub/agentconsole/typed"
)

// queueBook is queues by id.
type queueBook map[int64]string

func (b queueBook) queues(fits func(id int64, name string) bool) (out []roster.Queue) {
	for _, id := range slices.Sorted(maps.Keys(b)) {
		if fits(id, b[id]) {
			out = append(out, roster.Queue{ID: id, Name: b[id]})
		}
	}
	return out
}

func (b queueBook) QueuesNamed(_ apiclient.QueueType, name string) []roster.Queue {
	return b.queues(func(_ int64, is string) bool { return typed.Fold(is) == typed.Fold(name) })
}

func (b queueBook) QueuesLike(_ apiclient.QueueType, text string) []roster.Queue {
	return b.queues(func(id int64, name string) bool {
		return strings.HasPrefix(text, strconv.FormatInt(id, 10)) || strings.Contains(name, text)
	})
}

// TestQueuesAreNotGuessed: an id is digits alone, or with its own name; a name must be
// exactly one queue's. Everything else is asked.
func TestQueuesAreNotGuessed(t *testing.T) {
	t.Parallel()
	known := queueBook{
		1001226: "test", 1000886: "CSKH Miền Bắc", 5: "1000887", 7: "a, b", 8: "1 2 3", 24: "Ca đêm", 25: "24-7 Support",
		30: "Bảo hành", 31: "Bảo hành", 1900: "Tổng đài",
	}
	for _, tt := range []struct {
		raw        []string
		base       string
		ids        []int64
		bad        string
		candidates []int64
	}{
		{nil, "", nil, "", nil},
		{[]string{"1001226"}, "", []int64{1001226}, "", nil},
		{[]string{"1001226", "1000886", "1001226"}, "", []int64{1001226, 1000886}, "", nil},
		{[]string{"1001226,1000886; 7\n8"}, "", []int64{1001226, 1000886, 7, 8}, "", nil},
		{[]string{`="1001226"`, "\u200b１００\u202c"}, "", []int64{1001226, 100}, "", nil},
		{[]string{"1001226-test", "1000886 · cskh mien bac", "24: Ca đêm"}, "", []int64{1001226, 1000886, 24}, "", nil},
		{[]string{"test", "CSKH Miền Bắc", "24-7 support"}, "", []int64{1001226, 1000886, 25}, "", nil},
		{[]string{"test, Ca đêm\n31"}, "", []int64{1001226, 24, 31}, "", nil},
		// A name may hold what else separates ids, or be one that is none.
		{[]string{"a, b"}, "", []int64{7}, "", nil},
		{[]string{"1 2 3"}, "", []int64{8}, "", nil},
		// Digits are an id, even where a queue is called so.
		{[]string{"1000887"}, "", []int64{1000887}, "", nil},
		// Of two queues of one name none is taken, until one of them is ticked.
		{[]string{"7", "Bảo hành"}, "", []int64{7}, "Bảo hành", []int64{30, 31}},
		{[]string{"31", "Bảo hành"}, "", []int64{31}, "", []int64{30, 31}},
		{[]string{"31", "Bảo hành"}, "31", []int64{31}, "Bảo hành", []int64{30}},
		{[]string{"30-Bảo hành"}, "", []int64{30}, "", nil},
		// What only begins with an id is not that queue.
		{[]string{"24-7 Sup"}, "", nil, "24-7 Sup", []int64{24, 25}},
		{[]string{"1000886 · CSKH"}, "", nil, "1000886 · CSKH", []int64{1000886}},
		{[]string{"1900 6066"}, "", nil, "1900 6066", []int64{1900}},
		{[]string{"1001226", "nobody's"}, "", []int64{1001226}, "nobody's", nil},
		{[]string{"1001226x"}, "", nil, "1001226x", []int64{1001226}},
		{[]string{"-5"}, "", nil, "-5", nil},
		{[]string{"0"}, "", nil, "0", []int64{5}},
		{[]string{"0-test"}, "", nil, "0-test", nil},
		{[]string{"1001226, x"}, "", nil, "1001226, x", []int64{1001226}},
		{[]string{"99999999999999999999"}, "", nil, "99999999999999999999", nil},
		{[]string{","}, "", nil, ",", []int64{7}},
	} {
		ids, what := editorForm{raw: tt.raw, base: tt.base}.wanted(known)
		bad, offered := "", []int64(nil)
		if what.open() {
			bad = what.text
		}
		for _, q := range what.candidates {
			offered = append(offered, q.ID)
		}
		if !slices.Equal(ids, tt.ids) || bad != tt.bad || !slices.Equal(offered, tt.candidates) {
			t.Errorf("%q: %v, bad %q, offered %v; want %v, %q, %v", tt.raw, ids, bad, offered, tt.ids, tt.bad, tt.candidates)
		}
	}
}

func TestParseKnown(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		text string
		ids  []int64
		bad  string
	}{
		{"", nil, ""},
		{" \n ,; ", nil, ""},
		{"1001226", []int64{1001226}, ""},
		{"7,8;9\t10\r\n11  7", []int64{7, 8, 9, 10, 11}, ""},
		{"1001226-test 8", []int64{1001226, 8}, ""},
		{"=\"1001226\" \u200b８", []int64{1001226, 8}, ""},
		{"7 x8 9", nil, "x8"},
		{"7\nCSKH", nil, "CSKH"},
		{"7 -8", nil, "-8"},
		{"7 0", nil, "0"},
		{"99999999999999999999", nil, "99999999999999999999"},
		// What may be two ids is not taken for one.
		{"1 7-9", nil, "7-9"},
		{"7–9", nil, "7–9"},
		{"7/9", nil, "7/9"},
		{"1.001", nil, "1.001"},
		{"०१", nil, "०१"},
	} {
		ids, bad := parseKnown(tt.text)
		if bad != tt.bad || bad == "" && !slices.Equal(ids, tt.ids) {
			t.Errorf("%q: %v, bad %q; want %v, %q", tt.text, ids, bad, tt.ids, tt.bad)
		}
	}
}

func TestBaseIDs(t *testing.T) {
	t.Parallel()
	for base, want := range map[string][]int64{
		"": nil, "7": {7}, "7,8": {7, 8}, " 7, 8\n9 ": {7, 8, 9}, "7,x,-1,0,8": {7, 8}, "7;8": nil,
	} {
		if got := (editorForm{base: base}).baseIDs(); !slices.Equal(got, want) {
			t.Errorf("%q: %v, want %v", base, got, want)
		}
	}
}

func TestPriorityValue(t *testing.T) {
	t.Parallel()
	was := func(s string) *string { return &s }
	for _, tt := range []struct {
		typ      apiclient.QueueType
		priority string
		base     *string
		want     string // "" for none
		ok       bool
	}{
		{apiclient.Callin, "", nil, "", true},
		{apiclient.Callin, "0", nil, "0", true},
		{apiclient.Callin, "999999999", nil, "999999999", true},
		{apiclient.Callin, "1000000000", nil, "", false},
		{apiclient.Callin, "-1", nil, "", false},
		{apiclient.Callin, "1.5", nil, "", false},
		{apiclient.Callin, "high", nil, "", false},
		// What the row shows, sent back untouched, is not the person's mistake.
		{apiclient.Callin, "high", was("high"), "", true},
		{apiclient.Callin, "high", was("low"), "", false},
		{apiclient.Callin, "2", was("1"), "2", true},
		{apiclient.Callout, "2", nil, "", true},
		{apiclient.Callout, "high", nil, "", true},
	} {
		got, ok := editorForm{typ: tt.typ, priority: tt.priority, priorityBase: tt.base}.priorityValue()
		said := ""
		if got != nil {
			said = strconv.Itoa(*got)
		}
		if said != tt.want || ok != tt.ok {
			t.Errorf("%s %q: %q %t, want %q %t", tt.typ, tt.priority, said, ok, tt.want, tt.ok)
		}
	}
}

func TestOnOff(t *testing.T) {
	t.Parallel()
	for in, want := range map[string][2]bool{
		"true": {true, true}, "false": {false, true}, "": {}, "1": {}, "TRUE": {}, "yes": {},
	} {
		if on, ok := onOff(in); on != want[0] || ok != want[1] {
			t.Errorf("%q: %t %t", in, on, ok)
		}
	}
}
