package intake

import (
	"cmp"
	"slices"
	"strconv"
	"strings"

	"github.com/xuri/excelize/v2"

	"github.com/alohub/agentconsole/sheets"
	"github.com/alohub/agentconsole/typed"
)

// Code is what is wrong, for the catalogues.
type Code string

// The codes of a Fault.
const (
	UnknownAgent Code = "unknown-agent" // Text is no known extension
	LostZero     Code = "lost-zero"     // Text is one but for zeros in front: Candidates
	DoubleAgent  Code = "double-agent"  // twice; of a file Other is the row that has it first
	NoAgent      Code = "no-agent"      // a row that asks for something of nobody

	NoAgentColumn   Code = "no-agent-column"
	NothingToChange Code = "nothing-to-change" // no column changes anything
	OnlyAList       Code = "only-a-list"       // the console's list of agents, without a column that changes anything
	UnknownColumn   Code = "unknown-column"    // Text is its header
	DoubleColumn    Code = "double-column"     // Text is its header, Other the column that means the same

	UnknownQueue  Code = "unknown-queue"    // Text is nobody's id or name; Candidates may be meant
	WhichQueue    Code = "which-queue"      // Text is the name of several: Candidates
	TooManyQueues Code = "too-many-queues"  // more than MaxQueues in a cell
	AddAndRemove  Code = "add-and-remove"   // the queue Text is to be joined and left in one row
	TwoWays       Code = "list-and-changes" // a whole list, and queues to add or remove, in one row
	EmptyList     Code = "empty-list"       // a list was emptied, which the API refuses

	BadPriority  Code = "priority"  // Text is no whole number from 0 to 999,999,999
	BadRecording Code = "recording" // Text is neither on nor off

	Formula    Code = "formula"     // a formula without a stored value
	MergedCell Code = "merged"      // covered by a merged block that begins elsewhere
	ErrorValue Code = "error-value" // #N/A and its like
)

// Codes are all codes.
func Codes() []Code {
	return []Code{
		UnknownAgent, LostZero, DoubleAgent, NoAgent, NoAgentColumn, NothingToChange, OnlyAList, UnknownColumn, DoubleColumn,
		UnknownQueue, WhichQueue, TooManyQueues, AddAndRemove, TwoWays, EmptyList, BadPriority, BadRecording, Formula, MergedCell, ErrorValue,
	}
}

// Fault is one thing that is wrong, and where.
type Fault struct {
	// Row and Column are as the sheet counts them, from 1; 0 of what was pasted, or is
	// about no one cell.
	Row, Column int
	Code        Code
	Text        string // what stands there, foreign text, cut to what a line can show
	// Candidates are what may be meant: extensions, or queues as "1000886 · Name".
	Candidates []string
	Other      int // see Code
}

// Blocks reports whether nothing may be sent before it is mended. An extension that was
// pasted twice is a note: it is taken once. Of a file both rows ask for something.
func (f Fault) Blocks() bool { return f.Code != DoubleAgent || f.Row != 0 }

// Key is the message that says it to people; Data are its placeholders.
func (f Fault) Key() string {
	key := "intake." + string(f.Code)
	switch {
	case f.Code == UnknownQueue && len(f.Candidates) > 0:
		return key + "-like"
	case !f.Blocks():
		return key + "-once"
	}
	return key
}

// Data are the placeholders of the message, names and values in turn.
func (f Fault) Data() []any {
	return []any{"Text", f.Text, "Candidates", strings.Join(f.Candidates, ", "), "Other", f.Other}
}

// At is the cell as spreadsheets name it, "C12"; "" where it is about no one cell.
func (f Fault) At() string {
	at, err := excelize.CoordinatesToCellName(f.Column, f.Row)
	if err != nil {
		return ""
	}
	return at
}

// MaxFaults bounds the faults that are told one by one.
const MaxFaults = 200

// maxText bounds the foreign text of a fault.
const maxText = 80

// faults collects what is wrong, the first MaxFaults of it.
type faults struct {
	list []Fault
	more int
}

// add takes a fault. candidates are asked for only where they are told.
func (f *faults) add(fault Fault, candidates func() []string) {
	if len(f.list) == MaxFaults {
		f.more++
		return
	}
	fault.Text = typed.Line(fault.Text, maxText)
	if candidates != nil {
		fault.Candidates = candidates()
	}
	f.list = append(f.list, fault)
}

// sorted are the faults by row and column.
func (f *faults) sorted() []Fault {
	slices.SortStableFunc(f.list, func(a, b Fault) int { return cmp.Or(cmp.Compare(a.Row, b.Row), cmp.Compare(a.Column, b.Column)) })
	return f.list
}

// problems are what package sheets says of a cell, as faults.
var problems = map[sheets.Problem]Code{sheets.Unvalued: Formula, sheets.Merged: MergedCell, sheets.ErrorValue: ErrorValue}

// columnName is a column's letters, for a fault that names another column.
func columnName(column int) string {
	name, err := excelize.ColumnNumberToName(column)
	if err != nil {
		return strconv.Itoa(column)
	}
	return name
}
