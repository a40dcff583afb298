// Package intake turns what somebody pasted, or sent as a file, into intents, and says
// everything that is wrong with it at once. Nothing in it is guessed: a queue is an id or
// the name of exactly one known queue, a zero that a spreadsheet lost is suggested and
// never put back, and a cell that says nothing asks for nothing. It also writes the files
// that people fill in and send back.
//
// It reads; what is planned and sent for an intent is for others to say.
package intake
