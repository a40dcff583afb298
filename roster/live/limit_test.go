package live_test

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"github.com/alohub/agentconsole/apiclient"
	"github.com/alohub/agentconsole/roster"
)

// TestARowThatCannotBeReadEnds: the same where what the plan rests on never gets
// younger, for the row cannot be read whole.
func TestARowThatCannotBeReadEnds(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		u, tenant, _ := bench(t)
		defer synctest.Wait()
		time.Sleep(2 * time.Minute)
		l := &limiter{limit: 4}
		u.edit(func() { u.cap, u.stuck = 1, true })
		u.answer, u.left = l.answer, l.left
		ctx, cancel := context.WithTimeout(t.Context(), 10*time.Minute)
		defer cancel()
		in := roster.AddIntent("081", apiclient.Callout, []int64{50}, nil)
		if _, err := tenant.Change(ctx, u, in, roster.Author{}, roster.ConsentToAll()); err != nil || len(u.puts) != 1 {
			t.Errorf("sent %v, %v", u.puts, err)
		}
	})
}

// TestPagesThatRepeatInTurnEnd: an API that gives the same rows whatever the page, in
// another style each time, is not read for ever.
func TestPagesThatRepeatInTurnEnd(t *testing.T) {
	t.Parallel()
	for first := range 3 {
		u := newUpstream(agentOf("081", 13, 11, 10), agentOf("082", 12, 11, 14, 13))
		u.stuck, u.cap = true, 4
		u.style = func(call int) style { return []style{joined, firstOnly, rowPerQueue}[(call+first)%3] }
		tenant, _ := setup(t, u)
		for _, id := range []string{"081", "082"} {
			before := u.lists
			_, _ = tenant.Gather(t.Context(), u, id, apiclient.Callin, 0)
			if n := u.lists - before; n > 100 {
				t.Errorf("%d reads of %s", n, id)
			}
		}
	}
}

// TestReadingAgainForAWriteEnds: where reading uses up what the limit allows, the
// write is not put off for ever by reading again what it rests on.
func TestReadingAgainForAWriteEnds(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		u, tenant, _ := bench(t)
		defer synctest.Wait()
		l := &limiter{limit: 1}
		u.answer, u.left = l.answer, l.left
		begun := time.Now()
		in := add("081", 9)
		in.NoReadBack = true
		if _, err := tenant.Change(t.Context(), u, in, roster.Author{}, roster.Consent{}); err != nil || len(u.puts) != 1 {
			t.Errorf("sent %v, %v", u.puts, err)
		}
		if took := time.Since(begun); took > time.Minute {
			t.Errorf("took %v", took)
		}
	})
}

// TestAWriteThatWaitedRestsOnNothingOlder: the limit does not let the write go at once,
// and meanwhile somebody puts the agent into a queue that the row shows.
func TestAWriteThatWaitedRestsOnNothingOlder(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		u, tenant, _ := bench(t)
		defer synctest.Wait()
		limited := true
		u.answer = func(_ int, write bool) error {
			if write && limited {
				limited = false
				u.edit(func() { u.find("081").callin = []int64{1, 2, 3, 7} })
				return &apiclient.RateLimitError{Local: true, RetryAfter: time.Second}
			}
			return nil
		}
		_, err := tenant.Change(t.Context(), u, add("081", 9), roster.Author{}, roster.Consent{})
		if len(u.puts) > 0 || !errors.As(err, new(*apiclient.RateLimitError)) {
			t.Errorf("left in %v, %v", u.find("081").callin, err)
		}
	})
}
