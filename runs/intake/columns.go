package intake

import (
	"strings"

	"github.com/alohub/agentconsole/sheets"
	"github.com/alohub/agentconsole/typed"
)

// column is what a column means.
type column string

// The columns.
const (
	colAgent       column = "agent"
	colName        column = "name"
	colAdd         column = "add"
	colRemove      column = "remove"
	colQueues      column = "queues"
	colWas         column = "queues_was"
	colCallout     column = "callout"
	colCalloutWas  column = "callout_was"
	colPriority    column = "priority"
	colPriorityWas column = "priority_was"
	colRecording   column = "recording"
	colIgnored     column = "" // carried by a file of ours, or by anybody's, and changes nothing
)

// headers are what a header may be called, folded.
var headers = words(map[column]string{
	colAgent: "agent, agents, agent id, agent_id, agentid, extension, extensions, ext, extension number, " +
		"máy nhánh, số máy nhánh, mã máy nhánh, tổng đài viên, mã tổng đài viên, mã agent, số nội bộ",
	colAdd: "add, add to, add queue, add queues, add to queue, add to queues, join, " +
		"thêm, thêm vào, thêm hàng đợi, thêm vào hàng đợi",
	colRemove: "remove, remove from, remove queue, remove queues, remove from queue, remove from queues, leave, " +
		"gỡ, gỡ khỏi, gỡ hàng đợi, gỡ khỏi hàng đợi, bỏ, bỏ khỏi, bỏ hàng đợi, rút, rút khỏi, rút khỏi hàng đợi, xóa khỏi, xóa khỏi hàng đợi",
	colQueues:      "queue, queues, callin, callin queue, callin queues, replace, replace with, hàng đợi, hàng đợi callin, thay bằng",
	colWas:         "was, queues was, callin was, as downloaded, queues as downloaded, callin as downloaded, lúc tải về, hàng đợi lúc tải về, callin lúc tải về, hàng đợi callin lúc tải về",
	colCallout:     "callout, callout queue, callout queues, hàng đợi callout",
	colCalloutWas:  "callout was, callout as downloaded, callout lúc tải về, hàng đợi callout lúc tải về",
	colPriority:    "priority, ưu tiên, độ ưu tiên, mức ưu tiên",
	colPriorityWas: "priority was, priority as downloaded, ưu tiên lúc tải về, độ ưu tiên lúc tải về",
	colRecording:   "recording, record, ghi âm",
	colIgnored: "name, agent name, full name, tên, họ tên, họ và tên, tên tổng đài viên, note, notes, ghi chú, no, no., stt, #, " +
		"status, trạng thái, callin ids, mã callin, callout ids, mã callout, follow-me, system, hệ thống, user, người dùng",
})

// ofTheList are the headers that only the console's list of agents has. Its columns show
// what is there in words and are not for sending back, whatever else a file with one of
// these is used for.
var ofTheList = map[string]bool{"callin ids": true, "ma callin": true, "callout ids": true, "ma callout": true}

// shownInTheList are the headers of that list that would otherwise change something.
var shownInTheList = map[string]bool{"callin": true, "callout": true, "priority": true, "uu tien": true, "recording": true, "ghi am": true}

func words(of map[column]string) map[string]column {
	out := map[string]column{}
	for c, names := range of {
		for name := range strings.SplitSeq(names, ", ") {
			out[typed.Fold(name)] = c
		}
	}
	return out
}

// changes reports whether a column of the kind changes anything.
func (c column) changes() bool {
	switch c {
	case colAdd, colRemove, colQueues, colCallout, colPriority, colRecording:
		return true
	}
	return false
}

// head is a header that was understood.
type head struct {
	row     int
	at      map[column]int // from 0
	list    bool           // of the console's list of agents
	ignored []string
	titled  map[int]bool // the columns with something in the header
}

// has reports whether the file has the column.
func (h head) has(c column) bool { _, ok := h.at[c]; return ok }

// useful reports whether a table under this header can ask for something.
func (h head) useful() bool {
	for c := range h.at {
		if c.changes() {
			return h.has(colAgent)
		}
	}
	return false
}

// headOf understands a header. What it does not is a fault.
func headOf(row sheets.Row, found *faults) head {
	h := head{row: row.Number, at: map[column]int{}, titled: map[int]bool{}}
	folded := make([]string, len(row.Cells))
	for i, cell := range row.Cells {
		folded[i] = strings.Trim(typed.Fold(cell.Text), " *:")
		h.list = h.list || ofTheList[folded[i]]
	}
	for i, cell := range row.Cells {
		fault := Fault{Row: row.Number, Column: i + 1, Text: cell.Text}
		h.titled[i] = folded[i] != "" || cell.Problem != ""
		if cell.Problem != "" {
			fault.Code = problems[cell.Problem]
			found.add(fault, nil)
			continue
		}
		if folded[i] == "" {
			continue
		}
		kind, known := headers[folded[i]]
		first, taken := h.at[kind]
		switch {
		case !known:
			fault.Code = UnknownColumn
			found.add(fault, nil)
		case kind == colIgnored, h.list && shownInTheList[folded[i]]:
			h.ignored = append(h.ignored, typed.Line(cell.Text, maxText))
		case taken:
			fault.Code, fault.Other = DoubleColumn, first+1
			found.add(fault, func() []string { return []string{columnName(first + 1)} })
		default:
			h.at[kind] = i
		}
	}
	return h
}
