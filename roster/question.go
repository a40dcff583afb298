package roster

import (
	"slices"
	"strconv"
	"strings"
)

// Confirm is a reason why a plan is not sent without a person's confirmation.
type Confirm string

// The reasons to confirm.
const (
	ConfirmUnsure   Confirm = "unsure"   // the list may be missing queues: Plan.Unsure
	ConfirmRemoval  Confirm = "removal"  // the agent is taken out of a queue
	ConfirmQueue    Confirm = "queue"    // a queue is left without an agent
	ConfirmUnread   Confirm = "unread"   // whether the agent is in a queue was not read, or too long ago
	ConfirmDoubtful Confirm = "doubtful" // the API contradicts our own last write of a queue
	ConfirmPriority Confirm = "priority" // the priority cannot be kept as it is
)

// Question is one thing that a person has to confirm.
type Question struct {
	Why   Confirm
	Queue int64  // of all but ConfirmUnsure and ConfirmPriority
	About Unsure // of ConfirmUnsure
}

// Code names the question in a form: "removal:1000886", "unsure:one-shown".
func (q Question) Code() string {
	switch {
	case q.About != "":
		return string(q.Why) + ":" + string(q.About)
	case q.Queue == 0:
		return string(q.Why)
	}
	return string(q.Why) + ":" + strconv.FormatInt(q.Queue, 10)
}

// Lasting reports whether an answer holds beyond the change at hand, as long as
// nothing new comes up: it is about queues that nobody here has seen.
func (q Question) Lasting() bool {
	return q.Why == ConfirmUnsure && (q.About == OneShown || q.About == CalloutOneShown || q.About == CrawlIncomplete)
}

// Questions are what a person has to confirm before the plan is sent, without what
// they have answered already.
func (p Plan) Questions() []Question {
	return slices.DeleteFunc(p.questions(), func(q Question) bool { return slices.Contains(p.Answered, q.Code()) })
}

func (p Plan) questions() []Question {
	if p.Nothing || p.Intent.Verb == Record {
		return nil
	}
	var out []Question
	for _, why := range p.Unsure {
		if why == EvidenceIncomplete && len(p.Unread) > 0 {
			for _, queue := range p.Unread {
				out = append(out, Question{Why: ConfirmUnread, Queue: queue})
			}
			continue
		}
		out = append(out, Question{Why: ConfirmUnsure, About: why})
	}
	for _, d := range p.Doubts {
		if d.open(p) {
			out = append(out, Question{Why: ConfirmDoubtful, Queue: d.Queue})
		}
	}
	// Who takes a change back has said what is to leave the list, but not that
	// nobody will be left there.
	if p.Intent.Verb != Undo {
		for _, queue := range p.Removed() {
			out = append(out, Question{Why: ConfirmRemoval, Queue: queue})
		}
	}
	priority := false
	for _, w := range p.Warnings {
		switch w.Code {
		case WarnLeavesQueue:
			out = append(out, Question{Why: ConfirmQueue, Queue: w.Queue})
		case WarnPriorityUnreadable, WarnPriorityDiffers, WarnPriorityMoved, WarnPriorityDoubtful:
			priority = true
		}
	}
	if priority {
		out = append(out, Question{Why: ConfirmPriority})
	}
	return out
}

// Asks reports whether one of the plan's questions is of that kind.
func (p Plan) Asks(why Confirm) bool {
	return slices.ContainsFunc(p.Questions(), func(q Question) bool { return q.Why == why })
}

// Consent is what a person's answer covers. The zero Consent covers nothing.
type Consent struct {
	Given bool // they said yes
	// To are the codes of the questions they had been shown; where it is empty, a
	// yes is to whatever is asked.
	To []string
	// Unread: whatever queues were not read, or too long ago. They were shown how many,
	// and how old what is known of them is.
	Unread bool
}

// ConsentToAll is the consent to whatever a plan turns out to ask.
func ConsentToAll() Consent { return Consent{Given: true} }

// ConsentOf reads the answer in a form: whether it says yes, and to what, as
// ShownBy wrote it. A form that does not name what it showed consents to all.
// One that names nothing, though it has the field, consents to nothing.
func ConsentOf(confirmed bool, shown string, named bool) Consent {
	c := Consent{Given: confirmed && (shown != "" || !named)}
	if shown != "" {
		c.To = strings.Split(shown, ",")
	}
	return c
}

// ShownBy writes what a page that shows the plan's questions asks, for ConsentOf
// to read in the answer.
func ShownBy(p Plan) string {
	var codes []string
	for _, q := range p.Questions() {
		codes = append(codes, q.Code())
	}
	return strings.Join(codes, ",")
}

// Covers reports whether the consent answers all that the plan asks. The plan is
// the one made from the fresh read, which may ask for more than the page did that
// was answered.
func (c Consent) Covers(p Plan) bool {
	for _, q := range p.Questions() {
		if c.Unread && q.Why == ConfirmUnread {
			continue
		}
		if !c.Given || len(c.To) > 0 && !slices.Contains(c.To, q.Code()) {
			return false
		}
	}
	return true
}
