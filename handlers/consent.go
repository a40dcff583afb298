package handlers

import (
	"slices"
	"strconv"
	"strings"

	"github.com/alohub/agentconsole/roster"
)

// accepts says which questions a person's answer covers: those that the page had
// asked, or all where the form does not name them.
func accepts(confirmed bool, shown string) roster.Consent {
	return func(p roster.Plan) bool {
		if !confirmed {
			return false
		}
		if shown == "" {
			return true
		}
		asked := strings.Split(shown, ",")
		return !slices.ContainsFunc(confirmCodes(p), func(code string) bool { return !slices.Contains(asked, code) })
	}
}

// confirmCodes name each thing a plan asks a person, with the queue it is about.
func confirmCodes(p roster.Plan) []string {
	var codes []string
	for _, why := range p.Confirm {
		switch why {
		case roster.ConfirmRemoval:
			for _, id := range p.Removed {
				codes = append(codes, string(why)+":"+strconv.FormatInt(id, 10))
			}
		case roster.ConfirmQueue:
			for _, w := range p.Warnings {
				if w.Code == roster.WarnLeavesQueue {
					codes = append(codes, string(why)+":"+strconv.FormatInt(w.Queue, 10))
				}
			}
		default:
			codes = append(codes, string(why))
		}
	}
	return codes
}
