package probe

import (
	"testing"
)

// FuzzReadPage: whatever a body holds, of its texts nothing but known words is kept for the
// report.
func FuzzReadPage(f *testing.F) {
	for _, body := range []string{
		`{"success":"1","error_code":"SUCCESS","totalRecord":2,"data":[{"agentId":"082018","queueCallinId":"1,2","queueCallout":13876},{"agentId":1,"queueCallinId":[1,"2"],"isRecord":null}]}`,
		`{"success":1,"totalRecord":"413","data":null}`, `{"message":"no Route matched with those values"}`,
		`{"data":[null,{}]}`, `[]`, `null`, `{"success":true,"data":[{"agentId":{}}],"totalRecord":-1}`, "<html>", "\xff", `{"error_code":"sk_demo"}`,
	} {
		f.Add([]byte(body))
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		p := readPage(body)
		if p.total < -1 || known(p.code) != p.code || p.said != phrase(p.said) {
			t.Errorf("%d %q %q", p.total, p.code, p.said)
		}
		if len(p.rows) > 0 && !p.ours {
			t.Error("rows of an answer that is not the API's")
		}
		for name := range p.kinds {
			if documented(name) == 0 {
				t.Errorf("a type of %q", name)
			}
		}
	})
}
