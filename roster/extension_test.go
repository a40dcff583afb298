package roster

import (
	"slices"
	"testing"
)

func TestExtensionsSortAsPeopleCount(t *testing.T) {
	t.Parallel()
	want := []string{"", "2", "02", "10", "010", "a2", "a10", "a10b", "b"}
	got := slices.Clone(want)
	slices.Reverse(got)
	slices.SortFunc(got, CompareExtensions)
	if !slices.Equal(got, want) {
		t.Errorf("sorted %q", got)
	}
}
