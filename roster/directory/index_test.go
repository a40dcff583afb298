package directory

import (
	"slices"
	"strings"
	"testing"
)

// TestNamesAreSortedByGivenName: as a Vietnamese list of people is, with tones in their
// order, đ after d, and a login as a whole.
func TestNamesAreSortedByGivenName(t *testing.T) {
	t.Parallel()
	want := []string{
		"Nguyễn Văn An", "Trần Văn An", "Lê Xuân An 2", "Lê Bình", "Trần Thị Bình", "Phạm Dung", "Võ Đông",
		"Đặng Đình Đức (đã nghỉ)", "Đặng Đình Đức [ca tối]", "Đỗ Lan", "Hoàng Lan", "Đỗ Thị Lan", "An Làn", "Tạ Minh Trung",
	}
	c := newCollation()
	got := slices.Clone(want)
	slices.Reverse(got)
	slices.SortFunc(got, func(a, b string) int { return strings.Compare(c.nameKey(a), c.nameKey(b)) })
	if !slices.Equal(got, want) {
		t.Errorf("sorted %q", got)
	}
	for _, whole := range []string{"AloHub.nguyen", "Lan", "(trống)", "12345", "", "Lan (nghỉ)"} {
		if given, rest := givenName(whole); rest != nil {
			t.Errorf("%q: given name %q, and %q", whole, given, rest)
		}
	}
}
