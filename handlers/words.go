package handlers

import (
	"strings"
	"time"

	"github.com/alohub/agentconsole/apiclient"
	"github.com/alohub/agentconsole/journal"
	"github.com/alohub/agentconsole/roster"
	"github.com/alohub/agentconsole/templates/components"
)

// The codes of the domain in words: what a code is called in the catalogues is said
// here, once for each kind of code.

// whyNotID is the catalogue's id of why a list cannot be written.
func whyNotID(why roster.WhyNot) string { return "whynot." + string(why) }

// whyNot says why a list cannot be written, "" where it can.
func (p presenter) whyNot(why roster.WhyNot) string {
	if why == "" {
		return ""
	}
	return p.say.T(whyNotID(why))
}

// doubts say why a list may lack a queue.
func (p presenter) doubts(reasons []roster.Unsure) []string {
	words := make([]string, len(reasons))
	for i, why := range reasons {
		words[i] = p.say.T("unsure." + string(why))
	}
	return words
}

// reasons say why a plan asks about what the API does not show, or contradicts.
func (p presenter) reasons(plan roster.Plan) []string {
	var words []string
	var unread []int64
	for _, q := range plan.Questions() {
		switch q.Why {
		case roster.ConfirmUnsure:
			words = append(words, p.doubts([]roster.Unsure{q.About})...)
		case roster.ConfirmUnread:
			unread = append(unread, q.Queue)
		case roster.ConfirmDoubtful:
			for _, d := range plan.Doubts {
				if d.Queue == q.Queue {
					words = append(words, p.doubtful(d)+" "+p.say.T("doubt."+string(d.Kind)+"_stays"))
				}
			}
		}
	}
	if len(unread) > 0 {
		chips := p.namer(plan.Type()).chips(unread[:min(len(unread), mostNamed)])
		words = append(words, p.say.N("unsure.unread", len(unread), "Names", names(chips), "More", max(len(unread)-mostNamed, 0)))
	}
	return words
}

// mostNamed is how many queues a sentence names.
const mostNamed = 8

// doubtful says what the API contradicts of our own last write.
func (p presenter) doubtful(d roster.Doubt) string {
	label := components.Chip{ID: d.Queue, Name: d.Name}.Label()
	return p.say.T("doubt."+string(d.Kind), "Queue", label, "Ago", p.ago(p.now().Sub(d.SentAt)))
}

// ago says how long something is over.
func (p presenter) ago(d time.Duration) string {
	switch {
	case d < time.Minute:
		return p.say.N("ago.seconds", int(max(d, 0)/time.Second))
	case d < 2*time.Hour:
		return p.say.N("ago.minutes", int(d/time.Minute))
	}
	return p.say.N("ago.hours", int(d/time.Hour))
}

func (p presenter) warning(w roster.Warning) string {
	queue := ""
	if w.Queue != 0 {
		queue = p.namer(apiclient.Callin).chips([]int64{w.Queue})[0].Label()
	}
	return p.say.T("warning."+string(w.Code), "Queue", queue, "Text", w.Text)
}

// ownCode reports whether a code of a change is the console's own: it says more than
// the result that it comes with.
func ownCode(code string) bool { return code == roster.CodeNotSent || code == journal.CodeNotApplied }

// result is how a change came out, in a word or two.
func (p presenter) result(result journal.Result, code string) string {
	if ownCode(code) {
		return p.say.T("result." + strings.ToLower(code))
	}
	return p.say.T("result." + string(result))
}

// cameOut says how a change of queues came out, in a title and a sentence.
func (p presenter) cameOut(result journal.Result, code string) (title, text string) {
	word := string(result)
	if ownCode(code) {
		word = strings.ToLower(code)
	}
	return p.said(word)
}

// said are the title and the sentence of an outcome.
func (p presenter) said(word string) (title, text string) {
	return p.say.T("outcome." + word + ".title"), p.say.T("outcome." + word + ".text")
}

// typeName is what a queue type is called.
func (p presenter) typeName(typ string) string { return p.say.T("editor." + typ) }

// detail is the API's own sentence where it tells people anything: not of a success.
func detail(result journal.Result, message string) string {
	if result == journal.Verified || result == journal.Accepted {
		return ""
	}
	return message
}

func isOpen(r journal.Result) bool { return r == journal.Unknown || r == journal.Intent }
