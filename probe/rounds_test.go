package probe_test

import (
	"context"
	"errors"
	"net/http"
	"testing"
	"testing/synctest"
	"time"

	"github.com/alohub/agentconsole/apiclient"
	"github.com/alohub/agentconsole/apiclient/sandbox"
	"github.com/alohub/agentconsole/probe"
)

// TestRounds: one at a time of each, ended with whoever began it, by Close, and by itself.
func TestRounds(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		r := probe.NewRounds()
		cut := make(chan error, 9)
		asks := func(ctx context.Context, cfg probe.Config) error {
			for range 3 {
				told, err := cfg.Admit(ctx)
				if err != nil {
					return err
				}
				told(nil)
			}
			<-ctx.Done()
			cut <- ctx.Err()
			return ctx.Err()
		}
		if !r.Begin("a", "s1", probe.Config{}, asks) || r.Begin("a", "s2", probe.Config{}, asks) || !r.Begin("b", "s2", probe.Config{}, asks) {
			t.Fatal("one at a time of each")
		}
		synctest.Wait()
		if g, ok := r.Going("a"); !ok || g.Asked != 3 || g.BegunAt.IsZero() {
			t.Errorf("%+v, %t", g, ok)
		}
		r.EndSession("s1")
		synctest.Wait()
		if err := <-cut; !errors.Is(err, context.Canceled) {
			t.Error(err)
		}
		_, a := r.Going("a")
		_, b := r.Going("b")
		if a || !b || r.Failed("a") != nil {
			t.Errorf("a goes on: %t, b: %t, failed: %v", a, b, r.Failed("a"))
		}
		time.Sleep(6 * time.Minute)
		if _, b := r.Going("b"); b {
			t.Error("it goes on for ever")
		}
		bad := errors.New("locked elsewhere")
		if !r.Begin("b", "s2", probe.Config{}, func(context.Context, probe.Config) error { return bad }) {
			t.Error("not begun again")
		}
		synctest.Wait()
		if !errors.Is(r.Failed("b"), bad) {
			t.Errorf("%v", r.Failed("b"))
		}
		r.Begin("c", "s3", probe.Config{}, asks)
		r.Close()
		if r.Begin("d", "s3", probe.Config{}, asks) {
			t.Error("begun after the end")
		}
	})
}

// TestProbeIsAdmitted: every call waits for leave, and one that is not given it is not made.
func TestProbeIsAdmitted(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		w := anyWorld(3)
		w.wire.handler = http.NotFoundHandler()
		asked, told, leave := 0, 0, 1
		cfg := probe.Config{
			BaseURL: "https://api.test", Key: apiclient.NewSecret(sandbox.DemoKey), Transport: &w.wire,
			Admit: func(context.Context) (func(*http.Response), error) {
				if asked++; asked > leave {
					return nil, errors.New("the API does not answer")
				}
				return func(*http.Response) { told++ }, nil
			},
		}
		report, err := probe.Run(t.Context(), cfg)
		if err != nil || w.wire.calls != leave || told != leave || report.Calls != leave || report.Stopped != probe.StopReach {
			t.Errorf("%d calls, %d told, %+v, %v", w.wire.calls, told, report, err)
		}
	})
}
