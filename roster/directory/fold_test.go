package directory

import "testing"

func TestFold(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		"Nguyễn Đức": "nguyen duc", "ĐẶNG": "dang", "plain": "plain", "ữỠợ": "uoo", "e\u0301": "e", "İ": "i",
	} {
		if got := fold(in); got != want {
			t.Errorf("fold(%q) = %q, want %q", in, got, want)
		}
	}
}
