package paths_test

import (
	"testing"

	"github.com/alohub/agentconsole/web/paths"
)

func TestLocalRefusesOpenRedirects(t *testing.T) {
	t.Parallel()
	root, prefixed := paths.New(""), paths.New("/console")
	for _, tt := range []struct {
		p        paths.Paths
		in, want string
	}{
		{root, "/agents?page=2", "/agents?page=2"},
		{root, "/agents/082018/queues?type=callin&draft=1", "/agents/082018/queues?type=callin&draft=1"},
		{root, "", ""},
		{root, "//evil.example", ""},
		{root, "/\\evil.example", ""},
		{root, "https://evil.example/", ""},
		{root, "javascript:alert(1)", ""},
		{root, "/\t/evil.example", ""},
		{root, "/a//evil.example", ""},
		{root, "/%2f%2fevil.example", ""},
		{root, "/sign-out", ""},
		{root, "/sign-in?next=/agents", ""},
		{prefixed, "/console/agents", "/console/agents"},
		{prefixed, "/console", "/console"},
		{prefixed, "/consoles/agents", ""},
		{prefixed, "/agents", ""},
		{prefixed, "/console/../admin", ""},
		{prefixed, "/console/%2e%2e/admin", ""},
	} {
		if got := tt.p.Local(tt.in); got != tt.want {
			t.Errorf("Local(%q) below %q = %q, want %q", tt.in, tt.p.Base(), got, tt.want)
		}
	}
}

func TestExtensionsStayStrings(t *testing.T) {
	t.Parallel()
	p := paths.New("/c")
	if got := p.AgentQueues("082018", "callin"); got != "/c/agents/082018/queues?type=callin" {
		t.Error(got)
	}
	if got := p.Agent("a/b c"); got != "/c/agents/a%2Fb%20c" {
		t.Error(got)
	}
}

func TestAgentsQueryLeavesDefaultsOut(t *testing.T) {
	t.Parallel()
	p := paths.New("")
	if got := p.Agents(paths.AgentsQuery{Size: 20}); got != "/agents" {
		t.Error(got)
	}
	q := paths.AgentsQuery{Status: "1", QueueID: 1001226, Page: 2, Size: 50, Q: "nguyễn"}
	if got := p.Agents(q); got != "/agents?page=2&q=nguy%E1%BB%85n&queue_id=1001226&size=50&status=1" {
		t.Error(got)
	}
	if got := p.AgentsFile(q, paths.CSV); got != "/agents.csv?q=nguy%E1%BB%85n&queue_id=1001226&status=1" {
		t.Error(got)
	}
}

// The same agents are narrowed to, and the same are a run's, whatever page, size and order
// the list is looked at in.
func TestWhomAQueryMatches(t *testing.T) {
	t.Parallel()
	q := paths.AgentsQuery{QueueID: 1000886, Q: "lan & mai", Page: 2, Size: 50, Sort: "-name"}
	if got, want := q.Narrowing(), (paths.AgentsQuery{QueueID: 1000886, Q: "lan & mai"}).Narrowing(); got != want || got == "" {
		t.Errorf("narrowed to %q, want %q", got, want)
	}
	p := paths.New("/console")
	if got, want := p.NewRunMatching(q), "/console/runs/new?all=matching&q=lan+%26+mai&queue_id=1000886&sort=-name"; got != want {
		t.Errorf("form %s, want %s", got, want)
	}
	if got, want := p.RunChosenMatching(paths.AgentsQuery{}), "/console/runs/agents.xlsx?all=matching"; got != want {
		t.Errorf("file %s, want %s", got, want)
	}
}
