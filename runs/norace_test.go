//go:build !race

package runs_test

// underRace: the race detector is on.
const underRace = false
