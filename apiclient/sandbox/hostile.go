package sandbox

import "strconv"

// Queues that DemoOptions.Hostile adds to AloHub.
const (
	HostileCallin  int64 = 1009001 // its name has markup, a comma and a hyphen
	HostileCallout int64 = 13999   // its name is a formula
	CommaCallin    int64 = 1009002 // its name has the look of a second queue
)

func addHostile(t *Tenant) {
	t.Callin = append(t.Callin, Queue{HostileCallin, `<b>Đậm</b>, a-b "c"`}, Queue{CommaCallin, "Hà Nội,1000886-giả"})
	t.Callout = append(t.Callout, Queue{HostileCallout, "=1+1,\u202e<i>"})
	for i, name := range HostileNames() {
		t.Agents = append(t.Agents, Agent{
			ID: strconv.Itoa(199001 + i), UserName: name, Active: true,
			Callin: []int64{HostileCallin, CommaCallin}, Callout: []int64{HostileCallout},
			Priority: new(1), SystemStatus: Available, UserStatus: Available, Pinned: true,
		})
	}
	// A neighbour that a lost zero would turn "082018" into.
	t.Agents = append(t.Agents, Agent{ID: "82018", UserName: "Số không bị mất", Active: true, Callin: []int64{HostileCallin}, Pinned: true})
}
