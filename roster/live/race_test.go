//go:build race

package live_test

// underRace: the race detector is on.
const underRace = true
