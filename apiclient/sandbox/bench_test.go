package sandbox_test

import (
	"fmt"
	"net/http/httptest"
	"testing"

	"github.com/alohub/agentconsole/apiclient/sandbox"
)

// The sandbox must stay far cheaper than what is measured against it.
func BenchmarkList(b *testing.B) {
	for _, agents := range []int{413, 20_000} {
		for _, query := range []string{"size=20", "size=100", "size=20&queue_id=1001002"} {
			b.Run(fmt.Sprintf("agents=%d/%s", agents, query), func(b *testing.B) {
				api := sandbox.New(sandbox.Demo(sandbox.DemoOptions{Agents: agents, Quiet: true}).Config)
				req := httptest.NewRequestWithContext(b.Context(), "GET", "/v1/agents?"+query, nil)
				req.Header.Set("X-Api-Key", sandbox.DemoKey)
				for b.Loop() {
					rec := httptest.NewRecorder()
					api.ServeHTTP(rec, req)
					if rec.Code != 200 {
						b.Fatal(rec.Body)
					}
				}
			})
		}
	}
}
