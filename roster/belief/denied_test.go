package belief

import (
	"slices"
	"testing"

	"github.com/alohub/agentconsole/apiclient"
)

// TestADeniedQueueGoesThoughOthersWereNotRead: else it would be written back, with
// nobody having been told.
func TestADeniedQueueGoesThoughOthersWereNotRead(t *testing.T) {
	t.Parallel()
	r := newReader(Limits{})
	r.page(0, "081 1")
	r.page(2, "081 1")
	r.page(0, "082 5") // queue 5's listing is never read
	since := r.now()
	r.page(0, "081 3")
	r.ListedWhole(1, r.now())
	r.Conclude("081", apiclient.Callin, SinceAll(since), r.now())
	if got := r.callin("081"); !slices.Equal(got, []int64{2, 3}) {
		t.Errorf("believes %v", got)
	}
}
