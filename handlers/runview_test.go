package handlers

import (
	"fmt"
	"strings"
	"testing"

	"github.com/alohub/agentconsole/runs"
)

// TestRunChoice: what was left out or given twice is named, as far as a line can hold.
func TestRunChoice(t *testing.T) {
	t.Parallel()
	var twice []string
	for i := range runs.MostNamed {
		twice = append(twice, fmt.Sprintf("08%04d", i))
	}
	for _, tt := range []struct {
		choice runs.Choice
		want   []string
	}{
		{runs.Choice{By: "file", Count: 2, Left: 2, LeftRows: []int{4, 7}}, []string{"2 hidden rows were left out: 4, 7"}},
		{runs.Choice{By: "picked", Count: 30, Doubled: 23, Twice: twice}, []string{
			"23 extensions were given more than once: 080000, 080001, ", ", 080019 and 3 more",
		}},
		{runs.Choice{By: "file", Count: 2, Headless: []string{"C", "E"}}, []string{"no header: C, E"}},
		{runs.Choice{By: "picked", Count: 2, Doubled: 1}, []string{"1 extension was given more than once"}}, // of before they were kept
	} {
		text := presenting(t, "en").runChoice(runs.Run{Choice: tt.choice})
		for _, want := range tt.want {
			if !strings.Contains(text, want) {
				t.Errorf("%q lacks %q", text, want)
			}
		}
		if strings.HasSuffix(text, ": ") || strings.Contains(text, "more than once: ") != (len(tt.choice.Twice) > 0) {
			t.Errorf("%q", text)
		}
	}
}
