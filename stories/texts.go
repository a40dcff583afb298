package stories

import (
	"fmt"
	"strings"

	"github.com/alohub/agentconsole/templates/components"
	"github.com/alohub/agentconsole/templates/partials"
	"github.com/alohub/agentconsole/web/paths"
)

// The texts that break things: 300 letters without a space, and names that run from right to
// left, one of them with a number at its end.
const (
	arabic = "محمد عبد الله الأنصاري"
	hebrew = "שירות לקוחות צפון 24/7"
)

func endless() string { return strings.Repeat("Không", 60) }

// names are people as they are mostly called.
func names() []string {
	return []string{"Nguyễn Thị Ánh Nguyệt", "Trần Văn Hùng", "Lê Hoàng Phương Thảo", "Phạm Minh Đức", "Võ Thị Thanh Hằng", "Đặng Quốc Bảo", "Bùi Thu Hà"}
}

// queueNames are queues as they are mostly called.
func queueNames() []string {
	return []string{"CSKH Miền Bắc", "Kỹ thuật", "Khách hàng VIP", "test", "Tổng đài chính – giờ hành chính", "Bảo hành", "Thu cước"}
}

// chips are so many queues. Each seventh has no name.
func chips(p paths.Paths, typ string, n int) []components.Chip {
	all := make([]components.Chip, n)
	for i := range all {
		id := int64(1000880 + 6*i)
		name := queueNames()[i%7]
		switch {
		case i%7 == 6:
			name = ""
		case i >= 7:
			name = fmt.Sprintf("%s %d", name, i/7+1)
		}
		certainty := "confirmed"
		if typ == "callout" {
			certainty = "seen"
		}
		all[i] = components.Chip{ID: id, Name: name, Certainty: certainty, URL: p.Queue(id, typ)}
	}
	return all
}

// hardChips are queues whose names break things.
func hardChips(p paths.Paths, typ string) []components.Chip {
	all := chips(p, typ, 5)
	for i, name := range []string{arabic, endless(), hebrew, "", "<b>đậm</b> & \"ngoặc\""} {
		all[i].Name = name
	}
	all[1].Certainty, all[3].Certainty = "listed", "sent"
	return all
}

// row is an agent whose row has nothing remarkable.
func (t *teller) row(p paths.Paths, i int) partials.AgentRow {
	id := fmt.Sprintf("%06d", 82000+i)
	return partials.AgentRow{
		ID: id, URL: p.Agent(id), EditCallin: p.AgentQueues(id, "callin"), EditCallout: p.AgentQueues(id, "callout"),
		Name: names()[i%7], Active: new(true), Priority: "1", FollowMe: new(false),
		System: []string{"AVAILABLE", "NOT AVAILABLE", "AVAILABLE"}[i%3], User: []string{"AVAILABLE", "LOGOUT"}[i%2],
		Callin: chips(p, "callin", 1+i%4), Callout: chips(p, "callout", i%2),
		Recording: components.Recording{Agent: id, PostURL: p.AgentRecording(id), State: "never"},
	}
}
