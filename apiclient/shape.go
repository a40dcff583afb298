package apiclient

import (
	"math"
	"time"
)

const (
	// atOnce is the share of a window that is sent as fast as it goes; where a window slides,
	// calls lie by so much closer than they would evenly, for the limit itself keeps them apart.
	atOnce = 0.7
	// besideOthers is that share where others are seen: they may want more than they did, and
	// only later calls tell.
	besideOthers = 0.3
	// closing is the part of what is left of a window that its later calls are spread over.
	closing = 0.8
	// deviations are how many of what others are expected to use are left beside it.
	deviations = 0.8
	// remembered is for how many windows what a count has shown of its window is believed.
	remembered = 6 // windows
	// fades is how much of what windows have shown of others counts when another has ended.
	// One alone tells little: of six calls expected, two or ten are nothing special.
	fades = 0.85
	// slide is the deviation that is left to others where their calls come as they go.
	slide = 0.7
	// leftover is how long before a window ends what people left of it is used.
	leftover = 400 * time.Millisecond
)

// shape is what a limit's count has shown of its window and of the others who use it.
// Nothing says what kind of window it is: a fixed one falls all at once, an estimate over
// two little by little, and one that slides never falls by more than we know of.
type shape struct {
	span     time.Duration // what is counted over; 0: window
	from     time.Time     // when the window that is counted now began, at the latest
	beganAt  time.Time     // when we began to send after a pause
	fellAt   time.Time     // the last fall, all at once
	fadedAt  time.Time     // the last fall, little by little
	sawAt    time.Time     // the last answer that told how much is theirs
	seenAt   time.Time     // the last sight of others
	foreign  float64       // what others used of the window by the last answer
	before   float64       // what they had used of it before we began, of the first
	heard    float64       // calls of theirs in the windows that have ended, the older the less
	listened float64       // for how many seconds of these
}

func (s *shape) per() time.Duration {
	if s.span == 0 {
		return window
	}
	return s.span
}

// sent notes a call of ours.
func (s *shape) sent(now, last time.Time) {
	if now.Sub(last) > s.per() {
		*s = shape{span: s.span, beganAt: now, from: now, before: -1, fellAt: s.fellAt, fadedAt: s.fadedAt}
	}
	if end := s.from.Add(s.per()); !now.Before(end) {
		s.ends(now)
	}
}

// ends begins a window.
func (s *shape) ends(at time.Time) {
	if took := min(s.sawAt.Sub(s.from), s.per()).Seconds(); took > 1 {
		s.heard, s.listened = fades*s.heard+s.came(), fades*s.listened+took
	}
	s.from, s.foreign, s.before = at, 0, 0
}

// fell notes that a count has forgotten some of the calls of ours that it had.
func (s *shape) fell(some, of int, foreign float64, at time.Time) {
	if of >= 4 && 2*some < of {
		s.fadedAt = at
		return
	}
	s.foreign = max(s.foreign, foreign)
	s.ends(at)
	s.fellAt = at
}

// saw notes how much of a count is not ours.
func (s *shape) saw(foreign float64, at time.Time) {
	if s.before < 0 {
		s.before = foreign
	}
	s.foreign, s.sawAt = foreign, at
	if foreign > 0 {
		s.seenAt = at
	}
}

// came is how many calls of others came in this window since it is watched.
func (s *shape) came() float64 { return max(s.foreign-max(s.before, 0), 0) }

// gradual reports whether the count is an estimate that fades.
func (s *shape) gradual(now time.Time) bool {
	return !s.fadedAt.IsZero() && now.Sub(s.fadedAt) < remembered*s.per()
}

// rolls reports whether the window is, or may be, one that ends all at once.
func (s *shape) rolls(now time.Time) bool {
	if s.gradual(now) {
		return false
	}
	return s.endedAtOnce(now) || now.Sub(s.beganAt) < s.per()*3/2
}

// endedAtOnce reports whether a count has been seen to end all at once of late.
func (s *shape) endedAtOnce(now time.Time) bool {
	return !s.fellAt.IsZero() && now.Sub(s.fellAt) < remembered*s.per()
}

// endsAt is when a window that has been seen to end all at once ends again.
func (s *shape) endsAt(now time.Time) (at time.Time, known bool) {
	at = s.from.Add(s.per())
	return at, !s.gradual(now) && s.endedAtOnce(now) && now.Before(at)
}

// shared reports whether others were seen of late: who called in this window will in the next.
func (s *shape) shared(now time.Time) bool {
	return !s.seenAt.IsZero() && now.Sub(s.seenAt) < s.per()*3/2
}

// share is how much of a window is sent at once.
func (s *shape) share(now time.Time) float64 {
	if s.shared(now) {
		return besideOthers
	}
	return atOnce
}

// alone reports whether others were looked for and not seen of late.
func (s *shape) alone(now time.Time) bool {
	return now.Sub(s.beganAt) > 2*s.per() && now.Sub(s.seenAt) > 3*s.per()
}

// toCome is how much of the limit others may be expected to use yet before the window ends,
// and most of a deviation more.
func (s *shape) toCome(now time.Time) float64 {
	switch {
	case s.alone(now):
		return 0
	case !s.rolls(now): // those who go are followed by as many who come, more or less
		return slide * math.Sqrt(s.foreign)
	}
	// As of the last answer: what they have used since is not counted yet.
	past := max(s.sawAt.Sub(s.from).Seconds(), 0)
	rate := (s.heard + s.came()) / max(s.listened+past, 2)
	expected := rate * max(s.per().Seconds()-past, 0)
	return expected + deviations*math.Sqrt(expected)
}
