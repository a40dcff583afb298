package roster

// Conflict is the three-way merge of a list that moved.
type Conflict struct {
	Base   []int64 // what the person looked at
	Theirs []int64 // what is there now
	Yours  []int64 // what the person left
	Merged []int64 // theirs, with the person's additions and removals applied
}

// AddedByThem are the queues that joined since the person looked.
func (c Conflict) AddedByThem() []int64 { return Minus(c.Theirs, c.Base) }

// RemovedByThem are the queues that left since the person looked.
func (c Conflict) RemovedByThem() []int64 { return Minus(c.Base, c.Theirs) }

// merge applies the difference between base and yours to theirs: what they added
// stays, what they removed stays removed unless it is one of your additions, and
// the order is theirs followed by your additions in the order given.
func merge(base, theirs, yours []int64) Conflict {
	return Conflict{
		Base: base, Theirs: theirs, Yours: yours,
		Merged: apply(theirs, Minus(yours, base), Minus(base, yours)),
	}
}
