package apiclient_test

import (
	"testing"
	"testing/synctest"
)

// runBubble runs f in a synctest bubble from within a benchmark: synctest asks
// for a *testing.T, which only a test run has.
func runBubble(b *testing.B, f func(testing.TB)) {
	b.Helper()
	ok := testing.RunTests(func(_, _ string) (bool, error) { return true, nil }, []testing.InternalTest{{
		Name: "bubble",
		F:    func(t *testing.T) { synctest.Test(t, func(t *testing.T) { f(t) }) },
	}})
	if !ok {
		b.Error("the simulation failed")
	}
}
