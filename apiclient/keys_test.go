package apiclient_test

import (
	"context"
	"errors"
	"math/rand/v2"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/alohub/agentconsole/apiclient"
	"github.com/alohub/agentconsole/apiclient/sandbox"
)

// clicked is how many calls two keys of a tenant made, and how many met a 429.
type clicked struct{ calls, limited int }

// clicks has two people with a key each of one tenant click for five minutes, two fifths of
// what the tenant's limit allows, while a crawl goes on with either key. named says whether
// their keys' tenant is known. It must be called in a synctest bubble.
func clicks(tb testing.TB, kind sandbox.WindowKind, named bool) (out clicked) {
	tb.Helper()
	demo := sandbox.Demo(sandbox.DemoOptions{Agents: 4, Quiet: true})
	demo.Config.Limits = sandbox.Limits{Tenant: 20, Route: 1000, Kind: kind}
	second := "sk_demo_second_000000000000"
	demo.Config.Keys = append(demo.Config.Keys, sandbox.Key{Secret: second, Tenants: []int64{sandbox.AloHub}, Scopes: []string{sandbox.ScopeAgent}})
	var mu sync.Mutex
	dice := rand.New(rand.NewPCG(1, uint64(kind)))
	roll := func() float64 { mu.Lock(); defer mu.Unlock(); return dice.ExpFloat64() }
	client, err := apiclient.New(apiclient.Config{
		BaseURL: "http://sandbox.test",
		Transport: &inProcess{handler: sandbox.New(demo.Config), latency: func() time.Duration {
			return time.Duration(10+roll()*15) * time.Millisecond
		}},
		Rand: func() float64 { mu.Lock(); defer mu.Unlock(); return dice.Float64() },
	})
	if err != nil {
		tb.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(tb.Context(), 5*time.Minute)
	defer cancel()
	var all sync.WaitGroup
	for _, key := range []string{demo.Key, second} {
		creds := apiclient.Credentials{Key: apiclient.NewSecret(key)}
		if named {
			creds.Tenant = "20260310"
		}
		for lane, gap := range map[apiclient.Lane]time.Duration{apiclient.Person: 2500 * time.Millisecond, apiclient.Background: 10 * time.Millisecond} {
			caller := client.Caller(creds, lane)
			all.Go(func() {
				for ctx.Err() == nil {
					time.Sleep(time.Duration(roll() * float64(gap)))
					_, err := caller.ListAgents(ctx, apiclient.AgentQuery{Size: 20})
					limited := (*apiclient.RateLimitError)(nil)
					mu.Lock()
					if out.calls++; errors.As(err, &limited) && !limited.Local {
						out.limited++
					}
					mu.Unlock()
				}
			})
		}
	}
	all.Wait()
	return out
}

// TestKeysOfATenantShareItsLimit: what one key's answers tell of their tenant's limit the
// other's calls go by, instead of each finding out against the other.
func TestKeysOfATenantShareItsLimit(t *testing.T) {
	t.Parallel()
	var apart, together int
	for name, kind := range windows {
		var a, b clicked
		synctest.Test(t, func(t *testing.T) { a = clicks(t, kind, false) })
		synctest.Test(t, func(t *testing.T) { b = clicks(t, kind, true) })
		t.Logf("%s: of %d calls %d met a 429 where each key went by itself, of %d calls %d together", name, a.calls, a.limited, b.calls, b.limited)
		apart, together = apart+a.limited, together+b.limited
	}
	if together > 8 || apart < 4*together {
		t.Errorf("%d were refused by the API together, %d apart", together, apart)
	}
}
