package runs

import (
	"time"
)

// Estimate is what a run costs, as far as can be said before it.
type Estimate struct {
	Calls  int
	Sweeps int
	Time   time.Duration
	// Known is false where no answer has named a limit yet.
	Known bool
	// Age is how old a fact may get that a change rests on. It is EvidenceAge where the
	// limit and the number of queues allow that.
	Age time.Duration
	// Batch is how many changes go between two sweeps.
	Batch int
}

// Exceeds reports whether a fact may get older than is set, where an age is.
func (e Estimate) Exceeds(age time.Duration) bool { return age > 0 && e.Age > age }

// Pace is what is known of the limit that a run goes by.
type Pace struct {
	Limit int // calls per ten seconds that a run may make; 0: no answer has named a limit
}

// perSecond is how many calls a second that is. Without a limit one goes slowly.
func (p Pace) perSecond() float64 {
	if p.Limit <= 0 {
		return 1
	}
	return float64(p.Limit) / limitWindow.Seconds()
}

// limitWindow is what limits are given for.
const limitWindow = 10 * time.Second

// Estimated says what so many changes cost whose evidence is read in sweeps of so many
// calls. An age of 0 has everything read for each change.
func Estimated(changes, sweep int, pace Pace, age time.Duration) Estimate {
	e := Estimate{Known: pace.Limit > 0, Age: age}
	rate := pace.perSecond()
	seconds := func(calls int) time.Duration { return time.Duration(float64(calls) / rate * float64(time.Second)) }
	if changes == 0 {
		return e
	}
	if age <= 0 {
		e.Batch, e.Sweeps = 1, changes
		e.Calls = changes * (1 + 2*sweep)
		e.Time = seconds(e.Calls)
		return e
	}
	// Half of the time for changes is the least with which a run gets anywhere.
	e.Age = max(age, 2*seconds(sweep)+limitWindow).Round(time.Second)
	e.Batch = max(int(e.Age.Seconds()*rate)-sweep, 1)
	e.Sweeps = (changes+e.Batch-1)/e.Batch + 1
	e.Calls = changes + e.Sweeps*sweep
	e.Time = seconds(e.Calls)
	return e
}
