package e2e

import (
	"net/http"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/alohub/agentconsole/apiclient/sandbox"
)

func styles() []sandbox.Style {
	return []sandbox.Style{sandbox.FirstOnly, sandbox.Joined, sandbox.RowPerQueue}
}

// However the API reports an agent of three queues, adding one leaves four.
func TestThreeQueuesAndOne(t *testing.T) {
	t.Parallel()
	for _, style := range styles() {
		t.Run(style.String(), func(t *testing.T) {
			t.Parallel()
			r := setup(t, func(o *options) { o.sandbox = func(c *sandbox.Config) { c.Style = style } })
			p := r.signIn()
			p.known()
			p.goTo("/agents?size=50") // with a row for each queue, the first page ends before this agent
			p.edit(several, "1001008")
			if got := p.count("#drawer .queue-item input:checked"); got != 4 {
				t.Errorf("%d queues in the editor", got)
			}
			p.click(saves)
			p.gone("#drawer[open]")
			p.see("#toasts .toast-good")
			if diff := cmp.Diff([]int64{1001226, 1000886, 1001002, 1001008}, r.agent("082019").Callin); diff != "" {
				t.Errorf("in the API (-want +got):\n%s", diff)
			}
			p.wait(`document.querySelectorAll($[0] + " [data-queues=callin] [data-queue-id]").length === 4`, several)
		})
	}
}

// Another administrator edits between open and save: nothing is written but shown,
// and what is sent then keeps both.
func TestConflict(t *testing.T) {
	t.Parallel()
	for _, style := range styles() {
		t.Run(style.String(), func(t *testing.T) {
			t.Parallel()
			r := setup(t, func(o *options) { o.sandbox = func(c *sandbox.Config) { c.Style = style } })
			p := r.signIn()
			p.known()
			p.goTo("/agents?size=50") // with a row for each queue, the first page ends before this agent
			p.edit(several, "1001008")
			p.click(`.queue-item[data-queue-id="1000886"] input`)
			p.see("[data-confirm]")

			r.api.SetQueues(r.demo.Tenant, "082019", sandbox.Callin, []int64{1001226, 1000886, 1001002, 1001005}, nil)
			p.expectStatus(http.StatusConflict)
			p.click(saves)
			p.see(`#editor [data-failure="conflict"]`)
			p.see(`.queue-item[data-queue-id="1001005"] input:checked`)
			p.see(`.queue-item[data-queue-id="1001008"][data-added]`)
			p.wait(`!document.querySelector('.queue-item[data-queue-id="1000886"] input').checked`)
			if got := r.writes(); len(got) != 0 {
				t.Errorf("written in spite of the conflict: %v", got)
			}

			// What is sent now is the merge: theirs, and what this person meant.
			p.click(saves)
			p.gone("#drawer[open]")
			got := r.agent("082019").Callin
			slices.Sort(got)
			if diff := cmp.Diff([]int64{1001002, 1001005, 1001008, 1001226}, got); diff != "" {
				t.Errorf("in the API (-want +got):\n%s", diff)
			}
			if got := len(r.writes()); got != 1 {
				t.Errorf("%d writes", got)
			}
		})
	}
}

// Two administrators in two browsers: neither loses the other's queue.
func TestTwoAdministrators(t *testing.T) {
	t.Parallel()
	r := setup(t)
	one, two := r.signIn(), r.signIn()
	one.known()
	one.edit(several, "1001008")
	two.edit(several, "1001005")
	one.click(saves)
	one.gone("#drawer[open]")
	two.expectStatus(http.StatusConflict)
	two.click(saves)
	two.see(`#editor [data-failure="conflict"]`)
	two.click(saves)
	two.gone("#drawer[open]")
	got := r.agent("082019").Callin
	slices.Sort(got)
	if diff := cmp.Diff([]int64{1000886, 1001002, 1001005, 1001008, 1001226}, got); diff != "" {
		t.Errorf("in the API (-want +got):\n%s", diff)
	}
}
