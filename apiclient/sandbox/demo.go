package sandbox

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"time"
)

// Tenants of the demo.
const (
	AloHub  int64 = 20260310 // the one on the vendor's page
	Another int64 = 20260415 // for isolation; a stranger to AloHub
)

// Keys of the demo. They open nothing but a sandbox.
const (
	DemoKey        = "sk_demo_alohub_7f3c9e2a51d8"  // AloHub, scope agent
	DemoKeyNoScope = "sk_demo_noscope_4b1d8c06e9a2" // AloHub, without scope agent
	DemoKeyAnother = "sk_demo_another_c05e7a93f1b6" // Another, scope agent
	DemoKeyVendor  = "sk_demo_vendor_91ad3f6be084"  // both tenants, AloHub first; scope agent
)

// Agents that the demo's AloHub has at fixed extensions.
const (
	DemoExample  = "082018" // exactly the row of the vendor's page
	DemoSeveral  = "082019" // callin 1001226, 1000886, 1001002; callout 13876, 13877; priority 2
	DemoNone     = "082020" // in no queue; every nullable field null
	DemoInactive = "082021" // inactive, yet in callin 1000886
)

// DemoOptions vary the demo. The zero value is the one people see.
type DemoOptions struct {
	Agents int    // of AloHub, at least 4; 0: 413, as on the vendor's page
	Seed   uint64 // 0: 1; one seed always gives the same agents

	// Quiet leaves out what a test does not want by default: drifting statuses
	// and rate limits.
	Quiet bool

	// Hostile adds, at the end of AloHub, agents and queues whose names try to
	// break out of where they are shown (see HostileNames).
	Hostile bool
}

// DemoFixture is a Config that a caller may still change before New, and what is
// to be found in it.
type DemoFixture struct {
	Config Config

	Tenant        int64 // AloHub
	AnotherTenant int64

	Key        string // DemoKey and so on
	KeyNoScope string
	KeyAnother string
	KeyVendor  string
}

// Demo is a believable customer: AloHub with some 15 callin and 5 callout queues,
// and a second tenant of 57 agents. Limits are 100 requests per tenant and 60 per
// route in aligned windows of 10 s; statuses drift.
func Demo(o DemoOptions) DemoFixture {
	if o.Agents == 0 {
		o.Agents = 413
	}
	if o.Seed == 0 {
		o.Seed = 1
	}
	f := DemoFixture{
		Tenant: AloHub, AnotherTenant: Another,
		Key: DemoKey, KeyNoScope: DemoKeyNoScope, KeyAnother: DemoKeyAnother, KeyVendor: DemoKeyVendor,
	}
	f.Config = Config{
		Seed:       o.Seed,
		PathPrefix: "/api",
		Tenants:    []Tenant{alohub(o), another(o.Seed)},
		Keys: []Key{
			{Secret: DemoKey, Tenants: []int64{AloHub}, Scopes: []string{ScopeAgent}},
			{Secret: DemoKeyNoScope, Tenants: []int64{AloHub}, Scopes: []string{"report"}},
			{Secret: DemoKeyAnother, Tenants: []int64{Another}, Scopes: []string{ScopeAgent}},
			{Secret: DemoKeyVendor, Tenants: []int64{AloHub, Another}, Scopes: []string{ScopeAgent, "report"}},
		},
	}
	if !o.Quiet {
		f.Config.Limits = Limits{Tenant: 100, Route: 60, Window: 10 * time.Second, Kind: FixedAligned}
		f.Config.Drift = demoDrift
	}
	return f
}

func alohub(o DemoOptions) Tenant {
	t := Tenant{ID: AloHub, Name: "AloHub", Callin: demoCallin(), Callout: demoCallout()}
	dice := rand.New(rand.NewPCG(o.Seed, uint64(AloHub)))
	t.Agents = fixedAgents()
	for i := len(t.Agents); i < o.Agents; i++ {
		t.Agents = append(t.Agents, randomAgent(dice, extension(i, o.Agents), t))
	}
	if o.Hostile {
		addHostile(&t)
	}
	return t
}

func another(seed uint64) Tenant {
	t := Tenant{
		ID:      Another,
		Name:    "Phòng khám Đa khoa Hồng Đức",
		Callin:  []Queue{{2000101, "Đặt lịch khám"}, {2000102, "Cấp cứu"}, {2000103, "Kết quả xét nghiệm"}},
		Callout: []Queue{{23001, "Nhắc lịch"}},
	}
	dice := rand.New(rand.NewPCG(seed, uint64(Another)))
	// The same extension as AloHub's example: only the tenant tells them apart.
	t.Agents = append(t.Agents, randomAgent(dice, DemoExample, t))
	for i := range 56 {
		t.Agents = append(t.Agents, randomAgent(dice, fmt.Sprintf("07%04d", 1001+i), t))
	}
	return t
}

// extension gives three ranges, two of them with leading zeros, each of which
// has room for a tenant of 20,000.
func extension(i, total int) string {
	long := min(total*3/5, 7900)
	double := min(total/5, 8900)
	switch {
	case i < long:
		return fmt.Sprintf("08%04d", 2018+i)
	case i < long+double:
		return fmt.Sprintf("00%04d", 1001+i-long)
	default:
		return fmt.Sprintf("1%05d", 101+i-long-double)
	}
}

func fixedAgents() []Agent {
	return []Agent{
		{
			ID: DemoExample, UserName: "AloHub.admin", Active: true,
			Callin: []int64{1001226}, Callout: []int64{13876},
			Priority: new(1), FollowMe: new(true), SystemStatus: Available, UserStatus: Logout, Pinned: true,
		},
		{
			ID: DemoSeveral, UserName: "Nguyễn Thị Ánh Nguyệt", Active: true,
			Callin: []int64{1001226, 1000886, 1001002}, Callout: []int64{13876, 13877},
			Priority: new(2), FollowMe: new(false), SystemStatus: Available, UserStatus: Available, Pinned: true,
		},
		{ID: DemoNone, Active: true, Pinned: true},
		{
			ID: DemoInactive, UserName: "Đặng Đình Đức (đã nghỉ)",
			Callin: []int64{1000886}, Priority: new(1), FollowMe: new(true),
			SystemStatus: NotAvailable, UserStatus: Logout, Pinned: true,
		},
	}
}

func randomAgent(dice *rand.Rand, id string, t Tenant) Agent {
	a := Agent{ID: id, UserName: randomName(dice), Active: dice.IntN(100) < 91}
	a.Callin = randomQueues(dice, t.Callin, pick(dice, 7, 60, 20, 9, 4))
	if len(a.Callin) > 0 && dice.IntN(100) < 92 {
		a.Priority = new(1 + pick(dice, 60, 20, 10, 5, 5))
	}
	a.Callout = randomQueues(dice, t.Callout, pick(dice, 30, 64, 6))
	if dice.IntN(100) < 85 {
		a.FollowMe = new(dice.IntN(100) < 15)
	}
	if dice.IntN(100) < 4 {
		return a
	}
	a.SystemStatus, a.UserStatus = NotAvailable, Logout
	if a.Active {
		a.SystemStatus = choose(dice.IntN(100) < 85, Available, NotAvailable)
		a.UserStatus = choose(dice.IntN(100) < 70, Available, Logout)
	}
	return a
}

// randomQueues favours the first queues of the list: real ones differ in size.
func randomQueues(dice *rand.Rand, queues []Queue, n int) []int64 {
	var ids []int64
	for len(ids) < min(n, len(queues)) {
		i := min(dice.IntN(len(queues)), dice.IntN(len(queues)))
		if !slices.Contains(ids, queues[i].ID) {
			ids = append(ids, queues[i].ID)
		}
	}
	return ids
}

// pick is an index, as likely as its weight.
func pick(dice *rand.Rand, weights ...int) int {
	total := 0
	for _, w := range weights {
		total += w
	}
	roll := dice.IntN(total)
	for i, w := range weights {
		if roll -= w; roll < 0 {
			return i
		}
	}
	return 0
}
