package stories

import (
	"github.com/alohub/agentconsole/templates/components"
	"github.com/alohub/agentconsole/templates/layouts"
)

// failure is of a kind, in the words of a message of the table of problems.
func (t *teller) failure(kind, message string) components.Failure {
	return components.Failure{Kind: kind, Title: t.say.T(message + ".title"), Text: t.say.T(message + ".text")}
}

// limited is a limit that was met, and goes on by itself.
func (t *teller) limited() components.Failure {
	f := t.failure("rate-limited", "problem.limited")
	f.RetryAfter = 7
	return f
}

// outage has the bar stand that says so.
func outage(o components.Outage) func(*Story) {
	return shell(func(c *layouts.Chrome) { c.Outage = &o })
}
