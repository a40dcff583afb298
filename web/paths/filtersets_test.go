package paths_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/alohub/agentconsole/web/paths"
)

// TestSaved: what is saved comes back without its page, and nothing else comes of it.
func TestSaved(t *testing.T) {
	t.Parallel()
	whole := paths.AgentsQuery{
		Status: "1", QueueID: 1000886, TeamID: "42", Page: 3, Size: 50, Q: "Nguyễn & con = 50%", Sort: "-name", Recording: "never",
		System: "NOT AVAILABLE", User: "LOGOUT", Health: "no-callin", CalloutID: 13881, Wide: true,
	}
	if diff := cmp.Diff(whole.First(), paths.ParseSaved(whole.Saved())); diff != "" {
		t.Errorf("it came back otherwise (-want +got):\n%s", diff)
	}
	if saved := (paths.AgentsQuery{Page: 7, Size: paths.DefaultSize}).Saved(); saved != "" {
		t.Errorf("the whole list is saved as %q", saved)
	}
	for query, want := range map[string]paths.AgentsQuery{
		"status=1&page=7&next=//evil.example": {Status: "1"},
		"status=9&sort=key&size=-1":           {},
		"%zz&status=0":                        {Status: "0"},
		"javascript:alert(1)":                 {},
	} {
		if diff := cmp.Diff(want, paths.ParseSaved(query)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", query, diff)
		}
	}
}
