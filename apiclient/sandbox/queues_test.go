package sandbox_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/alohub/agentconsole/apiclient/sandbox"
	"github.com/google/go-cmp/cmp"
)

const queuesUpdated = `{"success":"1","error_code":"SUCCESS","error_message":"Agent queues updated successfully"}`

func TestCallinReplacesTheWholeList(t *testing.T) {
	t.Parallel()
	r := setup(t)
	before := r.agent(sandbox.DemoSeveral)
	for _, path := range []string{"/v1/agents/082019/queues?type=callin", "/v1/agents/082019/queues"} {
		r.SetQueues(sandbox.AloHub, sandbox.DemoSeveral, sandbox.Callin, before.Callin, nil)
		got := r.put(path, `{"queue_ids":[1000888,1001226],"priority":7}`)
		if got.status != 200 || got.body != queuesUpdated {
			t.Errorf("%s: %d %s", path, got.status, got.body)
		}
		want := before
		want.Callin, want.Priority = []int64{1000888, 1001226}, new(7)
		if diff := cmp.Diff(want, r.agent(sandbox.DemoSeveral)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", path, diff)
		}
	}
}

func TestCalloutReplacesAndIgnoresPriority(t *testing.T) {
	t.Parallel()
	r := setup(t)
	want := r.agent(sandbox.DemoSeveral)
	got := r.put("/v1/agents/082019/queues?type=callout", `{"queue_ids":[13878],"priority":9}`)
	if got.body != queuesUpdated {
		t.Errorf("%d %s", got.status, got.body)
	}
	want.Callout = []int64{13878}
	if diff := cmp.Diff(want, r.agent(sandbox.DemoSeveral)); diff != "" {
		t.Errorf("agent (-want +got):\n%s", diff)
	}
}

func TestOmittedPriority(t *testing.T) {
	t.Parallel()
	r := setup(t)
	for _, body := range []string{`{"queue_ids":[1001226]}`, `{"queue_ids":[1001226],"priority":null}`} {
		r.put("/v1/agents/082019/queues", body)
		if p := r.agent(sandbox.DemoSeveral).Priority; p == nil || *p != 2 {
			t.Errorf("%s: priority %v, want 2 kept", body, p)
		}
	}
	r.Change(func(b *sandbox.Behaviour) { b.ResetOmittedPriority = true })
	r.put("/v1/agents/082019/queues?type=callout", `{"queue_ids":[13876]}`)
	if p := r.agent(sandbox.DemoSeveral).Priority; p == nil {
		t.Error("a callout PUT reset the priority")
	}
	r.put("/v1/agents/082019/queues", `{"queue_ids":[1001226]}`)
	if p := r.agent(sandbox.DemoSeveral).Priority; p != nil {
		t.Errorf("priority %d, want reset", *p)
	}
}

func TestQueuesRefusesBadInput(t *testing.T) {
	t.Parallel()
	r := setup(t)
	before := r.agent(sandbox.DemoSeveral)
	for _, tc := range []struct{ query, body, sentence string }{
		{"?type=both", `{"queue_ids":[1]}`, "type must be callin or callout"},
		{"", ``, "must be a JSON object"},
		{"", `null`, "must be a JSON object"},
		{"", `[1]`, "must be a JSON object"},
		{"", `{"queue_ids":[1]} x`, "nothing after it"},
		{"", `{}`, "queue_ids is required"},
		{"", `{"Queue_IDs":[1]}`, "queue_ids is required"},
		{"", `{"queue_ids":null}`, "queue_ids is required"},
		{"", `{"queue_ids":[]}`, "queue_ids must not be empty"},
		{"", `{"queue_ids":1}`, "array of numbers"},
		{"", `{"queue_ids":["1001226"]}`, `found "1001226"`},
		{"", `{"queue_ids":[1.5]}`, "found 1.5"},
		{"", `{"queue_ids":[0]}`, "found 0"},
		{"", `{"queue_ids":[null]}`, "found null"},
		{"", `{"queue_ids":[7,8,7]}`, "contains 7 more than once"},
		{"", `{"queue_ids":[7],"priority":"1"}`, "priority must be"},
		{"", `{"queue_ids":[7],"priority":-1}`, "priority must be"},
		{"?type=callout", `{"queue_ids":[]}`, "queue_ids must not be empty"},
	} {
		wantRefusal(t, r.put("/v1/agents/082019/queues"+tc.query, tc.body), http.StatusBadRequest, "INVALID_INPUT", tc.sentence)
	}
	if diff := cmp.Diff(before, r.agent(sandbox.DemoSeveral)); diff != "" {
		t.Errorf("a refused PUT changed the agent (-want +got):\n%s", diff)
	}
}

func TestUnknownQueues(t *testing.T) {
	t.Parallel()
	r := setup(t)
	if got := r.put("/v1/agents/082019/queues", `{"queue_ids":[424242]}`); got.status != 200 {
		t.Errorf("by default an unknown queue gets %d %s", got.status, got.body)
	}
	r.Change(func(b *sandbox.Behaviour) { b.RejectUnknownQueues = true })
	wantRefusal(t, r.put("/v1/agents/082019/queues", `{"queue_ids":[1001226,424243]}`), 400, "INVALID_INPUT", "424243")
	wantRefusal(t, r.put("/v1/agents/082019/queues?type=callout", `{"queue_ids":[1001226]}`), 400, "INVALID_INPUT", "callout queue")
	if diff := cmp.Diff([]int64{424242}, r.agent(sandbox.DemoSeveral).Callin); diff != "" {
		t.Errorf("callin (-want +got):\n%s", diff)
	}
}

func TestUnknownAgents(t *testing.T) {
	t.Parallel()
	r := setup(t)
	for _, id := range []string{"999999", "82018", "082018%2Fqueues", "abc"} {
		wantRefusal(t, r.put("/v1/agents/"+id+"/queues", `{"queue_ids":[1001226]}`), 404, "NOT_FOUND", "not found")
		wantRefusal(t, r.put("/v1/agents/"+id+"/recording", `{"enabled":true}`), 404, "NOT_FOUND", "not found")
	}
}

func TestRecording(t *testing.T) {
	t.Parallel()
	r := setup(t)
	for _, tc := range []struct {
		body, message string
		want          bool
	}{
		{`{"enabled":true}`, "Recording enabled for agent 082018", true},
		{`{"enabled":false}`, "Recording disabled for agent 082018", false},
	} {
		got := r.put("/v1/agents/082018/recording", tc.body)
		want := `{"success":"1","error_code":"SUCCESS","error_message":"` + tc.message + `"}`
		if got.status != 200 || got.body != want {
			t.Errorf("%d %s, want %s", got.status, got.body, want)
		}
		if rec := r.agent("082018").Recording; rec == nil || *rec != tc.want {
			t.Errorf("recording %v after %s", rec, tc.body)
		}
	}
	for body, sentence := range map[string]string{
		`{}`: "enabled is required", `{"enabled":null}`: "enabled is required", `{"Enabled":true}`: "enabled is required",
		`{"enabled":1}`: "true or false", `{"enabled":"true"}`: "true or false", `x`: "JSON object",
	} {
		wantRefusal(t, r.put("/v1/agents/082018/recording", body), 400, "INVALID_INPUT", sentence)
	}
}

func TestRecordingBeforeTheMigration(t *testing.T) {
	t.Parallel()
	r := setup(t, func(c *sandbox.Config) { c.MigrationPending = true })
	wantRefusal(t, r.put("/v1/agents/082018/recording", `{"enabled":true}`), 500, "FAIL", "is_record")
	if rec := r.agent("082018").Recording; rec != nil {
		t.Errorf("recording %v", *rec)
	}
}

func TestRequestTooLarge(t *testing.T) {
	t.Parallel()
	r := setup(t)
	got := r.put("/v1/agents/082018/queues", `{"queue_ids":[1`+strings.Repeat(" ", 1<<20)+`]}`)
	if got.status != 413 || !strings.Contains(got.body, "Request size limit exceeded") {
		t.Errorf("%d %s", got.status, got.body)
	}
}
