// Package sheets writes and reads tables as the files that spreadsheets open: CSV and XLSX.
// In what is written an extension keeps its zeros, an accent stays an accent, and nothing
// that somebody put into a name is run as a formula. Of what is read the text counts that
// a spreadsheet shows; nothing is worked out, and a file that would not fit is refused.
package sheets
