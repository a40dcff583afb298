package sqlstore

import (
	"math"
	"math/rand/v2"
	"strconv"
	"strings"
	"time"
)

const (
	// counterBits are what an entry's number has below its microsecond: 63-11
	// bits of microseconds last until the year 2112.
	counterBits = 11
	maxMicros   = math.MaxInt64 >> counterBits
	// spread is how much of the counter a process takes at random, so that two
	// replicas that write in the same microsecond seldom try the same number.
	// The rest is room for a clock that stands still.
	spread = 256
	// sameMoment is how far a given time may lie behind the last one and still
	// sort after it, in microseconds: goroutines read the clock before they queue.
	sameMoment = 1000
	// idLength is the length of an ID: 63 bits in base 32.
	idLength = 13
)

// number is an entry's, written at that time after the entry with the last number. It
// sorts after that, wherever the clock stands; moved reports that it says another time
// than it was.
func number(at time.Time, last int64) (n int64, moved bool) {
	micros := min(max(at.UnixMicro(), 0), maxMicros-1)
	n = max(micros<<counterBits|rand.Int64N(spread), last+1)
	return n, n>>counterBits != micros
}

// backdated is a number of a time that was given: after the last one where that was a
// moment ago, else wherever it lies among others.
func backdated(at time.Time, last int64) int64 {
	micros := min(max(at.UnixMicro(), 0), maxMicros-1)
	if last>>counterBits-micros > sameMoment {
		return micros<<counterBits | rand.Int64N(1<<counterBits)
	}
	n, _ := number(at, last)
	return n
}

// stampTime returns when the entry with the number was written.
func stampTime(number int64) time.Time { return time.UnixMicro(number >> counterBits).UTC() }

// ceil returns the lowest number an entry of that time or later can have.
func ceil(at time.Time) int64 {
	micros := at.UnixMicro()
	if at.Nanosecond()%1000 != 0 {
		micros++ // an entry's time is cut to the microsecond below
	}
	return min(max(micros, 0), maxMicros) << counterBits
}

// formatID writes a number so that IDs sort as their numbers do.
func formatID(number int64) string {
	digits := strconv.FormatInt(number, 32)
	return strings.Repeat("0", idLength-len(digits)) + digits
}

// parseID reads what formatID wrote, and nothing else.
func parseID(id string) (number int64, ok bool) {
	if len(id) != idLength {
		return 0, false
	}
	number, err := strconv.ParseInt(id, 32, 64)
	return number, err == nil && formatID(number) == id
}
