package apiclient

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// documentedPage is the answer on the vendor's page, with n rows.
func documentedPage(n int) []byte {
	var b strings.Builder
	fmt.Fprintf(&b, `{"success":"1","error_code":"SUCCESS","error_message":"SUCCESS","totalRecord":413,"data":[`)
	for i := range n {
		if i > 0 {
			b.WriteByte(',')
		}
		fmt.Fprintf(&b, `{"tenantId":20260310,"tenantName":"AloHub","agentId":"08%04d","status":1,`+
			`"userName":"Nguyễn Thị Ánh Nguyệt %d","queueCallin":"1001226-test","queueCallout":13876,`+
			`"queueCalloutName":"AloHub","queueCallinId":"1001226","isFollowMe":1,"priority":"1",`+
			`"systemStatus":"AVAILABLE","userStatus":"LOGOUT"}`, 2018+i, i)
	}
	b.WriteString("]}")
	return []byte(b.String())
}

func decodeRow(t *testing.T, row string) AgentRow {
	t.Helper()
	env, err := decodeEnvelope([]byte(`{"success":"1","data":[`+row+`]}`), true)
	if err != nil {
		t.Fatalf("%s: %v", row, err)
	}
	return env.rows[0]
}

func TestDecodeDocumentedPage(t *testing.T) {
	t.Parallel()
	env, err := decodeEnvelope(documentedPage(1), true)
	if err != nil {
		t.Fatal(err)
	}
	want := AgentRow{
		TenantID: new(int64(20260310)), TenantName: "AloHub", AgentID: "082018", Status: new(1),
		UserName: new("Nguyễn Thị Ánh Nguyệt 0"), QueueCallin: new("1001226-test"), QueueCallinID: new("1001226"),
		QueueCallout: new("13876"), QueueCalloutName: new("AloHub"), IsFollowMe: new(1), Priority: new("1"),
		SystemStatus: new("AVAILABLE"), UserStatus: new("LOGOUT"),
	}
	if diff := cmp.Diff([]AgentRow{want}, env.rows); diff != "" {
		t.Errorf("rows (-want +got):\n%s", diff)
	}
	if env.success != yes || env.code != "SUCCESS" || env.total != 413 || env.named != 1 {
		t.Errorf("envelope %+v", env)
	}
}

func TestDecodeLeniently(t *testing.T) {
	t.Parallel()
	for row, want := range map[string]AgentRow{
		`{}`: {},
		`{"agentId":"082018","status":null,"userName":null,"queueCallin":null,"queueCallout":null,"priority":null,"isRecord":null,"tenantName":null}`: {AgentID: "082018", HasRecord: true},

		`{"agentId":82018}`:    {AgentID: "82018", AgentIDIsNumber: true},
		`{"agentId":82018.0}`:  {AgentID: "82018", AgentIDIsNumber: true},
		`{"agentId":null}`:     {},
		`{"agentId":{"x":1}}`:  {},
		`{"\u0061gentId":"1"}`: {AgentID: "1"},

		`{"status":"0","isFollowMe":"1","tenantId":"20260310"}`:     {Status: new(0), IsFollowMe: new(1), TenantID: new(int64(20260310))},
		`{"status":true,"isFollowMe":false,"priority":3}`:           {Status: new(1), IsFollowMe: new(0), Priority: new("3")},
		`{"status":"active","isFollowMe":"","tenantId":1e30}`:       {},
		`{"status":-1,"tenantId":9223372036854775807}`:              {Status: new(-1), TenantID: new(int64(9223372036854775807))},
		`{"status":9999999999999999999999}`:                         {},
		`{"queueCallout":"13876,13877","queueCallinId":1001226}`:    {QueueCallout: new("13876,13877"), QueueCallinID: new("1001226")},
		`{"queueCallout":13876.0,"queueCallinId":1.001226e6}`:       {QueueCallout: new("13876"), QueueCallinID: new("1001226")},
		`{"queueCallinId":[1001226,"1000886",null],"priority":1.5}`: {QueueCallinID: new("1001226,1000886"), Priority: new("1.5")},
		`{"queueCallout":{"id":1},"queueCallin":[]}`:                {},
		`{"userName":"","systemStatus":" "}`:                        {UserName: new(""), SystemStatus: new(" ")},

		`{"isRecord":true}`:    {IsRecord: new(true), HasRecord: true},
		`{"isRecord":0}`:       {IsRecord: new(false), HasRecord: true},
		`{"isRecord":"1"}`:     {IsRecord: new(true), HasRecord: true},
		`{"isRecord":"maybe"}`: {HasRecord: true},

		`{"userName":"a\"\\\u00e9\ud83d\ude00","tenantName":"\u202e=1+1\r\n<b>"}`: {UserName: new("a\"\\é😀"), TenantName: "\u202e=1+1\r\n<b>"},
		"{\"userName\":\"\xff\xfe\",\"tenantName\":\"\\ud800x\"}":                 {UserName: new("\ufffd\ufffd"), TenantName: "\ufffdx"},
		`{"deep":[[[{"a":[{}]}]]],"skill":["x"],"agentId":"7"}`:                   {AgentID: "7"},
	} {
		if diff := cmp.Diff(want, decodeRow(t, row)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", row, diff)
		}
	}
}

// TestDecodeRepeatedText: a row must not inherit its neighbour's reading of an
// escape.
func TestDecodeRepeatedText(t *testing.T) {
	t.Parallel()
	env, err := decodeEnvelope([]byte(`{"data":[{"priority":"a\\u0041"},{"priority":"a\u0041"},{"priority":"aA"},{"priority":null},{"priority":"aA"}]}`), true)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, row := range env.rows {
		if row.Priority == nil {
			got = append(got, "nil")
			continue
		}
		got = append(got, *row.Priority)
	}
	if diff := cmp.Diff([]string{`a\u0041`, "aA", "aA", "nil", "aA"}, got); diff != "" {
		t.Error(diff)
	}
}

func TestDecodeRefuses(t *testing.T) {
	t.Parallel()
	nested := strings.Repeat("[", 20_000)
	for body, want := range map[string]error{
		"":                           errTruncated,
		" \n":                        errTruncated,
		`{`:                          errTruncated,
		`{"success":"1","data":[{"a`: errTruncated,
		`{"success":"1","data":[`:    errTruncated,
		`{"success":"1","data":[{}]`: errTruncated,
		`[]`:                         errNotObject,
		`"success"`:                  errNotObject,
		`{"data":[1]}`:               errNotObject,
		`{"data":[null]}`:            errNotObject,
		`<html>`:                     errNotJSON,
		`{"a":1}{"b":2}`:             errNotJSON,
		`{"a":1} x`:                  errNotJSON,
		`{"a":1,"a":2}`:              errNotJSON,
		`{"a":01}`:                   errNotJSON,
		`{'a':1}`:                    errNotJSON,
		`{"data":[{"agentId":"1","agentId":"2"}]}`: errNotJSON,
		`{"x":` + nested: errNotJSON,
		`{"data":` + strings.ReplaceAll(nested, "[", `[{"a":`): errNotJSON,
	} {
		if _, err := decodeEnvelope([]byte(body), true); err != want {
			t.Errorf("%.40q: %v, want %v", body, err, want)
		}
	}
	if _, err := decodeEnvelope([]byte("\xef\xbb\xbf{\"data\":[]}\r\n"), true); err != nil {
		t.Errorf("a byte order mark: %v", err)
	}
}

func TestVerdict(t *testing.T) {
	t.Parallel()
	for literal, want := range map[string]verdict{
		`"1"`: yes, `1`: yes, `true`: yes, `"true"`: yes, `" 1 "`: yes, `1.0`: yes,
		`"0"`: no, `0`: no, `false`: no, `"false"`: no,
		`null`: absent, `""`: absent,
		`"yes"`: odd, `2`: odd, `{}`: odd, `[]`: odd, `-1`: odd,
	} {
		env, err := decodeEnvelope([]byte(`{"success":`+literal+`}`), false)
		if err != nil || env.success != want {
			t.Errorf("%s: %v, %v; want %v", literal, env.success, err, want)
		}
	}
}

// FuzzDecodePage: never a panic, and what encoding/json refuses is refused too.
func FuzzDecodePage(f *testing.F) {
	f.Add(documentedPage(2))
	for _, s := range []string{
		`{"success":1,"data":null,"totalRecord":0}`, `{"success":"1","data":[{"agentId":1e400}]}`,
		`{"success":true,"data":[{"queueCallinId":[1,[2],{"a":3}],"userName":"\ud800"}]}`,
		"{\"data\":[{\"userName\":\"\xff\"}]}", `[[[[`, `{"a":1,"a":1}`, "\xef\xbb\xbf{}", `{"totalRecord":-1e999}`,
	} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		env, err := decodeEnvelope(body, true)
		if err != nil {
			return
		}
		if !json.Valid([]byte(strings.ToValidUTF8(strings.TrimPrefix(string(body), "\ufeff"), "\ufffd"))) {
			t.Errorf("accepted what is no JSON: %q", body)
		}
		if env.total < -1 {
			t.Errorf("total %d", env.total)
		}
		for _, row := range env.rows {
			_ = fmt.Sprint(row)
		}
	})
}

// FuzzRefusal: whatever a refusal's body holds, the key does not come out.
func FuzzRefusal(f *testing.F) {
	const key = "sk_live_0123456789abcdef"
	for _, s := range []string{
		`{"success":"0","error_code":"FAIL","error_message":"key ` + key + ` is bad"}`,
		`{"message":"Bearer ` + strings.ToUpper(key) + `","request_id":"` + key + `"}`,
		`<html><title>` + key + `</title>`, key, `{"error_code":"` + key + `"}`, `{"message":"sk\u005flive_0123456789abcdef"}`,
	} {
		for _, status := range []int{200, 301, 400, 401, 404, 429, 500, 502} {
			f.Add(status, []byte(s))
		}
	}
	client, err := New(Config{BaseURL: "http://sandbox.test"})
	if err != nil {
		f.Fatal(err)
	}
	a := client.Caller(Credentials{Key: NewSecret(key)}, Person)
	f.Fuzz(func(t *testing.T, status int, body []byte) {
		ans := &answer{status: status, body: body, header: map[string][]string{"Location": {string(body)}, "Content-Type": {string(body)}}}
		err := a.classify(OpSetRecording, ans)
		if err == nil {
			_, err = a.receiptOf(OpSetRecording, ans)
		}
		if err != nil && strings.Contains(strings.ToLower(fmt.Sprintf("%v %+v", err, err)), key) {
			t.Errorf("the key is shown: %v", err)
		}
	})
}

func BenchmarkDecodePage(b *testing.B) {
	page := documentedPage(20)
	b.SetBytes(int64(len(page)))
	b.ReportAllocs()
	for b.Loop() {
		if env, err := decodeEnvelope(page, true); err != nil || len(env.rows) != 20 {
			b.Fatal(err)
		}
	}
}

// BenchmarkDecodePageStandard is the same page through encoding/json and the
// documented types: what the hand-written pass is measured against.
func BenchmarkDecodePageStandard(b *testing.B) {
	page := documentedPage(20)
	b.SetBytes(int64(len(page)))
	b.ReportAllocs()
	for b.Loop() {
		var v struct {
			Success     string `json:"success"`
			TotalRecord int    `json:"totalRecord"`
			Data        []struct {
				TenantID                             *int64
				TenantName, AgentID                  string
				Status, IsFollowMe                   *int
				UserName, QueueCallin, QueueCallinID *string
				QueueCallout                         *json.Number
				QueueCalloutName, Priority           *string
				SystemStatus, UserStatus             *string
			} `json:"data"`
		}
		if err := json.Unmarshal(page, &v); err != nil || len(v.Data) != 20 {
			b.Fatal(err)
		}
	}
}
