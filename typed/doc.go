// Package typed makes one text of what people type, paste or send in a file, whatever
// keyboard, program or system it comes from: "Kỹ thuật" is the same word from a Mac, from a
// spreadsheet and from a page that pads it with invisible characters. Every text that comes
// from outside goes through Clean or Line, and whatever is looked for through Fold.
//
// It is a leaf: it knows nothing of agents or queues.
package typed
