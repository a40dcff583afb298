package probe_test

import (
	"crypto/tls"
	"fmt"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/alohub/agentconsole/apiclient/sandbox"
	"github.com/alohub/agentconsole/probe"
)

// right says which values of a finding are true of a world; none where nothing could be
// told. It is written from the sandbox's settings, not from the answers.
func (w *world) right(code probe.Code) []string {
	c := w.config
	agents := c.Tenants[0].Agents
	rows := len(agents)
	if c.Style == sandbox.RowPerQueue {
		rows = 0
		for _, a := range agents {
			rows += max(1, len(a.Callin)) * max(1, len(a.Callout))
		}
	}
	word := func(yes bool, a, b string) []string {
		if yes {
			return []string{a}
		}
		return []string{b}
	}
	switch code {
	case probe.BasePath:
		switch {
		case c.PrefixOnly:
			return []string{"/api/v1"}
		case c.PathPrefix == "":
			return []string{"/v1"}
		}
		return []string{"both"}
	case probe.TLS:
		switch w.wire.tls {
		case tls.VersionTLS12:
			return []string{"1.2"}
		case tls.VersionTLS13:
			return []string{"1.3"}
		}
		return []string{"none"}
	case probe.Clock:
		s := w.skew.Round(time.Second)
		return []string{(s - time.Second).String(), s.String(), (s + time.Second).String()}
	case probe.KeyHeader:
		return []string{map[sandbox.AuthHeaders]string{
			sandbox.EitherHeader: "either", sandbox.OnlyXAPIKey: "x-api-key", sandbox.OnlyAuthorization: "authorization",
			sandbox.OneHeader: "one", sandbox.BothHeaders: "both",
		}[c.AuthHeaders]}
	case probe.TenantHeader:
		return []string{map[sandbox.TenantHeader]string{
			sandbox.TenantChecked: "checked", sandbox.TenantIgnored: "ignored", sandbox.TenantNeeded: "needed", sandbox.TenantRefused: "refused",
		}[c.Tenant]}
	case probe.WrongKey:
		return []string{"401 UNAUTHORIZED"}
	case probe.MissingScope:
		return word(w.scopeless, "403 INSUFFICIENT_SCOPE", "cannot be told")
	case probe.PageSize:
		return w.pageSizes(rows)
	case probe.SizeCap:
		switch {
		case c.RefuseSize:
			return []string{"refused"}
		case c.IgnoreSize || c.MaxSize < 0:
			return nil
		}
		return []string{"silent"}
	case probe.Numbering:
		if c.IgnorePage {
			return []string{"ignored"}
		}
		return word(c.OffsetByAsked, "by-asked", "by-cap")
	case probe.Total:
		switch {
		case c.TotalRecord != nil && c.CountAgents && c.TotalRecord(len(agents)) < rows:
			return []string{"fewer-than-rows"}
		case c.TotalRecord != nil:
			return []string{"more-than-rows"}
		case c.Style == sandbox.RowPerQueue && c.CountAgents:
			return []string{"agents", "fewer-than-rows"}
		case c.Style == sandbox.RowPerQueue:
			return []string{"rows"}
		}
		return nil // an agent is a row
	case probe.Order:
		return word(c.UnstableOrder, "changes", "stable")
	case probe.Beyond:
		switch {
		case c.IgnorePage:
			return []string{"rows"}
		case c.BeyondFails:
			return []string{"error"}
		}
		return []string{"empty"}
	case probe.Callin:
		if w.single && c.Style != sandbox.RowPerQueue {
			return nil
		}
		return []string{c.Style.String()}
	case probe.Filter:
		switch {
		case w.single:
			return nil
		case c.QueueFilter == sandbox.MatchMembership && (c.Style == sandbox.FirstOnly || c.Style == sandbox.Varying):
			return []string{"more"}
		case c.Style == sandbox.Joined || c.Style == sandbox.RowPerQueue:
			return []string{"same"}
		}
		return nil
	case probe.Callout:
		return word(c.Style != sandbox.FirstOnly, "several", "cannot be told")
	case probe.Nulls:
		return word(c.OmitNulls, "absent", "null")
	case probe.Recording:
		return word(c.ShowRecording, "carried", "not-carried")
	case probe.TenantLimit:
		return w.limitWords(c.Limits.Names == sandbox.PageNames, c.Limits.Tenant)
	case probe.RouteLimit:
		return w.limitWords(c.Limits.Names == sandbox.PageNames, c.Limits.Route)
	case probe.OtherLimit:
		least := c.Limits.Tenant
		if least == 0 || c.Limits.Route > 0 && c.Limits.Route < least {
			least = c.Limits.Route
		}
		return w.limitWords(c.Limits.Names != sandbox.PageNames, least)
	case probe.Window:
		if c.Limits.Tenant == 0 && c.Limits.Route == 0 || c.Limits.NoHeaders {
			return nil
		}
		return []string{map[sandbox.WindowKind]string{
			sandbox.FixedAligned: "clock", sandbox.FixedFromFirst: "first", sandbox.SlidingExact: "sliding", sandbox.SlidingEstimate: "estimated",
		}[c.Limits.Kind]}
	case probe.Gateway:
		return []string{map[sandbox.FrontKind]string{
			sandbox.QuietKong: "kong/3.4.2", sandbox.OpenKong: "kong/3.4.2", sandbox.Nginx: "nginx/1.26.3", sandbox.NoFront: "none-seen",
		}[c.Front.Kind]}
	case probe.RequestID:
		var ids []string
		if c.Front.Kind == sandbox.OpenKong {
			ids = append(ids, "X-Kong-Request-Id")
		}
		if c.Front.RequestIDs {
			ids = append(ids, "X-Request-Id")
		}
		return word(len(ids) > 0, strings.Join(ids, " "), "none")
	case probe.Compression:
		return word(c.Front.Compress, "gzip", "none")
	case probe.KeepAlive:
		return word(w.wire.kept, "yes", "no")
	case probe.HTTP2:
		return word(w.wire.http2, "yes", "no")
	}
	return nil
}

func (w *world) limitWords(named bool, limit int) []string {
	l := w.config.Limits
	switch per := l.WindowLength().String(); {
	case !named || limit == 0 || l.NoHeaders:
		return []string{"none-named"}
	case l.Names == sandbox.DraftNames:
		return []string{fmt.Sprintf("%d/?", limit)}
	case l.Names == sandbox.PageNames:
		// No header says what it counts over: 10 s is the page's word.
		return []string{fmt.Sprintf("%d/10s", limit)}
	default:
		return []string{fmt.Sprintf("%d/%s", limit, per)}
	}
}

func (w *world) pageSizes(rows int) []string {
	c := w.config
	if c.IgnoreSize {
		return []string{"ignored"}
	}
	most := c.MaxSize
	switch {
	case most < 0 && c.Style == sandbox.Varying, most >= rows && c.Style == sandbox.Varying:
		return nil // how many rows there are depends on the answer; see holds
	case most < 0 || most > rows && !c.RefuseSize:
		return []string{strconv.Itoa(min(rows, 1000)) + "+"}
	}
	return []string{strconv.Itoa(most)}
}

// holds reports whether a finding is true of the world.
func (w *world) holds(f probe.Finding) bool {
	c := w.config
	switch f.Code {
	case probe.Latency:
		return strings.HasPrefix(f.Value, "median ")
	case probe.Types:
		return w.typesHold(f.Value)
	case probe.PageSize:
		var low, high int
		if n, err := fmt.Sscanf(f.Value, "%d-%d", &low, &high); n == 2 && err == nil {
			return c.RefuseSize && low <= c.MaxSize && c.MaxSize <= high
		}
		if text, ok := strings.CutSuffix(f.Value, "+"); ok && (c.MaxSize < 0 || c.Style == sandbox.Varying) {
			least, err := strconv.Atoi(text)
			return err == nil && (c.MaxSize < 0 || least <= c.MaxSize)
		}
	}
	return slices.Contains(w.right(f.Code), f.Value)
}

// typesHold: what differs is what the settings make differ, and that is all said.
func (w *world) typesHold(value string) bool {
	c := w.config
	want := map[string]string{}
	if c.NumericAgentID {
		want["agentId"] = "number"
	}
	if c.NumbersAsStrings {
		for _, name := range []string{"tenantId", "status", "isFollowMe", "queueCallout", "totalRecord"} {
			want[name] = "string"
		}
	}
	got := map[string]string{}
	if value != "documented" {
		for _, part := range strings.Fields(value) {
			name, kind, _ := strings.Cut(part, "=")
			got[name] = kind
		}
	}
	for name, kind := range got {
		joined := name == "queueCallout" && kind == "number|string" && (c.Style == sandbox.Joined || c.Style == sandbox.Varying)
		recorded := name == "isRecord"
		if want[name] != kind && !joined && !recorded {
			return false
		}
	}
	for name := range want {
		if got[name] == "" {
			return false
		}
	}
	return true
}

// worlds is how many random APIs are looked at: PROBE_WORLDS, for a longer search.
func worlds(t *testing.T) uint64 {
	text := os.Getenv("PROBE_WORLDS")
	if text == "" {
		return 24
	}
	n, err := strconv.ParseUint(text, 10, 32)
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// TestRandomWorlds: in each of 24 APIs every line of the report is right, or says that it
// cannot be told; and of each question enough are told.
func TestRandomWorlds(t *testing.T) {
	t.Parallel()
	worlds := worlds(t)
	told := map[probe.Code]uint64{}
	for seed := range worlds {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				w := anyWorld(seed)
				_, report := w.run(t)
				t.Logf("world %d: %d calls in %s, stopped: %q", seed, report.Calls, report.Took, report.Stopped)
				for _, f := range report.Findings {
					if f.Verdict == probe.Unknown {
						continue
					}
					told[f.Code]++
					if !w.holds(f) {
						t.Errorf("world %d: %s is %q (%s → %s), want one of %q", seed, f.Code, f.Value, f.Asked, f.Answered, w.right(f.Code))
					}
				}
			})
		})
	}
	// Nothing is right of a probe that tells nothing.
	for _, code := range probe.Codes() {
		least := worlds * 9 / 10
		switch code {
		case probe.Window, probe.MissingScope, probe.SizeCap, probe.Filter:
			least = worlds / 4
		case probe.Numbering, probe.Total:
			least = worlds / 8
		case probe.Callin, probe.Callout, probe.PageSize, probe.Beyond, probe.Recording:
			least = worlds / 2
		}
		if t.Logf("%s: told of %d of %d", code, told[code], worlds); told[code] < least {
			t.Errorf("%s is told of %d of %d worlds, want %d", code, told[code], worlds, least)
		}
	}
}
