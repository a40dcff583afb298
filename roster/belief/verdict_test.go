package belief

import (
	"testing"

	"github.com/alohub/agentconsole/apiclient"
	"github.com/alohub/agentconsole/roster"
)

func TestVerdicts(t *testing.T) {
	t.Parallel()
	type ids = []int64
	for name, c := range map[string]struct {
		before, after, read ids
		// sent are queues of before that an own write alone vouches for.
		sent    ids
		unread  ids // or older reads
		doubts  bool
		canHide bool
		want    Verdict
	}{
		"as sent":               {before: ids{1, 2}, after: ids{1, 3}, read: ids{3, 1}, want: AsSent},
		"as before":             {before: ids{1, 2}, after: ids{1, 3}, read: ids{1, 2}, want: AsBefore},
		"addition missing":      {before: ids{1, 2}, after: ids{1, 3}, read: ids{1}, want: Partly},
		"another's removal":     {before: ids{1, 2}, after: ids{1, 2, 3}, read: ids{1, 3}, want: Otherwise},
		"another's addition":    {before: ids{1}, after: ids{1, 3}, read: ids{1, 3, 4}, want: Otherwise},
		"hidden":                {before: ids{1, 2}, after: ids{1, 2, 3}, read: ids{1}, canHide: true, want: Hidden},
		"nothing shown":         {before: ids{1}, after: ids{2}, canHide: true, want: Partly},
		"removal half seen":     {before: ids{1, 2, 3}, after: ids{1}, read: ids{1, 2}, want: Partly},
		"some of both":          {before: ids{1, 2}, after: ids{1, 3}, read: ids{1, 2, 3}, want: Partly},
		"still not shown":       {before: ids{1, 2}, sent: ids{2}, after: ids{2}, read: ids{1}, want: Partly},
		"shown before, too":     {before: ids{1, 2}, doubts: true, after: ids{1, 2}, read: ids{1, 2}, want: Partly},
		"hidden before, too":    {before: ids{1, 2}, sent: ids{2}, after: ids{1}, read: ids{1}, canHide: true, want: Partly},
		"read long before":      {before: ids{1, 2}, unread: ids{2}, after: ids{1}, read: ids{1}, want: Partly},
		"in doubt, and written": {before: ids{1}, doubts: true, after: ids{1, 2}, read: ids{1, 2}, want: AsSent},
	} {
		p := roster.Plan{After: c.after, Unread: c.unread}
		for _, id := range c.before {
			m := roster.Membership{QueueID: id, Certainty: roster.Confirmed}
			if len(roster.Both(c.sent, ids{id})) > 0 {
				m.Certainty = roster.Sent
			}
			p.Before = append(p.Before, m)
		}
		if c.doubts {
			p.Doubts = []roster.Doubt{{Queue: 2}}
		}
		if got := judge(p, c.read, c.canHide); got != c.want {
			t.Errorf("%s: %v, want %v", name, got, c.want)
		}
	}
}

// TestVerdictOfTwoReadings: a list of which one reading showed one queue, and the next another,
// was never seen as it was sent.
func TestVerdictOfTwoReadings(t *testing.T) {
	t.Parallel()
	for newest, want := range map[Stamp]Verdict{10: AsSent, 11: Partly} {
		b := NewBook(Limits{MaxAgents: 10})
		b.cell("081")
		b.change("081", func(r *Record) {
			r.Callout, r.rowAt = []Member{{Queue: 1, Row: 10}, {Queue: 2, Row: newest}}, newest
		})
		p := roster.Plan{
			Agent: roster.Agent{ID: "081"}, After: []int64{1, 2}, Before: []roster.Membership{{QueueID: 3, Certainty: roster.Confirmed}},
			Intent: roster.Intent{Verb: roster.Edit, Type: apiclient.Callout},
		}
		if _, got, ok := b.LookBack(p, 9); !ok || got != want {
			t.Errorf("read at 10 and at %d: %v, want %v", newest, got, want)
		}
	}
}
