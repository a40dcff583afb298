// Package belief holds what is taken to be true of a tenant, and why: the book of
// what its reads have shown.
//
// A Book is told what was read (Take a page, ListedWhole for a listing read to its
// end, AgentsWhole for the whole list), what we wrote (Wrote) and what reading
// after it found (LookedBack). It says what is missing before a list can be
// believed (Facts.Missing), what stays doubtful about it (Facts.Unsure), and, by
// Conclude, makes of a complete reading the truth.
//
// What lives here is pure: no context, no lock, no clock (moments are handed in as
// Stamps), no calls, no journal. Whoever owns a Book guards it; a Record is never
// changed once it is in the book, so that readers may keep it.
//
// Read evidence.go first; conclude.go is the one place where a reading changes
// what is believed of a list.
package belief
