package belief

import "testing"

func TestVerdicts(t *testing.T) {
	t.Parallel()
	type ids = []int64
	for name, c := range map[string]struct {
		before, after, read ids
		canHide             bool
		want                Verdict
	}{
		"as sent":             {ids{1, 2}, ids{1, 3}, ids{3, 1}, false, AsSent},
		"as before":           {ids{1, 2}, ids{1, 3}, ids{1, 2}, false, AsBefore},
		"addition missing":    {ids{1, 2}, ids{1, 3}, ids{1}, false, Partly},
		"another's removal":   {ids{1, 2}, ids{1, 2, 3}, ids{1, 3}, false, Otherwise},
		"another's addition":  {ids{1}, ids{1, 3}, ids{1, 3, 4}, false, Otherwise},
		"removal not applied": {ids{1, 2, 3}, ids{1}, ids{1, 2}, false, Otherwise},
		"hidden":              {ids{1, 2}, ids{1, 2, 3}, ids{1}, true, Hidden},
		"nothing shown":       {ids{1}, ids{2}, nil, true, Partly},
	} {
		if got := judge(c.before, c.after, c.read, c.canHide); got != c.want {
			t.Errorf("%s: %v, want %v", name, got, c.want)
		}
	}
}
