package intake

import (
	"strconv"
	"strings"

	"github.com/alohub/agentconsole/apiclient"
	"github.com/alohub/agentconsole/roster"
	"github.com/alohub/agentconsole/sheets"
	"github.com/alohub/agentconsole/typed"
)

// Template is an empty table to fill in, with a sheet that explains its columns. It has no
// example rows, which somebody would send. say says a message by its key.
func Template(say func(key string) string) sheets.Table {
	return tableOf(say, "intake.template", func(func([]sheets.Cell) error) error { return nil },
		colAgent, colAdd, colRemove, colQueues, colCallout, colPriority, colRecording)
}

// Present is what agents have now, to be edited and sent back: beside each list stands
// what it was, so that only what somebody changed is asked for, and only against that.
// label is how a queue is written; its id stands before it whatever it says.
func Present(say func(key string) string, agents []roster.Agent, label func(typ apiclient.QueueType, id int64) string) sheets.Table {
	t := tableOf(say, "intake.present", func(write func([]sheets.Cell) error) error {
		for _, a := range agents {
			callin, callout := listed(a, apiclient.Callin, label), listed(a, apiclient.Callout, label)
			priority := sheets.Text(text(a.Priority))
			cells := []sheets.Cell{
				sheets.ID(a.ID), sheets.Text(text(a.UserName)), callin, callin, callout, callout, priority, priority,
			}
			if err := write(cells); err != nil {
				return err
			}
		}
		return nil
	}, colAgent, colName, colQueues, colWas, colCallout, colCalloutWas, colPriority, colPriorityWas)
	t.CountName = say("file.count")
	return t
}

func tableOf(say func(key string) string, name string, rows func(write func([]sheets.Cell) error) error, columns ...column) sheets.Table {
	t := sheets.Table{Name: say(name), AboutName: say("file.about"), Rows: rows}
	for _, c := range columns {
		header := say("intake.column." + string(c))
		t.Header = append(t.Header, header)
		t.About = append(t.About, [2]string{header, say("intake.about." + string(c))})
	}
	return t
}

// listed is a list of queues as it is read again.
func listed(a roster.Agent, typ apiclient.QueueType, label func(apiclient.QueueType, int64) string) sheets.Cell {
	ids := roster.IDs(a.Memberships(typ))
	labels := make([]string, len(ids))
	for i, id := range ids {
		digits := strconv.FormatInt(id, 10)
		name := strings.TrimPrefix(strings.TrimPrefix(label(typ, id), digits), dot)
		labels[i] = digits
		// What separates queues would end this one's name.
		if name = strings.TrimSpace(strings.Map(blankSeparator, typed.Clean(name))); name != "" {
			labels[i] += dot + name
		}
	}
	joined := strings.Join(labels, "; ")
	if len(ids) == 1 && joined == strconv.FormatInt(ids[0], 10) {
		return sheets.ID(joined)
	}
	return sheets.Text(joined)
}

func blankSeparator(r rune) rune {
	if separates(r) {
		return ' '
	}
	return r
}

func text(p *string) string {
	if p == nil {
		return ""
	}
	return *p
}
