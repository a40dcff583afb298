package handlers

import (
	"slices"
	"strconv"
	"testing"

	"github.com/alohub/agentconsole/apiclient"
)

func TestParseQueues(t *testing.T) {
	t.Parallel()
	known := map[string]int64{"test": 1001226, "CSKH Miền Bắc": 1000886, "1000887": 5, "a, b": 7, "1 2 3": 8}
	named := func(name string) (int64, bool) { id, ok := known[name]; return id, ok }
	for _, tt := range []struct {
		raw []string
		ids []int64
		bad string
	}{
		{nil, nil, ""},
		{[]string{"1001226"}, []int64{1001226}, ""},
		{[]string{"1001226", "1000886", "1001226"}, []int64{1001226, 1000886}, ""},
		{[]string{"1001226,1000886; 7\n8"}, []int64{1001226, 1000886, 7, 8}, ""},
		{[]string{"1001226-test", "1000886 · CSKH", "7:x", "8–y"}, []int64{1001226, 1000886, 7, 8}, ""},
		{[]string{"test", "CSKH Miền Bắc"}, []int64{1001226, 1000886}, ""},
		// A name may hold what else separates ids, or be one that is none.
		{[]string{"a, b"}, []int64{7}, ""},
		{[]string{"1 2 3"}, []int64{8}, ""},
		// Digits are an id, even where a queue is called so.
		{[]string{"1000887"}, []int64{1000887}, ""},
		{[]string{"1001226", "nobody's"}, []int64{1001226}, "nobody's"},
		{[]string{"1001226x"}, nil, "1001226x"},
		{[]string{"-5"}, nil, "-5"},
		{[]string{"0"}, nil, "0"},
		{[]string{"0-test"}, nil, "0-test"},
		{[]string{"1001226, x"}, nil, "1001226, x"},
		{[]string{"99999999999999999999"}, nil, "99999999999999999999"},
		{[]string{","}, nil, ","},
	} {
		if ids, bad := parseQueues(tt.raw, named); !slices.Equal(ids, tt.ids) || bad != tt.bad {
			t.Errorf("%q: %v, bad %q; want %v, %q", tt.raw, ids, bad, tt.ids, tt.bad)
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
