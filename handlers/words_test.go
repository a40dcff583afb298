package handlers

import (
	"strings"
	"testing"

	"github.com/alohub/agentconsole/apiclient"
	"github.com/alohub/agentconsole/journal"
	"github.com/alohub/agentconsole/locale"
	"github.com/alohub/agentconsole/roster"
)

// TestEveryCodeHasWords: a code that a catalogue lacks would be shown as its id.
func TestEveryCodeHasWords(t *testing.T) {
	t.Parallel()
	for _, lang := range locale.Languages() {
		p := presenting(t, lang)
		var said []string
		for _, why := range []roster.WhyNot{roster.NotIDIsNumber, roster.NotQueuesUnreadable, roster.NotOtherTenant} {
			said = append(said, p.whyNot(why))
		}
		said = append(said, p.doubts([]roster.Unsure{
			roster.RowOld, roster.EvidenceIncomplete, roster.CrawlIncomplete, roster.OneShown, roster.CalloutOneShown,
		})...)
		for _, code := range []roster.WarningCode{
			roster.WarnLeavesQueue, roster.WarnPriorityUnreadable, roster.WarnPriorityDiffers, roster.WarnCalloutShowsOne,
			roster.WarnInactive, roster.WarnOneShown, roster.WarnPriorityMoved, roster.WarnPriorityDoubtful, roster.WarnMoved,
		} {
			said = append(said, p.warning(roster.Warning{Code: code, Queue: 7, Text: "text"}))
		}
		results := []journal.Result{
			journal.Intent, journal.Verified, journal.Accepted, journal.Differs, journal.Refused, journal.Unknown,
		}
		for _, r := range results {
			title, _ := p.cameOut(r, "")
			said = append(said, p.result(r, ""), title, p.outcomeOf(journal.Entry{Kind: journal.Recording, Result: r}).Text)
		}
		for _, code := range []string{roster.CodeNotSent, journal.CodeNotApplied} {
			title, _ := p.cameOut(journal.Refused, code)
			said = append(said, p.result(journal.Refused, code), title)
		}
		for _, applied := range []roster.Applied{roster.AppliedYes, roster.AppliedNo, roster.AppliedUnknown} {
			title, _ := p.said("unknown_" + string(applied))
			said = append(said, title)
		}
		title, _ := p.said(nothingID)
		said = append(said, title, p.typeName(string(apiclient.Callin)), p.typeName(string(apiclient.Callout)))
		seen := map[string]bool{}
		for _, s := range said {
			if s == "" || !strings.Contains(s, " ") && strings.Contains(s, ".") && s == strings.ToLower(s) {
				t.Errorf("%s: %q is no sentence", lang, s)
			}
			seen[s] = true
		}
		if len(seen) < 30 {
			t.Errorf("%s: only %d different sentences for %d codes", lang, len(seen), len(said))
		}
	}
}

func TestWarningNamesItsQueue(t *testing.T) {
	t.Parallel()
	p := presenting(t, locale.English)
	for queue, want := range map[int64]string{7: "Queue test would", 11: "Queue 11 would"} {
		if got := p.warning(roster.Warning{Code: roster.WarnLeavesQueue, Queue: queue}); !strings.HasPrefix(got, want) {
			t.Errorf("%q, want %q…", got, want)
		}
	}
	if got := p.warning(roster.Warning{Code: roster.WarnPriorityDiffers, Text: "<2>"}); !strings.Contains(got, "<2>") {
		t.Error(got)
	}
	if p.whyNot("") != "" {
		t.Error("an agent that can be written has a reason why not")
	}
}

func TestDetail(t *testing.T) {
	t.Parallel()
	for result, want := range map[journal.Result]string{
		journal.Verified: "", journal.Accepted: "", journal.Refused: "no", journal.Unknown: "no", journal.Differs: "no",
	} {
		if got := detail(result, "no"); got != want {
			t.Errorf("%s: %q", result, got)
		}
	}
}
