package components_test

import (
	"regexp"
	"strings"
	"testing"

	"github.com/alohub/agentconsole/locale"
	"github.com/alohub/agentconsole/templates/components"
)

var tags = regexp.MustCompile(`<[^>]*>`)

// TestBudgetShowsTheTighterLimit: one figure, of the limit that will be met first.
func TestBudgetShowsTheTighterLimit(t *testing.T) {
	t.Parallel()
	catalogues, err := locale.Load()
	if err != nil {
		t.Fatal(err)
	}
	say := catalogues.Printer(locale.Vietnamese)
	gauge := func(remaining, limit int) components.Gauge {
		return components.Gauge{Limit: limit, Remaining: remaining, Known: true}
	}
	tenant, route := say.T("budget.tenant"), say.T("budget.route")
	for _, tt := range []struct {
		name   string
		budget components.Budget
		says   string // "" is nothing
		low    bool
	}{
		{"nothing known", components.Budget{}, "", false},
		{"no limit", components.Budget{Tenant: gauge(0, 0)}, "", false},
		{"the tenant's alone", components.Budget{Tenant: gauge(50, 60)}, tenant + " 50/60", false},
		{"the kind's alone", components.Budget{Route: gauge(50, 60)}, route + " 50/60", false},
		{"the kind's is tighter", components.Budget{Tenant: gauge(20, 60), Route: gauge(9, 30)}, route + " 9/30", false},
		{"the tenant's is tighter", components.Budget{Tenant: gauge(11, 60), Route: gauge(9, 30)}, tenant + " 11/60", true},
		{"the API asks to wait", components.Budget{Tenant: gauge(50, 60), HoldSeconds: 7}, say.T("budget.hold", "Seconds", 7), true},
	} {
		var out strings.Builder
		if err := components.BudgetFigure(tt.budget).Render(locale.With(t.Context(), say), &out); err != nil {
			t.Fatal(err)
		}
		if got := strings.Join(strings.Fields(tags.ReplaceAllString(out.String(), " ")), " "); got != tt.says {
			t.Errorf("%s: says %q, want %q", tt.name, got, tt.says)
		}
		if low := strings.Contains(out.String(), "budget-low"); low != tt.low {
			t.Errorf("%s: low %t", tt.name, low)
		}
	}
}
