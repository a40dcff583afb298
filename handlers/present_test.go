package handlers

import (
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/alohub/agentconsole/apiclient"
	"github.com/alohub/agentconsole/journal"
	"github.com/alohub/agentconsole/locale"
	"github.com/alohub/agentconsole/roster"
	"github.com/alohub/agentconsole/roster/live"
	"github.com/alohub/agentconsole/templates/components"
	"github.com/alohub/agentconsole/templates/partials"
	"github.com/alohub/agentconsole/web/paths"
)

// presenting returns a presenter of a language that knows two queues of each type.
func presenting(t *testing.T, lang string) presenter {
	t.Helper()
	catalogues, err := locale.Load()
	if err != nil {
		t.Fatal(err)
	}
	return presenter{
		now:   time.Now,
		paths: paths.New("/c"), say: catalogues.Printer(lang),
		queueName: func(typ apiclient.QueueType, id int64) string {
			return map[string]string{"callin 7": "test", "callin 8": "CSKH", "callout 9": "out"}[fmt.Sprint(typ, " ", id)]
		},
		agentName: func(id string) string { return map[string]string{"082018": "Lê Thị Thử"}[id] },
		curl:      shell{},
	}
}

// shell says which command it was asked for.
type shell struct{}

func (shell) Curl(agent string, typ apiclient.QueueType, as apiclient.QueueAssignment) string {
	return fmt.Sprint("curl ", agent, " ", typ, " ", as.QueueIDs)
}

func (shell) CurlSent(agent string, typ apiclient.QueueType, as apiclient.QueueAssignment) string {
	priority := "none"
	if as.Priority != nil {
		priority = fmt.Sprint(*as.Priority)
	}
	return fmt.Sprint("sent ", agent, " ", typ, " ", as.QueueIDs, " priority ", priority)
}

func (shell) CurlRecordingSent(agent string, enabled bool) string {
	return fmt.Sprint("sent ", agent, " recording ", enabled)
}

func TestRow(t *testing.T) {
	t.Parallel()
	p := presenting(t, locale.English)
	name, one, zero, two, yes := "Lê Thị", 1, 0, "2", true
	foreign := p.whyNot(roster.NotOtherTenant)
	for _, tt := range []struct {
		name string
		a    roster.Agent
		want partials.AgentRow
	}{
		{"bare", roster.Agent{ID: "08/1"}, partials.AgentRow{
			ID: "08/1", URL: "/c/agents/08%2F1",
			EditCallin: "/c/agents/08%2F1/queues?type=callin", EditCallout: "/c/agents/08%2F1/queues?type=callout",
			Callin: []components.Chip{}, Callout: []components.Chip{},
			Recording: components.Recording{Agent: "08/1", PostURL: "/c/agents/08%2F1/recording", State: "never"},
		}},
		{"whole", roster.Agent{
			ID: "1", UserName: &name, Status: &one, Priority: &two, FollowMe: &yes, SystemStatus: &name, UserStatus: &two,
			Callin:  []roster.Membership{{QueueID: 7, Name: "test", Certainty: roster.Confirmed}, {QueueID: 8, Certainty: roster.Sent}},
			Callout: []roster.Membership{{QueueID: 9, Name: "out", Certainty: roster.Listed}},
		}, partials.AgentRow{
			ID: "1", URL: "/c/agents/1", EditCallin: "/c/agents/1/queues?type=callin", EditCallout: "/c/agents/1/queues?type=callout",
			Name: name, Active: &yes, Priority: "2", FollowMe: &yes, System: name, User: "2",
			Callin: []components.Chip{
				{ID: 7, Name: "test", Certainty: "confirmed", URL: "/c/queues/7"}, {ID: 8, Certainty: "sent", URL: "/c/queues/8"},
			},
			Callout:   []components.Chip{{ID: 9, Name: "out", Certainty: "listed", URL: "/c/queues/9?type=callout"}},
			Recording: components.Recording{Agent: "1", PostURL: "/c/agents/1/recording", State: "never"},
		}},
		{"of another tenant", roster.Agent{ID: "1", Status: &zero, WhyNot: roster.NotOtherTenant}, partials.AgentRow{
			ID: "1", URL: "/c/agents/1", WhyNotCallin: foreign, WhyNotCallout: foreign, Active: new(bool),
			Callin: []components.Chip{}, Callout: []components.Chip{},
			Recording: components.Recording{Agent: "1", PostURL: "/c/agents/1/recording", State: "never", Locked: true},
		}},
	} {
		if diff := cmp.Diff(tt.want, p.row(tt.a, journal.RecordingState{})); diff != "" {
			t.Errorf("%s (-want +got):\n%s", tt.name, diff)
		}
	}
}

func TestRecording(t *testing.T) {
	t.Parallel()
	p := presenting(t, locale.English)
	at, on, off := time.Unix(1, 0), true, false
	sent := func(enabled bool, r journal.Result) journal.RecordingState {
		return journal.RecordingState{EntryID: "e", Enabled: enabled, At: at, Operator: "Lê", Result: r}
	}
	for _, tt := range []struct {
		name   string
		a      roster.Agent
		sent   journal.RecordingState
		state  string
		unsure bool
		by     string
		locked bool
	}{
		{"nothing known", roster.Agent{}, journal.RecordingState{}, "never", false, "", false},
		{"sent on", roster.Agent{}, sent(true, journal.Accepted), "sent-on", false, "Lê", false},
		{"sent off, answer lost", roster.Agent{}, sent(false, journal.Unknown), "sent-off", true, "Lê", false},
		{"under way", roster.Agent{}, sent(true, journal.Intent), "sent-on", true, "Lê", false},
		{"shown by the row", roster.Agent{Record: &on}, sent(false, journal.Unknown), "on", false, "", false},
		{"shown off", roster.Agent{Record: &off}, journal.RecordingState{}, "off", false, "", false},
		{"a lossy id", roster.Agent{WhyNot: roster.NotIDIsNumber}, journal.RecordingState{}, "never", false, "", true},
		// Queues that cannot be read say nothing against recording.
		{"unreadable queues", roster.Agent{WhyNot: roster.NotQueuesUnreadable}, journal.RecordingState{}, "never", false, "", false},
	} {
		got := p.recording(tt.a, tt.sent)
		if got.State != tt.state || got.Unsure != tt.unsure || got.By != tt.by || got.At.IsZero() != (tt.by == "") || got.Locked != tt.locked {
			t.Errorf("%s: %+v", tt.name, got)
		}
	}
}

func TestDiffer(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ before, after, removed, added []int64 }{
		{nil, nil, nil, nil},
		{[]int64{1, 2, 3}, []int64{3, 1, 2}, nil, nil},
		{[]int64{1, 2, 3}, []int64{4, 2}, []int64{1, 3}, []int64{4}},
		{nil, []int64{2, 1}, nil, []int64{2, 1}},
		{[]int64{2, 1}, nil, []int64{2, 1}, nil},
	} {
		if removed, added := differ(tt.before, tt.after); !slices.Equal(removed, tt.removed) || !slices.Equal(added, tt.added) {
			t.Errorf("%v to %v: -%v +%v", tt.before, tt.after, removed, added)
		}
	}
}

func TestProgress(t *testing.T) {
	t.Parallel()
	p := presenting(t, locale.English)
	now := time.Unix(1000, 0)
	for _, tt := range []struct {
		name  string
		crawl live.Progress
		want  *partials.Progress
	}{
		{"never", live.Progress{State: live.CrawlNever}, nil},
		{"done", live.Progress{State: live.CrawlDone, Agents: 413, Total: 413}, nil},
		{"reading", live.Progress{State: live.CrawlAgents, Agents: 100, Total: 413}, &partials.Progress{URL: "u", State: "running", Agents: 100, Total: 413}},
		{"no claim", live.Progress{State: live.CrawlAgents, Total: -1}, &partials.Progress{URL: "u", State: "running"}},
		{"queues", live.Progress{State: live.CrawlEvidence, QueuesDone: 3, QueuesTotal: 15}, &partials.Progress{URL: "u", State: "running", Queues: 3, QueuesTotal: 15}},
		{"waiting", live.Progress{State: live.CrawlAgents, WaitingUntil: now.Add(time.Second)}, &partials.Progress{URL: "u", State: "waiting"}},
		{"waited", live.Progress{State: live.CrawlAgents, WaitingUntil: now}, &partials.Progress{URL: "u", State: "running"}},
		{"failed", live.Progress{State: live.CrawlFailed, Err: fmt.Errorf("x: %w", apiclient.ErrFailed)}, &partials.Progress{URL: "u", State: "failed", Why: p.say.T("problem.failed.title")}},
		{"failed unknown", live.Progress{State: live.CrawlFailed, Err: errors.New("inside")}, &partials.Progress{URL: "u", State: "failed", Why: p.say.T("problem.internal.title")}},
		{"incomplete", live.Progress{State: live.CrawlDone, Incomplete: true}, &partials.Progress{URL: "u", State: "done", Incomplete: true}},
	} {
		if diff := cmp.Diff(tt.want, p.progress(tt.crawl, "u", now)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", tt.name, diff)
		}
	}
}

func TestNames(t *testing.T) {
	t.Parallel()
	p := presenting(t, locale.English)
	if got := names(p.namer(apiclient.Callin).chips([]int64{7, 9, 8})); got != "test, 9, CSKH" {
		t.Error(got)
	}
	if got := names(nil); got != "" {
		t.Error(got)
	}
	if got := list([]int64{7, 8}); got != "7,8" || list(nil) != "" {
		t.Error(got)
	}
}

func TestFormChips(t *testing.T) {
	t.Parallel()
	p := presenting(t, locale.English)
	a := roster.Agent{Callin: []roster.Membership{{QueueID: 7, Certainty: roster.Seen}}}
	got := p.formChips(apiclient.Callin, []int64{7, 8}, []int64{8, 11}, a)
	want := []partials.EditorChip{
		{Chip: components.Chip{ID: 7, Name: "test", Certainty: "seen"}},
		{Chip: components.Chip{ID: 8, Name: "CSKH"}, Kept: true},
		{Chip: components.Chip{ID: 11}, Kept: true, Added: true},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}
