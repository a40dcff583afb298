package typed_test

import (
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"github.com/alohub/agentconsole/typed"
)

// TestClean gives what keyboards, spreadsheets and pages put into a text that people
// see as another.
func TestClean(t *testing.T) {
	t.Parallel()
	for given, want := range map[string]string{
		"":                                  "",
		"082018":                            "082018",
		" 082018\t":                         "082018",
		"\u200b082018\ufeff":                "082018",
		"\u202d082018\u202c":                "082018",
		"０８２０１８":                            "082018",
		"082\u00ad018":                      "082018",
		`="082018"`:                         "082018",
		`＝＂082018＂`:                         "082018",
		`="a ""b"""`:                        `a "b"`,
		"'082018":                           "082018",
		`"082018"`:                          "082018",
		`"Kỹ thuật"`:                        `"Kỹ thuật"`,
		"'tis":                              "'tis",
		"Kỹ\u00a0 thuật":                    "Kỹ thuật",
		norm.NFD.String("Kỹ thuật"):         "Kỹ thuật",
		"Đội\r\n1":                          "Đội 1",
		"a\x00b\x7f":                        "ab",
		"a\xffb":                            "ab",
		"=1":                                "=1",
		"\u2068Nguyễn Ánh\u2069":            "Nguyễn Ánh",
		"Ca tối\ufe0f":                      "Ca tối",
		"1001226 · " + "Kỹ thuật":           "1001226 · Kỹ thuật",
		strings.Repeat("\u200b", 100) + "x": "x",
	} {
		if got := typed.Clean(given); got != want {
			t.Errorf("%q: %q, want %q", given, got, want)
		}
	}
	for _, tt := range []struct {
		in   string
		n    int
		want string
	}{
		{"", 5, ""},
		{" Lê\tThị \r\n Thử ", 80, "Lê Thị Thử"},
		{"Nguyễn", 4, "Nguy"},
		{"Nguyễn", 5, "Nguyễ"},
		{"Nguyễn Ánh", 7, "Nguyễn"},
		{"a\xffb", 5, "ab"},
	} {
		if got := typed.Line(tt.in, tt.n); got != tt.want {
			t.Errorf("a line of %d of %q: %q, want %q", tt.n, tt.in, got, tt.want)
		}
	}
}

func TestCells(t *testing.T) {
	t.Parallel()
	got := typed.Cells("082018\r\n=\"082024\"\t０８２０２５; Kỹ thuật,\u200b\n\n1900 6066")
	if want := []string{"082018", "082024", "082025", "Kỹ thuật", "1900 6066"}; !slices.Equal(got, want) {
		t.Errorf("%q", got)
	}
}

func TestFold(t *testing.T) {
	t.Parallel()
	for given, want := range map[string]string{
		"Nguyễn Văn ĐẠT": "nguyen van dat", norm.NFD.String("Ánh"): "anh", "ＡＢＣ": "abc", "Lê\u200b": "le",
	} {
		if got := typed.Fold(given); got != want {
			t.Errorf("%q: %q, want %q", given, got, want)
		}
	}
	for a, b := range map[string]string{"Kĩ thuật": "Kỹ thuật", "Quí": "Quý", "lí do": "Lý do", "Mĩ": "Mỹ"} {
		if typed.Spelling(typed.Fold(a)) != typed.Spelling(typed.Fold(b)) {
			t.Errorf("%q is not %q", a, b)
		}
	}
	for a, b := range map[string]string{"Tây": "Tai", "Thuý": "Thui", "Kyle": "Kile"} {
		if typed.Spelling(typed.Fold(a)) == typed.Spelling(typed.Fold(b)) {
			t.Errorf("%q is taken for %q", a, b)
		}
	}
	for a, b := range map[string]string{"Hòa": "Hoà", "hóe": "hoé", "Thúy": "Thuý", "Ngòai": "Ngòai"} {
		if typed.Lower(a) != typed.Lower(b) {
			t.Errorf("%q is not %q: %q, %q", a, b, typed.Lower(a), typed.Lower(b))
		}
	}
	if typed.Lower("hoàng") != "hoàng" || typed.Lower("toán") != "toán" {
		t.Error("a tone moved inside a word")
	}
}

// FuzzClean: what is clean stays so, holds no invisible character, and folds alike.
func FuzzClean(f *testing.F) {
	for _, s := range []string{"082018", "\u200b", `="="" ""`, "e\u0301\u0323", "\u1100\u1161", "ﬁ", "=\"", "ᾳ̈", `=""0""`, "e\u200d\u0301"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		got := typed.Clean(s)
		if again := typed.Clean(got); again != got {
			t.Errorf("%q: %q, then %q", s, got, again)
		}
		if !utf8.ValidString(got) || strings.ContainsAny(got, "\u200b\u00a0\ufeff\t\n\x00") {
			t.Errorf("%q: %q", s, got)
		}
		typed.Spelling(typed.Fold(s))
		typed.Lower(s)
	})
}

// TestCompare: names in the order in which people look for them, and in one alone.
func TestCompare(t *testing.T) {
	t.Parallel()
	want := []string{"2 ca", "10 ca", "Ca tối", "Đội 02", "đội 2", "Đội 10", "Nhóm 2", "nhóm 2 b", "Nhóm 10", "Nhóm 99999999999999999999999", "Nhóm 100000000000000000000000", "Nhóm x"}
	got := slices.Clone(want)
	slices.Reverse(got)
	slices.SortFunc(got, typed.Compare)
	if !slices.Equal(got, want) {
		t.Errorf("%q", got)
	}
	if typed.Compare("Nhóm 2", "Nhóm 2") != 0 || typed.Compare("a", "á") == 0 {
		t.Error("names that differ are not one, and others are")
	}
}
