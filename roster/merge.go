package roster

import "slices"

// Conflict is the three-way merge of a list that moved.
type Conflict struct {
	Base          []int64 // what the person looked at
	Theirs        []int64 // what is there now
	Yours         []int64 // what the person left
	Merged        []int64 // theirs, with the person's additions and removals applied
	AddedByThem   []int64
	RemovedByThem []int64
}

// merge applies the difference between base and yours to theirs: what they added
// stays, what they removed stays removed unless it is one of your additions, and
// the order is theirs followed by your additions in the order given.
func merge(base, theirs, yours []int64) Conflict {
	add, remove := minus(yours, base), minus(base, yours)
	return Conflict{
		Base: base, Theirs: theirs, Yours: yours,
		Merged:        apply(theirs, add, remove),
		AddedByThem:   minus(theirs, base),
		RemovedByThem: minus(base, theirs),
	}
}

// apply returns list without remove and with add at its end.
func apply(list, add, remove []int64) []int64 {
	out := minus(list, remove)
	return append(out, minus(add, out)...)
}

// minus returns the ids of a that are not in b, in order, never nil.
func minus(a, b []int64) []int64 {
	out := make([]int64, 0, len(a))
	for _, id := range a {
		if !slices.Contains(b, id) {
			out = append(out, id)
		}
	}
	return out
}

// both returns the ids of a that are also in b, in order, never nil.
func both(a, b []int64) []int64 {
	out := make([]int64, 0, len(a))
	for _, id := range a {
		if slices.Contains(b, id) {
			out = append(out, id)
		}
	}
	return out
}

// sameSet reports whether a and b hold the same ids, order and repeats aside.
func sameSet(a, b []int64) bool {
	return len(minus(a, b)) == 0 && len(minus(b, a)) == 0
}

// distinct returns a copy without repeats, in order, never nil.
func distinct(a []int64) []int64 {
	out := make([]int64, 0, len(a))
	for _, id := range a {
		if !slices.Contains(out, id) {
			out = append(out, id)
		}
	}
	return out
}
