package apiclient_test

import (
	"fmt"
	"math/rand/v2"
	"testing"
	"testing/synctest"
	"time"

	"github.com/alohub/agentconsole/apiclient"
	"github.com/alohub/agentconsole/apiclient/sandbox"
)

// watching lets a key work for ten minutes, as people do: some calls, then a pause. others
// is how many calls a minute somebody else makes. It returns the kind of window that is told.
func watching(t *testing.T, limits sandbox.Limits, others int, seed uint64) (told apiclient.WindowKind) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		dice := rand.New(rand.NewPCG(seed, 1))
		demo := sandbox.Demo(sandbox.DemoOptions{Agents: 20, Quiet: true})
		demo.Config.Limits = limits
		api := sandbox.New(demo.Config)
		client, err := apiclient.New(apiclient.Config{BaseURL: "http://sandbox.test", Transport: &inProcess{
			handler: api, latency: func() time.Duration { return time.Duration(5+dice.ExpFloat64()*20) * time.Millisecond },
		}})
		if err != nil {
			t.Fatal(err)
		}
		defer client.Close()
		a := client.Caller(apiclient.Credentials{Key: apiclient.NewSecret(sandbox.DemoKey)}, apiclient.Person)
		time.Sleep(time.Duration(dice.IntN(60_000)) * time.Millisecond)
		for end := time.Now().Add(20 * time.Minute); time.Now().Before(end); {
			for range 3 + dice.IntN(6) {
				if _, err := a.ListAgents(t.Context(), apiclient.AgentQuery{Size: 1}); err != nil {
					t.Fatal(err)
				}
				time.Sleep(time.Duration(dice.IntN(900)) * time.Millisecond)
				if dice.IntN(60*1000) < others*500 {
					api.SpendLimit(sandbox.AloHub, sandbox.OpList, 1)
				}
			}
			pause := time.Duration(1+dice.IntN(9)) * time.Second
			if dice.IntN(6) == 0 {
				pause += time.Minute
			}
			time.Sleep(pause)
			if dice.IntN(60) < others*int(pause.Seconds()) {
				api.SpendLimit(sandbox.AloHub, sandbox.OpList, 1)
			}
			told = a.WindowKind()
		}
	})
	return told
}

// kinds are the sandbox's words, in ours.
func kinds() map[sandbox.WindowKind]string {
	return map[sandbox.WindowKind]string{
		sandbox.FixedAligned: apiclient.WindowClock, sandbox.FixedFromFirst: apiclient.WindowFirst,
		sandbox.SlidingExact: apiclient.WindowSliding, sandbox.SlidingEstimate: apiclient.WindowEstimated,
	}
}

// TestWindowKindIsTold: of a limit that nobody else uses, whatever its window and its names.
func TestWindowKindIsTold(t *testing.T) {
	t.Parallel()
	for kind, want := range kinds() {
		for name, limits := range map[string]sandbox.Limits{
			"tenant": {Tenant: 100}, "route": {Route: 100}, "gateway": {Tenant: 100, Window: 30 * time.Second, Names: sandbox.DraftNames},
		} {
			t.Run(want+" "+name, func(t *testing.T) {
				t.Parallel()
				limits.Kind = kind
				if told := watching(t, limits, 0, 1); told.Kind != want || !told.Sure {
					t.Errorf("told %+v", told)
				}
			})
		}
	}
}

// TestWindowKindIsNotGuessed: where others use the limit too another kind may seem to explain
// it now and then. It is not told.
func TestWindowKindIsNotGuessed(t *testing.T) {
	t.Parallel()
	for kind, want := range kinds() {
		for _, others := range []int{2, 5} {
			t.Run(fmt.Sprintf("%s %d", want, others), func(t *testing.T) {
				t.Parallel()
				for seed := range uint64(2) {
					if told := watching(t, sandbox.Limits{Tenant: 100, Kind: kind}, others, seed); told.Kind != want && told.Kind != "" {
						t.Errorf("seed %d: told %+v", seed, told)
					}
				}
			})
		}
	}
}
