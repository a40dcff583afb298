// Package probe finds out which answers a real Agent Management API gives to the
// questions that the vendor's page leaves open (docs/api). It reads and never
// writes, makes at most 40 calls and uses at most half of what the limit leaves.
//
// It speaks HTTP itself where apiclient would hide what has to be seen: which header
// carried the key, what JSON type a field has, whether a connection was kept. What
// it found is a Report of codes and numbers; the words for people are whoever
// prints it's. No agent's name, no extension and no key is ever in a Report: of what
// is foreign it holds only what it knows by name.
package probe
