package intake

import (
	"errors"
	"maps"
	"slices"
	"strconv"

	"github.com/alohub/agentconsole/apiclient"
	"github.com/alohub/agentconsole/roster"
	"github.com/alohub/agentconsole/sheets"
	"github.com/alohub/agentconsole/typed"
)

// Options say how a file is to be read.
type Options struct {
	Sheet      string // "" where none was chosen
	WithHidden bool   // also rows that are hidden, by a filter or by hand
}

// Table is what a file asks for.
type Table struct {
	// Intents are in the order of the rows: of one row callin, callout, recording. They are
	// worth something only where nothing blocks.
	Intents []roster.Intent
	Faults  []Fault  // by row and column, at most MaxFaults
	More    int      // how many more faults there are
	Rows    int      // that were read, beside the header
	Idle    int      // of these, those that ask for nothing
	Hidden  []int    // the numbers of the rows that were left out, because they are hidden
	Ignored []string // the headers of columns that were not read
	// Headless are the letters of the columns that hold something below the header and have
	// none: nothing of them was read.
	Headless []string
	// Sheets are those to choose from, where several may be meant; nothing was read then.
	Sheets []sheets.Sheet
	Sheet  string // the one that was read
}

// Blocked reports whether something has to be mended, or a sheet chosen, before anything
// may be sent.
func (t Table) Blocked() bool {
	return t.More > 0 || len(t.Sheets) > 0 || slices.ContainsFunc(t.Faults, Fault.Blocks)
}

// Read reads what a file asks for. Its first row with something in it is the header. Where
// no sheet was chosen it is the one sheet with anything in it, or with a useful header. An
// error is of the file (*sheets.UnreadableError); whatever its cells say is a fault.
func Read(dir Directory, book *sheets.Book, opt Options) (Table, error) {
	sheet, several, err := choose(book, opt.Sheet)
	if err != nil || len(several) > 0 {
		return Table{Sheets: several}, err
	}
	r := &reading{dir: dir, opt: opt, first: map[string]int{}, known: map[asked]meant{}, headless: map[int]bool{}}
	r.table.Sheet = sheet
	err = book.Rows(sheet, r.row)
	if errors.Is(err, errUseless) {
		err = nil
	}
	if err != nil {
		return Table{}, err
	}
	if r.head.row == 0 {
		r.faults.add(Fault{Code: NoAgentColumn}, nil)
	}
	for _, i := range slices.Sorted(maps.Keys(r.headless)) {
		r.table.Headless = append(r.table.Headless, columnName(i+1))
	}
	r.table.Faults, r.table.More, r.table.Ignored = r.faults.sorted(), r.faults.more, r.head.ignored
	return r.table, nil
}

// errEnough ends the reading of a sheet of which only the header is wanted.
var errEnough = errors.New("enough was read")

// choose is the sheet to read, or those that may be meant.
func choose(book *sheets.Book, chosen string) (sheet string, several []sheets.Sheet, err error) {
	var filled, useful []sheets.Sheet
	for _, s := range book.Sheets() {
		if s.Name == chosen {
			return chosen, nil, nil
		}
		if s.Hidden {
			continue
		}
		err := book.Rows(s.Name, func(row sheets.Row) error {
			filled = append(filled, s)
			if headOf(row, &faults{}).useful() {
				useful = append(useful, s)
			}
			return errEnough
		})
		if err != nil && !errors.Is(err, errEnough) {
			return "", nil, err
		}
	}
	for _, found := range [][]sheets.Sheet{filled, useful} {
		if len(found) == 1 && chosen == "" {
			return found[0].Name, nil, nil
		}
	}
	if len(filled) == 0 {
		return book.Sheets()[0].Name, nil, nil
	}
	return "", filled, nil
}

// asked is a text that was looked up.
type asked struct {
	typ  apiclient.QueueType
	text string
}

// reading is one sheet being read.
type reading struct {
	dir    Directory
	opt    Options
	head   head
	table  Table
	faults faults
	first  map[string]int // the row of an agent
	known  map[asked]meant
	// headless are the columns, from 0, that hold something and have no header.
	headless map[int]bool
}

// errUseless ends the reading of a sheet whose header leaves nothing to ask for.
var errUseless = errors.New("the header is of no use")

func (r *reading) row(row sheets.Row) error {
	if r.head.row == 0 {
		r.head = headOf(row, &r.faults)
		return r.usable()
	}
	for i, cell := range row.Cells {
		if cell.Text != "" && !r.head.titled[i] {
			r.headless[i] = true
		}
	}
	l := line{reading: r, row: row}
	asks := false
	for c := range r.head.at {
		cell := l.at(c)
		asks = asks || c != colAgent && (cell.Text != "" || cell.Problem != "" && (cell.Problem != sheets.Merged || l.at(colAgent).Text != ""))
	}
	switch {
	case !asks && l.at(colAgent).Text == "":
		// Nothing that is read stands in it.
	case row.Hidden && !r.opt.WithHidden:
		r.table.Hidden = append(r.table.Hidden, row.Number)
	case !asks:
		r.table.Rows++
		r.table.Idle++
	default:
		r.table.Rows++
		before := len(r.table.Intents)
		l.read()
		if len(r.table.Intents) == before && !l.faulty {
			r.table.Idle++
		}
	}
	return nil
}

// usable reports as faults what makes the rows not worth reading.
func (r *reading) usable() error {
	code := NothingToChange
	switch {
	case r.head.useful():
		return nil
	case !r.head.has(colAgent):
		code = NoAgentColumn
	case r.head.list:
		code = OnlyAList
	}
	r.faults.add(Fault{Row: r.head.row, Code: code}, nil)
	return errUseless
}

// line is a row being read.
type line struct {
	*reading
	row    sheets.Row
	faulty bool
}

// at is the cell of a column, empty where there is none.
func (l *line) at(c column) sheets.Read {
	if i, ok := l.head.at[c]; ok && i < len(l.row.Cells) {
		return l.row.Cells[i]
	}
	return sheets.Read{}
}

func (l *line) fault(c column, code Code, text string, other int, candidates func() []string) {
	l.faulty = true
	l.faults.add(Fault{Row: l.row.Number, Column: l.head.at[c] + 1, Code: code, Text: text, Other: other}, candidates)
}

// text is what stands in a cell, "" with a fault where it is not what is meant.
func (l *line) text(c column) string {
	cell := l.at(c)
	if cell.Problem == "" {
		return cell.Text
	}
	l.fault(c, problems[cell.Problem], cell.Text, 0, nil)
	return ""
}

// read adds what the row asks for.
func (l *line) read() {
	agent := l.agent()
	priority, base := l.priority()
	callin, ok := l.callin(agent, priority, base)
	callout, too := l.list(agent, apiclient.Callout, colCallout, colCalloutWas)
	recording := l.recording(agent)
	if l.faulty {
		return
	}
	if ok {
		l.table.Intents = append(l.table.Intents, callin)
	}
	if too && !callout.Idle() {
		l.table.Intents = append(l.table.Intents, callout)
	}
	if recording != nil {
		l.table.Intents = append(l.table.Intents, *recording)
	}
}

// agent is whom the row is about.
func (l *line) agent() string {
	if l.at(colAgent).Problem != "" {
		l.text(colAgent)
		return ""
	}
	text := l.at(colAgent).Text
	if text == "" {
		l.fault(colAgent, NoAgent, "", 0, nil)
		return ""
	}
	agent, code := agentOf(l.dir, text)
	switch {
	case code == LostZero:
		l.fault(colAgent, code, text, 0, func() []string { return []string{agent} })
	case code != "":
		l.fault(colAgent, code, text, 0, nil)
	case l.first[agent] != 0:
		l.fault(colAgent, DoubleAgent, agent, l.first[agent], nil)
	default:
		l.first[agent] = l.row.Number
	}
	return agent
}

// priority is the one that the row sets, nil for none, and the one that it was downloaded
// with, nil where the file does not say. What was not touched may be no number.
func (l *line) priority() (set *int, base *string) {
	text := l.text(colPriority)
	if l.head.has(colPriorityWas) {
		base = new(l.text(colPriorityWas))
	}
	if text == "" || base != nil && *base == text {
		return nil, base
	}
	n, err := strconv.Atoi(text)
	if err != nil || n < 0 || n > 999_999_999 || !typed.Digits(text) {
		l.fault(colPriority, BadPriority, text, 0, nil)
		return nil, base
	}
	return &n, base
}

// callin is what the row asks of the callin list and the priority; ok is false where that
// is nothing.
func (l *line) callin(agent string, priority *int, base *string) (in roster.Intent, ok bool) {
	add, remove := l.queues(apiclient.Callin, colAdd, nil), l.queues(apiclient.Callin, colRemove, nil)
	if both := roster.Both(add, remove); len(both) > 0 {
		l.fault(colRemove, AddAndRemove, strconv.FormatInt(both[0], 10), 0, nil)
	}
	list, listed := l.list(agent, apiclient.Callin, colQueues, colWas)
	changes := len(add) > 0 || len(remove) > 0
	switch {
	case listed && changes && !list.Idle():
		l.fault(colQueues, TwoWays, l.at(colQueues).Text, 0, nil)
		return in, false
	case len(add) > 0 && len(remove) > 0:
		in = roster.SwapIntent(agent, apiclient.Callin, remove, add, priority)
	case len(remove) > 0:
		in = roster.RemoveIntent(agent, apiclient.Callin, remove)
	case listed && !changes:
		in = list
	case len(add) > 0 || priority != nil:
		// To add nothing is to leave the list as it is, whatever it is.
		in = roster.AddIntent(agent, apiclient.Callin, add, priority)
	default:
		return in, false
	}
	in.Priority = priority
	if priority != nil {
		in.PriorityBase = base
	}
	idle := in.Idle() || in.Verb == roster.Add && len(in.Want) == 0 && !in.SetsPriority()
	return in, !idle
}

// list is what the row asks of a whole list; ok is false where that is nothing. Beside
// what the file was downloaded with it is an edit, which takes nothing away that somebody
// else added since.
func (l *line) list(agent string, typ apiclient.QueueType, c, was column) (in roster.Intent, ok bool) {
	base := l.queues(typ, was, nil)
	want := l.queues(typ, c, base)
	switch {
	case !l.head.has(c) || l.at(c).Problem != "":
		return in, false
	case len(want) == 0:
		if l.at(c).Text == "" && len(base) > 0 {
			l.fault(c, EmptyList, "", 0, nil)
		}
		return in, false
	case l.head.has(was):
		return roster.EditIntent(agent, typ, base, want, nil), true
	}
	return roster.ReplaceIntent(agent, typ, want, nil), true
}

// queues are those of a cell. Those of base were there when the file was downloaded, and
// need not be known; nor need those of a column that only says what was.
func (l *line) queues(typ apiclient.QueueType, c column, base []int64) (ids []int64) {
	cell := l.text(c)
	if cell == "" {
		return nil
	}
	find := func(text string) meant {
		m, ok := l.known[asked{typ, text}]
		if !ok {
			m = oneQueue(l.dir, typ, text)
			l.known[asked{typ, text}] = m
		}
		if m.id != 0 && (slices.Contains(base, m.id) || c == colWas || c == colCalloutWas) {
			m.code = ""
		}
		return m
	}
	if m := find(cell); m.code == "" {
		return []int64{m.id} // a name may hold what separates others
	}
	texts := split(cell)
	if l.at(c).Number {
		texts = []string{cell}
	}
	if len(texts) > MaxQueues {
		l.fault(c, TooManyQueues, cell, MaxQueues, nil)
		return nil
	}
	for _, text := range texts {
		m := find(text)
		if m.code != "" {
			l.fault(c, m.code, text, 0, func() []string { return candidates(l.dir, typ, text) })
			continue
		}
		ids = roster.AppendNew(ids, m.id)
	}
	if len(texts) == 0 {
		l.fault(c, UnknownQueue, cell, 0, nil) // nothing but separators
	}
	return ids
}

// switches are the words for on and off, folded.
var switches = map[string]bool{
	"on": true, "yes": true, "1": true, "true": true, "bat": true, "co": true,
	"off": false, "no": false, "0": false, "false": false, "tat": false, "khong": false,
}

// recording is what the row asks of recording, nil for nothing.
func (l *line) recording(agent string) *roster.Intent {
	text := l.text(colRecording)
	if text == "" {
		return nil
	}
	on, ok := switches[typed.Fold(text)]
	if !ok {
		l.fault(colRecording, BadRecording, text, 0, nil)
		return nil
	}
	return new(roster.RecordingIntent(agent, on))
}
