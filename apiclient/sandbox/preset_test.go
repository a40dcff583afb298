package sandbox_test

import (
	"strings"
	"testing"

	"github.com/alohub/agentconsole/apiclient/sandbox"
	"github.com/google/go-cmp/cmp"
)

func TestPresets(t *testing.T) {
	t.Parallel()
	// Slow, drip and silence need a clock: see TestTime.
	timed := map[string]bool{"slow": true, "drip": true, "silence": true, "silence-after-apply": true}
	seen := make(map[string]bool)
	for _, p := range sandbox.Presets() {
		if seen[p.Name] {
			t.Errorf("two presets are called %q", p.Name)
		}
		seen[p.Name] = true
		if f, ok := sandbox.PresetNamed(p.Name); !ok || f.Status != p.Fault.Status {
			t.Errorf("PresetNamed(%q): %+v %t", p.Name, f, ok)
		}
		if timed[p.Name] || p.Name == "endless" || p.Name == "gzip-bomb" {
			continue
		}
		t.Run(p.Name, func(t *testing.T) {
			t.Parallel()
			r := setup(t)
			plain := r.put("/v1/agents/082018/recording", `{"enabled":false}`)
			rows := r.get("/v1/agents")
			r.Fail(p.Fault)
			read := r.get("/v1/agents")
			write := r.put("/v1/agents/082018/recording", `{"enabled":true}`)
			undone := r.agent("082018").Recording == nil || !*r.agent("082018").Recording
			same := func(a, b reply) bool {
				return a.status == b.status && a.body == b.body && (a.err == nil) == (b.err == nil) &&
					cmp.Equal(limitsOf(a), limitsOf(b)) && a.header.Get("Content-Encoding") == b.header.Get("Content-Encoding")
			}
			plain.body = strings.Replace(plain.body, "disabled", "enabled", 1)
			if p.Row != 18 && p.Name != "gzip" && same(read, rows) && same(write, plain) && !undone {
				t.Error("neither a read nor a write noticed it")
			}
			if n := len(r.Faults()); n != 0 {
				t.Errorf("%d still pending after a read and a write", n)
			}
		})
	}
	if _, ok := sandbox.PresetNamed("no such"); ok {
		t.Error("found a preset that is not")
	}
}

func limitsOf(r reply) []string {
	return []string{r.header.Get("X-Ratelimit-Limit-Tenant"), r.header.Get("Retry-After"), r.header.Get("Location")}
}
