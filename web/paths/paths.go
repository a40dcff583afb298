// Package paths builds every URL the console links to, base path included. It is
// a leaf: views and handlers both use it, and it uses nothing of the console.
package paths

import (
	"net/url"
	"strconv"
	"strings"
)

// Paths builds URLs below one base path. The zero value stands for "/".
type Paths struct{ base string }

// New takes the normalised base path: "" for the root, else "/prefix" without a
// slash at its end.
func New(base string) Paths { return Paths{base: strings.TrimRight(base, "/")} }

// Base returns the prefix, "" for the root.
func (p Paths) Base() string { return p.base }

// Home is where a person lands.
func (p Paths) Home() string { return p.base + "/" }

// SignIn is the key form. next is a path of this console to come back to, or "".
func (p Paths) SignIn(next string) string {
	if next == "" {
		return p.base + "/sign-in"
	}
	return p.base + "/sign-in?" + url.Values{"next": {next}}.Encode()
}

// SignOut ends the session (POST).
func (p Paths) SignOut() string { return p.base + "/sign-out" }

// Preferences sets language and theme (POST).
func (p Paths) Preferences() string { return p.base + "/preferences" }

// Palette finds pages, deeds, agents and queues by what is typed.
func (p Paths) Palette() string { return p.base + "/palette" }

// Demo is the page that sets the upstream of a demo, in which alone it exists. What
// follows sets one thing each (POST).
func (p Paths) Demo() string            { return p.base + "/_demo" }
func (p Paths) DemoPace() string        { return p.Demo() + "/second-admin" }
func (p Paths) DemoAnswers() string     { return p.Demo() + "/answers" }
func (p Paths) DemoFaults() string      { return p.Demo() + "/faults" }
func (p Paths) DemoFaultsClear() string { return p.DemoFaults() + "/clear" }
func (p Paths) DemoLimits() string      { return p.Demo() + "/limits" }
func (p Paths) DemoCalm() string        { return p.Demo() + "/calm" }

// Agents is the list under the given query.
func (p Paths) Agents(q AgentsQuery) string { return p.base + "/agents" + q.suffix() }

// AgentsStatus is the live refresh of the rows on a page of the list.
func (p Paths) AgentsStatus(q AgentsQuery) string { return p.base + "/agents/live" + q.suffix() }

// AgentsProgress is the crawl's progress bar.
func (p Paths) AgentsProgress(q AgentsQuery) string { return p.base + "/agents/progress" + q.suffix() }

// AgentsRead reads the list again (POST).
func (p Paths) AgentsRead(q AgentsQuery) string { return p.base + "/agents/read" + q.suffix() }

// AgentsFile is the list as filtered, all pages.
func (p Paths) AgentsFile(q AgentsQuery, f File) string {
	q.Page, q.Size = 0, 0
	return f.of(p.base+"/agents", q.suffix())
}

// File is what kind of file a list is given as.
type File uint8

// The kinds of file. In languages whose numbers have a comma, spreadsheets want
// semicolons.
const (
	XLSX File = iota
	CSV
	CSVSemicolon
)

// SeparatorField is the field of an address that says what separates the cells of a CSV
// file, Semicolon its one value.
const (
	SeparatorField = "sep"
	Semicolon      = "semicolon"
)

func (f File) of(list, query string) string {
	switch f {
	case XLSX:
		return list + ".xlsx" + query
	case CSVSemicolon:
		return With(list+".csv"+query, SeparatorField, Semicolon)
	}
	return list + ".csv" + query
}

// Agent is one agent's page.
func (p Paths) Agent(id string) string { return p.base + "/agents/" + url.PathEscape(id) }

// Editor is the page of the editor, whichever list it is open on.
func (p Paths) Editor(id string) string { return p.Agent(id) + "/queues" }

// AgentQueues is the editor of an agent's queues; typ is "callin" or "callout".
func (p Paths) AgentQueues(id, typ string) string {
	return p.Editor(id) + "?type=" + url.QueryEscape(typ)
}

// AgentQueuesResult is the editor showing what came of the change with that id.
func (p Paths) AgentQueuesResult(id, typ, change string) string {
	return p.AgentQueues(id, typ) + "&change=" + url.QueryEscape(change)
}

// Draft is the editor opened on what somebody had typed before they had to
// sign in again. priorityBase is what the editor had shown, nil where the form did
// not say.
func (p Paths) Draft(id, typ string, queueIDs []string, base, priority string, priorityBase *string) string {
	// Ids are joined, as they may be typed too: a list of hundreds has to fit a URL.
	ids, words := []string{}, []string{}
	for _, q := range queueIDs {
		if strings.Trim(q, "0123456789") == "" {
			ids = append(ids, q)
		} else {
			words = append(words, q)
		}
	}
	if len(ids) > 0 {
		words = append([]string{strings.Join(ids, ",")}, words...)
	}
	v := url.Values{"type": {typ}, "draft": {"1"}, "queue_ids": words, "base": {base}}
	if priority != "" {
		v.Set("priority", priority)
	}
	if priorityBase != nil {
		v.Set("priority_base", *priorityBase)
	}
	return p.Editor(id) + "?" + v.Encode()
}

// AgentRead reads an agent again (POST).
func (p Paths) AgentRead(id string) string { return p.Agent(id) + "/read" }

// AgentRecording switches recording (POST).
func (p Paths) AgentRecording(id string) string { return p.Agent(id) + "/recording" }

// AgentChange is the agent's page with what came of the change with that id.
func (p Paths) AgentChange(id, change string) string {
	return p.Agent(id) + "?change=" + url.QueryEscape(change)
}

// Saving is a change that goes on by itself.
func (p Paths) Saving(id string) string { return p.base + "/savings/" + url.PathEscape(id) }

// SavingNow has it go on with what is known (POST), SavingCancel ends it (POST).
func (p Paths) SavingNow(id string) string    { return p.Saving(id) + "/now" }
func (p Paths) SavingCancel(id string) string { return p.Saving(id) + "/cancel" }

// Queues is the list of the tenant's queues, in that state.
func (p Paths) Queues(q RowsQuery) string { return q.at(p.base + "/queues") }

// KnownQueues is the form of the queue ids that are kept for the tenant.
func (p Paths) KnownQueues() string { return p.base + "/queues/known" }

// QueuesProgress is the list of queues while the crawl runs.
func (p Paths) QueuesProgress(q RowsQuery) string { return q.at(p.base + "/queues/progress") }

// QueuesRead reads the tenant again (POST).
func (p Paths) QueuesRead(q RowsQuery) string { return q.at(p.base + "/queues/read") }

// QueueRead reads a queue's members again (POST).
func (p Paths) QueueRead(id int64, typ string, q RowsQuery) string {
	return p.ofQueue(id, "/read", typ, q)
}

// QueueProgress is a queue's page while the crawl runs.
func (p Paths) QueueProgress(id int64, typ string, q RowsQuery) string {
	return p.ofQueue(id, "/progress", typ, q)
}

// QueueCandidates are agents who may join a queue, as the field that adds them suggests.
func (p Paths) QueueCandidates(id int64, typ string) string {
	return p.ofQueue(id, "/candidates", typ, RowsQuery{})
}

// EditorOptions are queues that an agent's editor suggests.
func (p Paths) EditorOptions(id, typ string) string {
	return p.Agent(id) + "/queues/options?type=" + url.QueryEscape(typ)
}

// QueueOptions are queues that a field suggests: of a type, or of both ("all").
func (p Paths) QueueOptions(of string) string { return p.base + "/queues/options?of=" + of }

func (p Paths) ofQueue(id int64, what, typ string, q RowsQuery) string {
	q.Type = typ
	return q.at(p.base + "/queues/" + strconv.FormatInt(id, 10) + what)
}

// Queue is one queue's page; typ is "callin" or "callout".
func (p Paths) Queue(id int64, typ string) string {
	s := p.base + "/queues/" + strconv.FormatInt(id, 10)
	if typ == "callout" {
		s += "?type=callout"
	}
	return s
}

// QueueRows is that page with its members in that state.
func (p Paths) QueueRows(id int64, typ string, q RowsQuery) string {
	q.Type = ""
	return q.at(p.Queue(id, typ))
}

// QueueResult is the queue's page with what came of the change with that id.
func (p Paths) QueueResult(id int64, typ string, q RowsQuery, change string) string {
	return With(p.QueueRows(id, typ, q), "change", change)
}

// QueueDraft is the queue's page with agents in the field that adds them.
func (p Paths) QueueDraft(id int64, typ string, q RowsQuery, agents string) string {
	return With(p.QueueRows(id, typ, q), "agent_id", agents)
}

// RecordingDraft is an agent's page with the question whether to switch recording.
func (p Paths) RecordingDraft(agent string, on bool) string {
	return With(p.Agent(agent), "recording", strconv.FormatBool(on))
}

// UndoDraft is the journal with the question whether to take a change back.
func (p Paths) UndoDraft(change string) string {
	return With(p.Changes(ChangesQuery{}), "undo", change)
}

// KnownQueuesDraft is the form of the queue ids that are kept, with what was typed in it.
func (p Paths) KnownQueuesDraft(text string) string {
	return With(p.KnownQueues(), "ids", text)
}

// With is an address with one field more.
func With(address, name, value string) string {
	sign := "?"
	if strings.Contains(address, "?") {
		sign = "&"
	}
	return address + sign + name + "=" + url.QueryEscape(value)
}

// QueueMembers adds or removes agents from the queue's side (POST).
func (p Paths) QueueMembers(id int64, typ string, q RowsQuery) string {
	return p.ofQueue(id, "/members", typ, q)
}

// Changes is the journal under the given query.
func (p Paths) Changes(q ChangesQuery) string { return p.base + "/changes" + q.suffix() }

// ChangesFile is the journal as filtered, all pages.
func (p Paths) ChangesFile(q ChangesQuery, f File) string {
	q.Before = ""
	return f.of(p.base+"/changes", q.suffix())
}

// UndoChange takes a change back by a write of its own (POST).
func (p Paths) UndoChange(id string) string {
	return p.base + "/changes/" + url.PathEscape(id) + "/undo"
}

// maxNext leaves room in a request's header for the session's cookie, and for being
// escaped once more as the key form's own field.
const maxNext = 4000

// Local returns next if it is a path of this console that is safe to redirect
// to, else "". Only an absolute path below the base passes: no scheme, no host,
// no "//", no backslash or control character that a browser would read as one.
func (p Paths) Local(next string) string {
	if next == "" || next[0] != '/' || len(next) > maxNext {
		return ""
	}
	for _, r := range next {
		if r < 0x20 || r == 0x7f || r == '\\' {
			return ""
		}
	}
	if strings.HasPrefix(next, "//") {
		return ""
	}
	u, err := url.Parse(next)
	if err != nil || u.Scheme != "" || u.Host != "" || u.User != nil || strings.Contains(u.Path, "//") {
		return ""
	}
	for segment := range strings.SplitSeq(u.Path, "/") {
		if segment == ".." || segment == "." {
			return ""
		}
	}
	if p.base != "" && u.Path != p.base && !strings.HasPrefix(u.Path, p.base+"/") {
		return ""
	}
	rest := strings.TrimPrefix(u.Path, p.base)
	if rest == "/sign-in" || rest == "/sign-out" {
		return ""
	}
	return next
}

// Runs is the list of runs, from the newest, or below the one before.
func (p Paths) Runs(before string) string {
	if before == "" {
		return p.base + "/runs"
	}
	return With(p.base+"/runs", "before", before)
}

// NewRun is the form that plans a run.
func (p Paths) NewRun() string { return p.base + "/runs/new" }

// NewRunOf is that form for an operation.
func (p Paths) NewRunOf(operation string) string { return With(p.NewRun(), "operation", operation) }

// NewRunMatching is that form for all agents that a query of the list matches,
// RunChosenMatching is the file of them.
func (p Paths) NewRunMatching(q AgentsQuery) string    { return p.NewRun() + q.matching() }
func (p Paths) RunChosenMatching(q AgentsQuery) string { return p.RunChosen() + q.matching() }

// RunTemplate is the empty workbook for a run by file.
func (p Paths) RunTemplate() string { return p.base + "/runs/template.xlsx" }

// RunChosen is the present state of agents as a workbook that can be edited and sent back.
func (p Paths) RunChosen() string { return p.base + "/runs/agents.xlsx" }

// Run is a run's page, with the items of a state on a page of its own; "" and 0 for all,
// from the first.
func (p Paths) Run(id, state string, page int) string {
	u := p.base + "/runs/" + url.PathEscape(id)
	if state != "" {
		u = With(u, "state", state)
	}
	if page > 0 {
		u = With(u, "page", strconv.Itoa(page))
	}
	return u
}

// RunLive is how far a run is, for its page as it stands.
func (p Paths) RunLive(id, state string, page int) string {
	path, query, _ := strings.Cut(p.Run(id, state, page), "?")
	if query != "" {
		query = "?" + query
	}
	return path + "/live" + query
}

// RunAct is what a person does to a run: "start", "pause", "resume", "cancel", "retry",
// "undo", "tick", "keep", "again", "reverse".
func (p Paths) RunAct(id, act string) string { return p.Run(id, "", 0) + "/" + act }

// RunFile is a run's result as a file.
func (p Paths) RunFile(id string, f File) string { return f.of(p.Run(id, "", 0), "") }
