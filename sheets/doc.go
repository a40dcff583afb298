// Package sheets writes tables as the files that spreadsheets open: CSV and XLSX. In both
// an extension keeps its zeros, an accent stays an accent, and nothing that somebody put
// into a name is run as a formula.
package sheets
