package intake_test

import (
	"bytes"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"

	"github.com/alohub/agentconsole/apiclient"
	"github.com/alohub/agentconsole/roster"
	"github.com/alohub/agentconsole/runs/intake"
	"github.com/alohub/agentconsole/sheets"
	"github.com/alohub/agentconsole/typed"
)

// office is a tenant that is known by heart.
type office struct {
	agents map[string]roster.Agent
	queues map[apiclient.QueueType][]roster.Queue
	asked  *int // how often queues were looked for by what they may mean
}

func setup() office {
	o := office{agents: map[string]roster.Agent{}, queues: map[apiclient.QueueType][]roster.Queue{}, asked: new(int)}
	for _, id := range []string{"082018", "082019", "082020", "100", "0100", "ext-7", "A B"} {
		o.agents[id] = roster.Agent{ID: id}
	}
	for id, name := range map[int64]string{
		10: "Chăm sóc khách hàng", 20: "Kỹ thuật", 24: "Ca đêm", 25: "24/7 Support", 30: "Bảo hành", 31: "Bảo hành", 40: "Bán hàng, CSKH; VIP", 1000886: "",
	} {
		o.queues[apiclient.Callin] = append(o.queues[apiclient.Callin], roster.Queue{ID: id, Type: apiclient.Callin, Name: name})
	}
	o.queues[apiclient.Callout] = []roster.Queue{{ID: 50, Type: apiclient.Callout, Name: "Gọi ra"}, {ID: 51, Type: apiclient.Callout, Name: "Thu nợ"}}
	for _, list := range o.queues {
		slices.SortFunc(list, func(a, b roster.Queue) int { return int(a.ID - b.ID) })
	}
	return o
}

func (o office) Known(id string) (roster.Agent, bool) {
	a, ok := o.agents[id]
	return a, ok
}

func (o office) ExtensionLike(text string) (found string) {
	for id := range o.agents {
		if id != text && typed.Digits(id) && typed.Digits(text) && strings.TrimLeft(id, "0") == strings.TrimLeft(text, "0") {
			if found != "" {
				return ""
			}
			found = id
		}
	}
	return found
}

func (o office) Queue(typ apiclient.QueueType, id int64) bool {
	return slices.ContainsFunc(o.queues[typ], func(q roster.Queue) bool { return q.ID == id })
}

func (o office) QueuesNamed(typ apiclient.QueueType, name string) (out []roster.Queue) {
	for _, q := range o.queues[typ] {
		if name != "" && typed.Fold(q.Name) == typed.Fold(name) {
			out = append(out, q)
		}
	}
	return out
}

func (o office) QueuesLike(typ apiclient.QueueType, text string) (out []roster.Queue) {
	*o.asked++
	for _, q := range o.queues[typ] {
		if q.Name != "" && strings.Contains(typed.Fold(q.Name), typed.Fold(text)) || slices.Contains(strings.FieldsFunc(text, func(r rune) bool { return r == '-' || r == ' ' }), strconv.FormatInt(q.ID, 10)) {
			out = append(out, q)
		}
	}
	return out
}

func must(t testing.TB, errs ...error) {
	t.Helper()
	if err := errors.Join(errs...); err != nil {
		t.Fatal(err)
	}
}

// csv reads a table that is written as CSV.
func csv(t *testing.T, text string) intake.Table {
	t.Helper()
	book, err := sheets.Open("x.csv", []byte(text))
	must(t, err)
	table, err := intake.Read(setup(), book, intake.Options{})
	must(t, err)
	return table
}

// xlsx reads a workbook.
func xlsx(t *testing.T, data []byte, opt intake.Options) intake.Table {
	t.Helper()
	book, err := sheets.Open("x.xlsx", data)
	must(t, err)
	defer book.Close()
	table, err := intake.Read(setup(), book, opt)
	must(t, err)
	return table
}

func bytesOf(t *testing.T, f *excelize.File) []byte {
	t.Helper()
	var b bytes.Buffer
	must(t, f.Write(&b))
	return b.Bytes()
}

// asks is what a table asks for, an intent a line.
func asks(table intake.Table) string {
	var out []string
	for _, in := range table.Intents {
		s := fmt.Sprint(in.Agent, " ", in.Verb)
		if in.Verb == roster.Record {
			s += fmt.Sprint(" ", in.Enabled)
		} else {
			s += " " + string(in.Type)
		}
		if len(in.From) > 0 {
			s += fmt.Sprint(" from ", in.From)
		}
		if in.Verb == roster.Edit {
			s += fmt.Sprint(" base ", in.Base)
		}
		if in.Type != "" {
			s += fmt.Sprint(" want ", in.Want)
		}
		if in.Priority != nil {
			s += fmt.Sprint(" priority ", *in.Priority)
		}
		if in.PriorityBase != nil {
			s += fmt.Sprintf(" was %q", *in.PriorityBase)
		}
		out = append(out, s)
	}
	return strings.Join(out, "\n")
}

// wrong is what is wrong with a table, a fault a line.
func wrong(found []intake.Fault) string {
	var out []string
	for _, f := range found {
		s := f.At()
		if s == "" {
			s = fmt.Sprint(f.Row)
		}
		s += " " + string(f.Code)
		if f.Text != "" {
			s += fmt.Sprintf(" %q", f.Text)
		}
		if len(f.Candidates) > 0 {
			s += " " + strings.Join(f.Candidates, ", ")
		}
		if f.Other != 0 {
			s += fmt.Sprint(" (", f.Other, ")")
		}
		out = append(out, s)
	}
	return strings.Join(out, "\n")
}
