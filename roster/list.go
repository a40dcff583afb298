package roster

import "slices"

// Minus returns the ids of a that are not in b, in order, never nil.
func Minus(a, b []int64) []int64 {
	out := make([]int64, 0, len(a))
	for _, id := range a {
		if !slices.Contains(b, id) {
			out = append(out, id)
		}
	}
	return out
}

// Both returns the ids of a that are also in b, in order, never nil.
func Both(a, b []int64) []int64 {
	out := make([]int64, 0, len(a))
	for _, id := range a {
		if slices.Contains(b, id) {
			out = append(out, id)
		}
	}
	return out
}

// SameSet reports whether a and b hold the same ids, order and repeats aside.
func SameSet(a, b []int64) bool {
	return len(Minus(a, b)) == 0 && len(Minus(b, a)) == 0
}

// Distinct returns a copy without repeats, in order, never nil.
func Distinct(a []int64) []int64 { return AppendNew(make([]int64, 0, len(a)), a...) }

// AppendNew appends the ids that list does not have yet.
func AppendNew(list []int64, ids ...int64) []int64 {
	for _, id := range ids {
		if !slices.Contains(list, id) {
			list = append(list, id)
		}
	}
	return list
}

// apply returns list without remove and with add at its end.
func apply(list, add, remove []int64) []int64 {
	return AppendNew(Minus(list, remove), add...)
}
