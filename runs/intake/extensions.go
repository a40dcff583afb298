package intake

import (
	"strings"
	"unicode"

	"github.com/alohub/agentconsole/apiclient"
	"github.com/alohub/agentconsole/roster"
	"github.com/alohub/agentconsole/typed"
)

// Directory is what is known of a tenant. It is asked for each cell of a file, so each
// answer has to be cheap; QueuesLike alone is asked for faults that are told.
type Directory interface {
	// Known is what is known of the agent of exactly this extension.
	Known(extension string) (roster.Agent, bool)
	// ExtensionLike is the one extension that a text is but for zeros in front, or "".
	ExtensionLike(text string) string
	// Queue reports whether the id is of a known queue.
	Queue(typ apiclient.QueueType, id int64) bool
	// QueuesNamed are the known queues of that name, whatever case and accents.
	QueuesNamed(typ apiclient.QueueType, name string) []roster.Queue
	// QueuesLike are the known queues that may be meant by a text.
	QueuesLike(typ apiclient.QueueType, text string) []roster.Queue
}

// Extensions reads extensions as people paste them: whatever stands between them, as cells
// or in lines. agents has each known one once, in order. What is no extension is a fault
// once, and so is one that came twice (see Fault.Blocks). The faults are not bounded but
// by the texts.
func Extensions(dir Directory, texts []string) (agents []string, found []Fault) {
	seen, told := map[string]bool{}, map[string]bool{}
	fault := func(code Code, text string, candidates ...string) {
		if key := string(code) + text; !told[key] {
			told[key] = true
			found = append(found, Fault{Code: code, Text: typed.Line(text, maxText), Candidates: candidates})
		}
	}
	for _, text := range texts {
		words := Words(text)
		if _, ok := dir.Known(typed.Clean(text)); ok {
			words = []string{text} // one extension, with a separator in it
		}
		for _, word := range words {
			agent, code := agentOf(dir, word)
			switch {
			case code == LostZero:
				fault(code, word, agent)
			case code != "":
				fault(code, word)
			case seen[agent]:
				fault(DoubleAgent, agent)
			default:
				seen[agent] = true
				agents = append(agents, agent)
			}
		}
	}
	return agents, found
}

// Words are what stands in a text between separators, each as it was meant.
func Words(text string) (words []string) {
	for _, word := range strings.FieldsFunc(text, between) {
		if word = typed.Clean(word); word != "" {
			words = append(words, word)
		}
	}
	return words
}

// between reports whether a character separates extensions.
func between(r rune) bool {
	return unicode.IsSpace(r) || strings.ContainsRune(",;/|，；／｜、", r)
}

// agentOf is the agent of an extension; of one that lost its zeros the one that may be
// meant, with the code.
func agentOf(dir Directory, extension string) (id string, code Code) {
	if a, ok := dir.Known(extension); ok {
		return a.ID, ""
	}
	if like := dir.ExtensionLike(extension); like != "" {
		return like, LostZero
	}
	return "", UnknownAgent
}
