package web_test

import (
	"bytes"
	"encoding/csv"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"

	"github.com/alohub/agentconsole/apiclient/sandbox"
	"github.com/alohub/agentconsole/web/tag"
)

// TestRunPlan: every operation plans without a call, and its page says by marks what it
// would do.
func TestRunPlan(t *testing.T) {
	t.Parallel()
	s, p := runStand(t)
	calls := len(s.api.Calls())
	for _, tt := range []struct {
		name string
		form []string
		want map[string]string
	}{
		{"add", []string{"operation", "add", "queue_ids", "1000887", "agent_ids", "082019", "agent_ids", "082018"}, map[string]string{"082019": "planned", "082018": "planned"}},
		{"any separators", []string{"operation", "add", "queue_ids", "1000887", "agent_ids", "082019; 082018\n\t082021,\u200b082020"}, map[string]string{"082019": "planned", "082018": "planned", "082021": "planned", "082020": "planned"}},
		{"full-width digits, our own cells", []string{"operation", "add", "queue_ids", "1000887", "agent_ids", `="082018" ` + "０８２０１９"}, map[string]string{"082018": "planned", "082019": "planned"}},
		{"unchanged", []string{"operation", "add", "queue_ids", "1001226", "agent_ids", "082019"}, map[string]string{"082019": "unchanged"}},
		{"remove", []string{"operation", "remove", "queue_ids", "1001226", "agent_ids", "082019"}, map[string]string{"082019": "planned"}},
		{"remove all", []string{"operation", "remove", "queue_ids", "1001226,1000886,1001002", "agent_ids", "082019"}, map[string]string{"082019": "impossible"}},
		{"move", []string{"operation", "move", "from_ids", "1001226", "queue_ids", "1000887", "agent_ids", "082019 082020"}, map[string]string{"082019": "planned", "082020": "impossible"}},
		{"replace", []string{"operation", "replace", "queue_ids", "1000887", "queue_ids", "1000886", "agent_ids", "082019"}, map[string]string{"082019": "planned"}},
		{"callout", []string{"operation", "callout", "queue_ids", "13877", "agent_ids", "082018"}, map[string]string{"082018": "planned"}},
		{"recording on", []string{"operation", "recording-on", "agent_ids", "082018"}, map[string]string{"082018": "planned"}},
		{"recording off", []string{"operation", "recording-off", "agent_ids", "082018"}, map[string]string{"082018": "planned"}},
		{"priority", []string{"operation", "add", "queue_ids", "1000887", "priority", "3", "agent_ids", "082019"}, map[string]string{"082019": "planned"}},
	} {
		page := p.get(p.plan(tt.form...)).is(http.StatusOK)
		if page.run("state") != "planned" || page.run("id") == "" || page.run("done") != "0" {
			t.Errorf("%s: marks %q %q %q", tt.name, page.run("id"), page.run("state"), page.run("done"))
		}
		if tt.name == "unchanged" {
			page.says("1 was so already when last read").has(".run-plan time") // and when that was
		}
		planned := 0
		for agent, want := range tt.want {
			if got := page.item(agent); got != want {
				t.Errorf("%s: %s is %q, want %q", tt.name, agent, got, want)
			}
			if want == "planned" {
				planned++
			}
		}
		if n := page.find("[data-run-item]").Length(); n != len(tt.want) {
			t.Errorf("%s: %d items", tt.name, n)
		}
		if page.run("total") != strconv.Itoa(planned) {
			t.Errorf("%s: total %s, want %d", tt.name, page.run("total"), planned)
		}
	}
	if n := len(s.api.Calls()); n != calls {
		t.Errorf("planning made %d calls", n-calls)
	}
}

// TestRunPlanEffects: a queue's effect counts who is available in it before and after.
func TestRunPlanEffects(t *testing.T) {
	t.Parallel()
	s, p := runStand(t)
	available := func(queue int64) (n int) {
		for _, id := range s.api.QueueMembers(sandbox.AloHub, sandbox.Callin, queue) {
			a, _ := s.api.Agent(sandbox.AloHub, id)
			if a.Active && a.SystemStatus == sandbox.Available && a.UserStatus != sandbox.Logout {
				n++
			}
		}
		return n
	}
	ids := s.emptiable(1001226, 1000)
	gone := 0
	for _, id := range ids {
		a, _ := s.api.Agent(sandbox.AloHub, id)
		if a.Active && a.SystemStatus == sandbox.Available && a.UserStatus != sandbox.Logout {
			gone++
		}
	}
	page := p.get(p.plan("operation", "remove", "queue_ids", "1001226", "agent_ids", strings.Join(ids, " "))).is(http.StatusOK)
	mark := page.find(`[data-effect-queue="1001226"]`)
	before, after := mark.AttrOr("data-available-before", ""), mark.AttrOr("data-available-after", "")
	if want := available(1001226); before != strconv.Itoa(want) || after != strconv.Itoa(want-gone) {
		t.Errorf("available %s → %s, want %d → %d", before, after, want, want-gone)
	}
}

// TestRunMatching: the filters travel, and the ids are resolved here.
func TestRunMatching(t *testing.T) {
	t.Parallel()
	s, p := runStand(t)
	for _, tt := range []struct {
		name string
		form []string
		in   func(sandbox.Agent) bool
	}{
		{"all", nil, func(sandbox.Agent) bool { return true }},
		{"queue", []string{"queue_id", "1001226"}, func(a sandbox.Agent) bool {
			return slices.Contains(a.Callin, 1001226) || slices.Contains(a.Callout, 1001226)
		}},
		{"status", []string{"status", "0"}, func(a sandbox.Agent) bool { return !a.Active }},
		{"text", []string{"q", "08201"}, func(a sandbox.Agent) bool { return strings.Contains(a.ID, "08201") }},
		{"page and size mean nothing", []string{"status", "0", "page", "3", "size", "1"}, func(a sandbox.Agent) bool { return !a.Active }},
	} {
		want := 0
		for _, a := range s.truth() {
			if tt.in(a) {
				want++
			}
		}
		run := p.plan(append(tt.form, "operation", "recording-on", "all", "matching")...)
		if got := p.get(run).run("total"); got != strconv.Itoa(want) {
			t.Errorf("%s: %s agents, want %d", tt.name, got, want)
		}
	}
}

// TestRunInputErrors: all that is wrong is said at once, and nothing is planned.
func TestRunInputErrors(t *testing.T) {
	t.Parallel()
	_, p := runStand(t)
	for _, tt := range []struct {
		name string
		form []string
		want int
	}{
		{"nothing", nil, 2},
		{"no such operation", []string{"operation", "explode", "agent_ids", "082018"}, 1},
		{"an undo is nobody's wish", []string{"operation", "undo", "agent_ids", "082018"}, 1},
		{"no queue, no agent", []string{"operation", "add"}, 2},
		{"no from, no to, no agent", []string{"operation", "move"}, 3},
		{"from is to", []string{"operation", "move", "from_ids", "1001226", "queue_ids", "1001226", "agent_ids", "082018"}, 1},
		{"priority", []string{"operation", "add", "queue_ids", "1001226", "priority", "-1", "agent_ids", "082018"}, 1},
		{"priority of letters", []string{"operation", "add", "queue_ids", "1001226", "priority", "high", "agent_ids", "082018"}, 1},
		{"two unknown agents, no queue", []string{"operation", "add", "agent_ids", "082018 999999 888888"}, 3},
		{"a lost zero is suggested", []string{"operation", "recording-on", "agent_ids", "82018"}, 1},
		{"an id that is none", []string{"operation", "replace", "queue_ids", "1001226", "queue_ids", "10o0886", "agent_ids", "082019"}, 1},
		{"a filter that is none, of all who match", []string{"operation", "recording-on", "all", "matching", "status", "active"}, 1},
		{"ids that are none", []string{"operation", "move", "from_ids", "x", "queue_ids", "-5", "agent_ids", "082019"}, 2},
	} {
		a := p.post("/runs", fields(tt.form...)).is(http.StatusUnprocessableEntity)
		if got := a.find("[data-input-error]").Length(); got != tt.want {
			t.Errorf("%s: %d errors, want %d: %s", tt.name, got, tt.want, squeeze(a.find("#run-errors").Text()))
		}
		if tt.name == "a lost zero is suggested" && !strings.Contains(a.find("#run-errors").Text(), "082018") {
			t.Errorf("not suggested: %s", squeeze(a.find("#run-errors").Text()))
		}
	}
	p.get("/runs").is(http.StatusOK).lacks("[data-run-id]")
}

// TestRunFiles: what a file asks for is planned; what is wrong with it is said by row and
// column, all of it.
func TestRunFiles(t *testing.T) {
	t.Parallel()
	s, p := runStand(t)
	good := "agent,add,remove\n082019,1000887,1001226\n082018,1000887,\n"
	book := excelize.NewFile()
	for i, row := range [][]any{{"agent", "add", "remove"}, {"082019", "1000887", "1001226"}, {"082018", "1000887", ""}} {
		if err := book.SetSheetRow("Sheet1", "A"+strconv.Itoa(i+1), &row); err != nil {
			t.Fatal(err)
		}
	}
	var sheet bytes.Buffer
	if err := book.Write(&sheet); err != nil {
		t.Fatal(err)
	}
	for name, data := range map[string][]byte{"ca tối.csv": []byte(good), "ca.xlsx": sheet.Bytes()} {
		run := p.planned(p.upload(name, data, "operation", "file"))
		page := p.get(run).is(http.StatusOK)
		if page.run("total") != "2" || page.item("082019") != "planned" || page.item("082018") != "planned" {
			t.Errorf("%s: total %s, %q %q", name, page.run("total"), page.item("082019"), page.item("082018"))
		}
	}
	bad := "agent,add,priority\n999999,1000887,1\n082019,No Such Queue,x\n082018,,\n"
	a := p.upload("bad.csv", []byte(bad), "operation", "file").is(http.StatusUnprocessableEntity)
	at := a.attrs("[data-file-error]", "data-file-error")
	for _, want := range []string{"2:1", "3:2", "3:3"} {
		if !slices.Contains(at, want) {
			t.Errorf("errors at %v, none at %s", at, want)
		}
	}
	for _, name := range []string{"", "nothing"} {
		if n := p.upload(name+".csv", []byte(name), "operation", "file").is(http.StatusUnprocessableEntity).find("[data-file-error]").Length(); n == 0 {
			t.Errorf("an empty file %q: no error", name)
		}
	}
	if n := p.post("/runs", fields("operation", "file")).is(http.StatusUnprocessableEntity).find("[data-file-error],[data-input-error]").Length(); n == 0 {
		t.Error("no file at all: no error")
	}
	// The present state of the selection, untouched, plans nothing.
	present := p.post("/runs/agents.xlsx", fields("agent_ids", "082018 082019 082020")).is(http.StatusOK)
	page := p.get(p.planned(p.upload("present.xlsx", []byte(present.body), "operation", "file"))).is(http.StatusOK)
	if page.run("total") != "0" {
		t.Errorf("an untouched file plans %s changes", page.run("total"))
	}
	p.get("/runs/template.xlsx").is(http.StatusOK)
	if len(s.puts()) > 0 {
		t.Error("something was written")
	}
}

// TestRunSteps: what each step needs, and what stands in its way.
func TestRunSteps(t *testing.T) {
	t.Parallel()
	s, p := runStand(t)
	ids := s.emptiable(1001226, 6)
	run := p.plan("operation", "move", "from_ids", "1001226", "queue_ids", "1000887", "agent_ids", strings.Join(ids, ","))
	p.post(run+"/start", nil).is(http.StatusUnprocessableEntity)
	p.post(run+"/start", url.Values{"confirm": {"yes"}, "revision": {"7"}}).is(http.StatusConflict)
	p.post(run+"/pause", nil).is(http.StatusConflict)
	p.post(run+"/resume", nil).is(http.StatusConflict)
	p.post(run+"/undo", nil).is(http.StatusConflict)
	p.post(run+"/retry", nil).is(http.StatusConflict)
	if len(s.puts()) > 0 {
		t.Fatal("something was written")
	}
	end := p.carried(run)
	if end.run("done") != strconv.Itoa(len(ids)) || end.run("total") != end.run("done") {
		t.Errorf("done %s of %s", end.run("done"), end.run("total"))
	}
	for _, act := range []string{"start", "pause", "resume", "cancel"} {
		p.post(run+"/"+act, url.Values{"confirm": {"yes"}}).is(http.StatusConflict)
	}
	p.post(run+"/retry", nil).is(http.StatusUnprocessableEntity) // nothing is left

	// The page, by state and by page.
	if n := p.get(run + "?state=verified").is(http.StatusOK).find(`[data-item-state=verified]`).Length(); n != len(ids) {
		t.Errorf("%d verified", n)
	}
	p.get(run + "?state=refused").is(http.StatusOK).lacks("[data-run-item]")
	p.get(run + "?page=1").is(http.StatusOK).lacks("[data-run-item]")
	p.get("/runs").is(http.StatusOK).has(`[data-run-id="` + runID(run) + `"][data-run-state=finished]`)

	// The files.
	a := p.get(run + ".csv").is(http.StatusOK)
	rows, err := csv.NewReader(strings.NewReader(strings.TrimPrefix(a.body, "\ufeff"))).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	if got := strings.Join(rows[0], ","); got != "agent,state,before,after,removed,added,code,message,change" {
		t.Errorf("columns %s", got)
	}
	if len(rows) != len(ids)+1 {
		t.Errorf("%d rows", len(rows)-1)
	}
	for id, row := range p.result(run) {
		if row["state"] != "verified" || row["removed"] != "1001226" || !strings.Contains(row["after"], "1000887") || row["change"] == "" {
			t.Errorf("%s: %v", id, row)
		}
		p.get("/changes?agent_id=" + id).is(http.StatusOK).has(`[data-change-id="` + row["change"] + `"]`)
	}
	sheet, err := excelize.OpenReader(strings.NewReader(p.get(run + ".xlsx").is(http.StatusOK).body))
	if err != nil {
		t.Fatal(err)
	}
	defer sheet.Close()
	if cells, err := sheet.GetRows(sheet.GetSheetName(0)); err != nil || len(cells) < len(ids)+1 {
		t.Errorf("the workbook has %d rows: %v", len(cells), err)
	}

	// Kept, again, reverse.
	p.post(run+"/keep", url.Values{"name": {"Ca tối"}}).is(http.StatusSeeOther)
	p.get("/runs").is(http.StatusOK).says("Ca tối")
	if got := p.get(p.planned(p.post(run+"/reverse", nil))).run("total"); got != strconv.Itoa(len(ids)) {
		t.Errorf("the way back is for %s", got)
	}
	if got := p.get(p.planned(p.post(run+"/again", nil))).run("total"); got != "0" {
		t.Errorf("again would change %s", got)
	}
}

// TestRunReverseOfNothing: only a move has a way back.
func TestRunReverseOfNothing(t *testing.T) {
	t.Parallel()
	_, p := runStand(t)
	run := p.plan("operation", "add", "queue_ids", "1000887", "agent_ids", "082019")
	p.carried(run)
	p.post(run+"/reverse", nil).is(http.StatusUnprocessableEntity)
}

// TestRunOfOthers: another tenant's run is not there, and a page of another sign-in does
// nothing.
func TestRunOfOthers(t *testing.T) {
	t.Parallel()
	s, p := runStand(t)
	run := p.plan("operation", "add", "queue_ids", "1000887", "agent_ids", "082019")
	sign := p.get(run).find("[data-sign-in]").AttrOr("data-sign-in", "")
	stranger := s.signIn(sandbox.DemoKeyAnother)
	for _, path := range []string{run, run + ".csv", run + ".xlsx"} {
		stranger.get(path).is(http.StatusNotFound)
	}
	for _, act := range []string{"start", "pause", "resume", "cancel", "retry", "undo", "again", "reverse", "keep", "tick"} {
		stranger.post(run+"/"+act, url.Values{"confirm": {"yes"}, "seq": {"1"}, "name": {"x"}}).is(http.StatusNotFound)
	}
	stranger.get("/runs").is(http.StatusOK).lacks("[data-run-id]")
	for _, path := range []string{"/runs/0", "/runs/x", "/runs/999999", "/runs/999999.csv"} {
		p.get(path).is(http.StatusNotFound)
	}

	p.other()
	p.crawled()
	for _, act := range []string{"start", "pause", "resume", "cancel", "retry", "undo", "tick"} {
		p.post(run+"/"+act, url.Values{"confirm": {"yes"}, tag.Field: {sign}}).fails(http.StatusConflict, "other-session")
	}
	p.post("/runs", fields("operation", "recording-on", "agent_ids", "082019", tag.Field, sign)).fails(http.StatusConflict, "other-session")
	if got := p.get(run).run("state"); got != "planned" {
		t.Errorf("the run is %s", got)
	}
	if len(s.puts()) > 0 {
		t.Error("something was written")
	}
}

// TestRunCancelled: a plan that is dropped is over, and none of it was attempted.
func TestRunCancelled(t *testing.T) {
	t.Parallel()
	s, p := runStand(t)
	run := p.plan("operation", "add", "queue_ids", "1000887", "agent_ids", "082019 082018")
	p.post(run+"/cancel", nil).is(http.StatusSeeOther)
	page := p.get(run).is(http.StatusOK)
	if page.run("state") != "cancelled" || page.item("082019") != "not-attempted" {
		t.Errorf("state %s, item %s", page.run("state"), page.item("082019"))
	}
	again := p.planned(p.post(run+"/retry", nil))
	p.carried(again)
	if got := s.callin("082018"); !slices.Contains(got, 1000887) {
		t.Errorf("retried: %v", got)
	}
}

// TestRunFilesOfAllSizes: a file of 5 MB is read, and what is too large says so on the
// form, as long as it can be taken in at all.
func TestRunFilesOfAllSizes(t *testing.T) {
	t.Parallel()
	_, p := runStand(t)
	row := []byte("082018;1000886;" + strings.Repeat(" ", 300) + "\n")
	head := []byte("agent;add;name\n")
	for _, size := range []int{4_900_000, 5_600_000} {
		data := append(slices.Clone(head), bytes.Repeat(row, size/len(row))...)
		wrong := p.upload("big.csv", data, "operation", "file").is(http.StatusUnprocessableEntity).find("[data-file-error]")
		if large := strings.Contains(wrong.Text(), "5 MB"); wrong.Length() == 0 || large != (len(data) > 5<<20) {
			t.Errorf("%d bytes: %.200s", len(data), wrong.Text())
		}
	}
}
