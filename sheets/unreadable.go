package sheets

import "fmt"

// The limits of a file that is read.
const (
	MaxBytes   = 5 << 20
	MaxRows    = 20_000 // with something in them, beside the header
	MaxColumns = 256    // in which anything stands
)

// maxUnzipped bounds what a workbook is once it is unzipped: 20,000 rows take some 15 MiB.
const maxUnzipped = 64 << 20

// Why says why a file cannot be read.
type Why string

// The reasons of an UnreadableError.
const (
	TooLarge    Why = "too-large"        // more than MaxBytes
	TooManyRows Why = "too-many-rows"    // more than MaxRows
	TooWide     Why = "too-many-columns" // more than MaxColumns
	OldXLS      Why = "old-xls"          // the format before 2007
	Encrypted   Why = "encrypted"        // with a password
	NotASheet   Why = "not-a-sheet"      // a picture, a document, a page
	Bomb        Why = "bomb"             // unzipped far larger than any table of MaxRows
	Broken      Why = "broken"           // cut off, or not as its format wants it
	Encoding    Why = "encoding"         // text in no encoding that is understood
	Empty       Why = "empty"            // no byte, or nothing but space
)

// UnreadableError says that a file cannot be read, and why: all of it is refused, for what
// is left out of a table is a wish that nobody hears of.
type UnreadableError struct {
	Why Why
	Err error // what the format's reader said, for the log; may be nil
}

// Error is for the log.
func (e *UnreadableError) Error() string {
	if e.Err != nil {
		return fmt.Sprintf("unreadable file: %s: %v", e.Why, e.Err)
	}
	return "unreadable file: " + string(e.Why)
}

// Unwrap returns what the format's reader said.
func (e *UnreadableError) Unwrap() error { return e.Err }

// Key is the message that says so to people.
func (w Why) Key() string { return "intake.unreadable." + string(w) }

func unreadable(why Why, err error) error { return &UnreadableError{Why: why, Err: err} }
