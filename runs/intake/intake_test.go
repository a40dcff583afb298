package intake_test

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"

	"github.com/alohub/agentconsole/apiclient"
	"github.com/alohub/agentconsole/locale"
	"github.com/alohub/agentconsole/roster"
	"github.com/alohub/agentconsole/runs/intake"
	"github.com/alohub/agentconsole/sheets"
)

// TestExtensions as people paste them.
func TestExtensions(t *testing.T) {
	t.Parallel()
	for text, want := range map[string][2]string{
		"":                           {"", ""},
		" \u200b ,;":                 {"", ""},
		"082018":                     {"082018", ""},
		"082018,082019;082020":       {"082018 082019 082020", ""},
		"082018\t082019\r\n082020\n": {"082018 082019 082020", ""},
		"082018/082019|082020":       {"082018 082019 082020", ""},
		"082018，082019；082020、100／0100｜ext-7\u3000":        {"082018 082019 082020 100 0100 ext-7", ""},
		"\ufeff０８２０１８ \u202d082019\u202c":                  {"082018 082019", ""},
		`="082018"` + "\n" + `'082019` + "\n" + `"082020"`: {"082018 082019 082020", ""},
		"A B":                             {"A B", ""},
		"82018, 082019":                   {"082019", `0 lost-zero "82018" 082018`},
		"00100":                           {"", `0 unknown-agent "00100"`},
		"x 082018 x":                      {"082018", `0 unknown-agent "x"`},
		"082018 082019 082018 082018":     {"082018 082019", `0 double-agent "082018"`},
		"082018\u200b082019":              {"", `0 unknown-agent "082018082019"`},
		strings.Repeat("9", 200) + " 100": {"100", `0 unknown-agent "` + strings.Repeat("9", 80) + `"`},
	} {
		agents, found := intake.Extensions(setup(), []string{text})
		if got := strings.Join(agents, " "); got != want[0] || wrong(found) != want[1] {
			t.Errorf("%q: %q, %s; want %q, %s", text, got, wrong(found), want[0], want[1])
		}
		for _, f := range found {
			if f.Blocks() != (f.Code != intake.DoubleAgent) {
				t.Errorf("%q: blocks: %t", text, f.Blocks())
			}
		}
	}
	if agents, found := intake.Extensions(setup(), []string{"082018", "082019\n082018"}); !slices.Equal(agents, []string{"082018", "082019"}) || len(found) != 1 {
		t.Errorf("%q, %v", agents, found)
	}
}

// TestRead: what rows ask for, and what they do not.
func TestRead(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		text string
		want string // intents
		bad  string // faults
		idle int
	}{
		"add":       {"Máy nhánh;Thêm\n082018;10\n082019;Kỹ thuật, 24", "082018 add callin want [10]\n082019 add callin want [20 24]", "", 0},
		"remove":    {"Tổng đài viên;Gỡ khỏi\n082018;ky thuat|10", "082018 remove callin want [20 10]", "", 0},
		"swap":      {"agent\tADD\tRemove\n082018\t10\t20", "082018 swap callin from [20] want [10]", "", 0},
		"any order": {"Bỏ,Thêm vào,Số máy nhánh\n20,10,082018", "082018 swap callin from [20] want [10]", "", 0},
		"replace":   {"Agent ID;Hàng đợi\n082018;1000886\n082019;", "082018 replace callin want [1000886]", "", 1},
		"callout":   {"ext;Hàng đợi callout\n082018;Thu nợ;\n", "082018 replace callout want [51]", "", 0},
		"edit":      {"ext;Callin;Lúc tải về\n082018;10;10, 20\n082019;10;10\n082020;10;", "082018 edit callin base [10 20] want [10]\n082020 edit callin base [] want [10]", "", 1},
		"callout was": {
			"ext;callout;callout was\n082018;50 · Gọi ra | 51;50\n082019;50;50",
			"082018 edit callout base [50] want [50 51]", "", 1,
		},
		"recording": {
			"ext;Ghi âm\n082018;Bật\n082019;OFF\n082020;không\n100;1\n0100;\next-7;TRUE",
			"082018 record true\n082019 record false\n082020 record false\n100 record true\next-7 record true", "", 1,
		},
		"several kinds": {
			"ext;add;callout;recording;priority\n082018;10;50;on;3",
			"082018 add callin want [10] priority 3\n082018 replace callout want [50]\n082018 record true", "", 0,
		},
		"a priority alone":  {"ext;Ưu tiên\n082018;0\n082019;", "082018 add callin want [] priority 0", "", 1},
		"with a removal":    {"ext;remove;priority\n082018;10;2", "082018 remove callin want [10] priority 2", "", 0},
		"priority was":      {"ext;priority;priority was\n082018;2;2\n082019;5;\n082020;x;x\n100;3;4\n0100;;7\next-7;02;2", "082019 add callin want [] priority 5 was \"\"\n100 add callin want [] priority 3 was \"4\"", "", 4},
		"priority and list": {"ext;queues;was;priority;priority was\n082018;10;10;3;2", "082018 edit callin base [10] want [10] priority 3 was \"2\"", "", 0},
		"our own labels":    {"ext;add\n082018;20 · tên cũ; 1000886\n", "082018 add callin want [20]", "", 0},
		"names hold separators": {
			"ext;add\n082018;\"Bán hàng, CSKH; VIP\"\n082019;\"40 · Bán hàng, CSKH; VIP\"", "082018 add callin want [40]\n082019 add callin want [40]", "", 0,
		},
		"lines in a cell":      {"ext;add\n082018;\"10\n20\n\"", "082018 add callin want [10 20]", "", 0},
		"id with its name":     {"ext;add\n082018;20-Kỹ thuật\n", "082018 add callin want [20]", "", 0},
		"spreadsheet's cells":  {"ext;add\n\"=\"\"082018\"\"\";\"=\"\"10\"\"\"", "082018 add callin want [10]", "", 0},
		"ignored columns":      {"STT;ext;Tên;;Ghi chú;add\n1;082018;An;?;x;10\n2;082019;B;?;y;\n;;Tổng;2;;", "082018 add callin want [10]", "", 1},
		"untouched beside add": {"ext;queues;was;add\n082018;10;10;20", "082018 add callin want [20]", "", 0},
		"gone from the known":  {"ext;queues;was\n082018;77 · Cũ, 10;77\n", "082018 edit callin base [77] want [77 10]", "", 0},
		"our list with a column": {
			"Máy nhánh;Tên;Trạng thái;Mã callin;Callin;Ưu tiên;Mã callout;Callout;Follow-me;Hệ thống;Người dùng;Ghi âm;Thêm\n082018;An;1;10;Chăm sóc khách hàng;1;;;0;;;Chưa gửi;20",
			"082018 add callin want [20]", "", 0,
		},
		"nothing under it": {"ext;add\n", "", "", 0},

		"unknown":           {"ext;add\n082018;10\n5;10\n82019;10\n;10\n9;", "082018 add callin want [10]", "A3 unknown-agent \"5\"\nA4 lost-zero \"82019\" 082019\nA5 no-agent", 1},
		"double":            {"ext;add\n082018;10\n082018;20\n082019;\n082019;", "082018 add callin want [10]", "A3 double-agent \"082018\" (2)", 2},
		"queues":            {"ext;add\n082018;24-7 Support\n082019;Bảo hành\n082020;99, kỹ", "", "B2 unknown-queue \"24-7 Support\" 24 · Ca đêm\nB3 which-queue \"Bảo hành\" 30 · Bảo hành, 31 · Bảo hành\nB4 unknown-queue \"99\"\nB4 unknown-queue \"kỹ\" 20 · Kỹ thuật", 0},
		"of the other type": {"ext;add;callout\n082018;50;\n082019;;10", "", "B2 unknown-queue \"50\"\nC3 unknown-queue \"10\"", 0},
		"a number of ids":   {"ext;add\n082018;1.000.886\n082019;1E+06\n082020;99999999999999999999\n100;0", "", "B2 unknown-queue \"1.000.886\"\nB3 unknown-queue \"1E+06\"\nB4 unknown-queue \"99999999999999999999\"\nB5 unknown-queue \"0\"", 0},
		"separators alone":  {"ext,add\n082018,;\n", "", "B2 unknown-queue \";\"", 0},
		"list and changes":  {"ext;queues;add\n082018;10;20\n082019;10;", "082019 replace callin want [10]", "B2 list-and-changes \"10\"", 0},
		"both ways":         {"ext;add;remove\n082018;10,20;Kỹ thuật", "", "C2 add-and-remove \"20\"", 0},
		"emptied":           {"ext;queues;was;callout;callout was\n082018;;10;;50\n082019;;;;", "", "B2 empty-list\nD2 empty-list", 1},
		"priorities":        {"ext;priority\n082018;-1\n082019;1.5\n082020;1000000000\n100;cao\n0100;+3", "", "B2 priority \"-1\"\nB3 priority \"1.5\"\nB4 priority \"1000000000\"\nB5 priority \"cao\"\nB6 priority \"+3\"", 0},
		"recordings":        {"ext;recording\n082018;maybe", "", "B2 recording \"maybe\"", 0},
		"formulas":          {"ext;add\n=A1;=B1\n082018;#N/A\n082019;=1", "", "A2 formula \"=A1\"\nB2 formula \"=B1\"\nB3 error-value \"#N/A\"\nB4 formula \"=1\"", 0},
		"all of a row":      {"recording;add;ext\n?;99;5", "", "A2 recording \"?\"\nB2 unknown-queue \"99\"\nC2 unknown-agent \"5\"", 0},
		"headers":           {"ext;wat;add;Thêm;Extension\n082018;1;10;;", "082018 add callin want [10]", "B1 unknown-column \"wat\"\nD1 double-column \"Thêm\" C (3)\nE1 double-column \"Extension\" A (1)", 0},
		"no agents":         {"Tên;add\nAn;10", "", "1 no-agent-column", 0},
		"no change":         {"\next;Tên;was\n082018;An;10", "", "2 nothing-to-change", 0},
		"our list":          {"Extension;Callin IDs;Callin;Priority;Recording\n082018;10;x;1;y", "", "1 only-a-list", 0},
		"no header":         {"082018\n082019", "", "A1 unknown-column \"082018\"\n1 no-agent-column", 0},
	} {
		table := csv(t, tt.text)
		// Faults about no one cell come before those of a row's cells.
		if got := asks(table); got != tt.want {
			t.Errorf("%s: asks for\n%s\nwant\n%s", name, got, tt.want)
		}
		lines := strings.Split(wrong(table.Faults), "\n")
		wanted := strings.Split(tt.bad, "\n")
		slices.Sort(lines)
		slices.Sort(wanted)
		if !slices.Equal(lines, wanted) {
			t.Errorf("%s: wrong is\n%s\nwant\n%s", name, wrong(table.Faults), tt.bad)
		}
		if table.Idle != tt.idle || table.Blocked() != (tt.bad != "") {
			t.Errorf("%s: %d rows ask for nothing, want %d; blocked: %t", name, table.Idle, tt.idle, table.Blocked())
		}
		if !slices.IsSortedFunc(table.Faults, func(a, b intake.Fault) int {
			return (a.Row-b.Row)*1000 + a.Column - b.Column
		}) {
			t.Errorf("%s: not in order: %s", name, wrong(table.Faults))
		}
	}
}

// TestHeadless: what stands below no header is not read, and that is said.
func TestHeadless(t *testing.T) {
	t.Parallel()
	table := csv(t, "agent,add,,note\n082018,10,x,\n082020,20,,y,z\n")
	if !slices.Equal(table.Headless, []string{"C", "E"}) || !slices.Equal(table.Ignored, []string{"note"}) || len(table.Intents) != 2 {
		t.Errorf("%+v", table)
	}
	if table = csv(t, "agent,add,\n082018,10,\n"); len(table.Headless) != 0 {
		t.Errorf("%+v", table)
	}
}

// TestReadXLSX: cells as they are shown, hidden rows, merged blocks and sheets.
func TestReadXLSX(t *testing.T) {
	t.Parallel()
	f := excelize.NewFile()
	zeros, err := f.NewStyle(&excelize.Style{CustomNumFmt: new("000000")})
	must(t, err)
	thousands, err := f.NewStyle(&excelize.Style{CustomNumFmt: new("#,##0")})
	must(t, err)
	must(t,
		f.SetSheetRow("Sheet1", "B2", &[]any{"Máy nhánh", "Thêm"}),
		f.SetSheetRow("Sheet1", "B3", &[]any{82018, 1000886}), f.SetCellStyle("Sheet1", "B3", "B3", zeros),
		f.SetSheetRow("Sheet1", "B4", &[]any{"082019", 10}), f.SetRowVisible("Sheet1", 4, false),
		f.SetSheetRow("Sheet1", "B5", &[]any{"082020", 20}), f.MergeCell("Sheet1", "C5", "C6"), f.SetCellStr("Sheet1", "B6", "100"),
		f.SetCellFormula("Sheet1", "B7", `B3`), f.SetCellInt("Sheet1", "C7", 10),
		f.SetCellInt("Sheet1", "B8", 82019), f.SetCellInt("Sheet1", "C8", 10),
		f.SetRowVisible("Sheet1", 9, false),
		f.SetSheetRow("Sheet1", "B10", &[]any{"0100", 10020}), f.SetCellStyle("Sheet1", "C10", "C10", thousands),
	)
	table := xlsx(t, bytesOf(t, f), intake.Options{})
	if got := asks(table); got != "082018 add callin want [1000886]\n082020 add callin want [20]" {
		t.Errorf("asks for\n%s", got)
	}
	if got := wrong(table.Faults); got != "C6 merged\nB7 formula\nB8 lost-zero \"82019\" 082019\nC10 unknown-queue \"10,020\"" {
		t.Errorf("wrong is\n%s", got)
	}
	if !slices.Equal(table.Hidden, []int{4}) || table.Rows != 6 || table.Sheet != "Sheet1" {
		t.Errorf("%+v", table)
	}
	if table = xlsx(t, bytesOf(t, f), intake.Options{WithHidden: true}); len(table.Hidden) != 0 || len(table.Intents) != 3 || table.Rows != 7 {
		t.Errorf("%+v", table)
	}
}

// TestSheets: the one that is meant is read, and where several may be it is asked.
func TestSheets(t *testing.T) {
	t.Parallel()
	f := excelize.NewFile()
	for _, name := range []string{"Ghi chú", "Trống", "Ẩn"} {
		_, err := f.NewSheet(name)
		must(t, err)
	}
	must(t,
		f.SetSheetRow("Sheet1", "A1", &[]any{"ext", "add"}), f.SetSheetRow("Sheet1", "A2", &[]any{"082018", 10}),
		f.SetSheetRow("Ghi chú", "A1", &[]any{"Máy nhánh", "là gì"}),
		f.SetSheetRow("Ẩn", "A1", &[]any{"ext", "add"}), f.SetSheetRow("Ẩn", "A2", &[]any{"082019", 20}), f.SetSheetVisible("Ẩn", false),
	)
	data := bytesOf(t, f)
	for chosen, want := range map[string]string{"": "082018 add callin want [10]", "Ẩn": "082019 add callin want [20]"} {
		if got := xlsx(t, data, intake.Options{Sheet: chosen}); asks(got) != want || got.Blocked() {
			t.Errorf("%q: %+v", chosen, got)
		}
	}
	if got := xlsx(t, data, intake.Options{Sheet: "?"}); len(got.Sheets) != 2 || !got.Blocked() {
		t.Errorf("%+v", got)
	}
	must(t, f.SetSheetRow("Trống", "A1", &[]any{"ext", "remove"}))
	got := xlsx(t, bytesOf(t, f), intake.Options{})
	if want := []sheets.Sheet{{Name: "Sheet1"}, {Name: "Ghi chú"}, {Name: "Trống"}}; !slices.Equal(got.Sheets, want) || !got.Blocked() || got.Sheet != "" {
		t.Errorf("%+v", got)
	}
	if got := xlsx(t, bytesOf(t, excelize.NewFile()), intake.Options{}); wrong(got.Faults) != "0 no-agent-column" {
		t.Errorf("%+v", got)
	}
}

// TestManyFaults: the first are told, the rest are counted, and nobody is asked what may
// be meant by a text that is not told.
func TestManyFaults(t *testing.T) {
	t.Parallel()
	var b strings.Builder
	b.WriteString("ext;add\n")
	for i := range sheets.MaxRows {
		fmt.Fprintf(&b, "082018;queue %d\n", i)
	}
	book, err := sheets.Open("x", []byte(b.String()))
	must(t, err)
	o := setup()
	table, err := intake.Read(o, book, intake.Options{})
	must(t, err)
	if len(table.Faults) != intake.MaxFaults || table.More != 2*sheets.MaxRows-1-intake.MaxFaults || !table.Blocked() || *o.asked > intake.MaxFaults {
		t.Errorf("%d, %d more, %d asked", len(table.Faults), table.More, *o.asked)
	}
	cell := strings.TrimSuffix(strings.Repeat("10,", intake.MaxQueues+1), ",")
	if got := wrong(csv(t, "ext;add\n082018;"+cell).Faults); !strings.HasPrefix(got, "B2 too-many-queues") {
		t.Error(got)
	}
}

func printers(t *testing.T) map[string]*locale.Printer {
	t.Helper()
	c, err := locale.Load()
	must(t, err)
	return map[string]*locale.Printer{"vi": c.Printer("vi"), "en": c.Printer("en")}
}

// TestPresent: what was downloaded asks for nothing, and one edited cell for one edit.
func TestPresent(t *testing.T) {
	t.Parallel()
	in := func(ids ...int64) (out []roster.Membership) {
		for _, id := range ids {
			out = append(out, roster.Membership{QueueID: id})
		}
		return out
	}
	agents := []roster.Agent{
		{ID: "082018", UserName: new("=Nguyễn"), Callin: in(40, 10), Callout: in(50), Priority: new("2")},
		{ID: "082019", Callin: in(1000886), Priority: new(" x ")},
		{ID: "0100"},
		{ID: "ext-7", Callin: in(999, 30), Callout: in(50, 51)}, // not known any more; a name of two
	}
	o := setup()
	label := func(typ apiclient.QueueType, id int64) string {
		for _, q := range o.queues[typ] {
			if q.ID == id {
				return q.Name + "，" // separates, once it is clean
			}
		}
		return ""
	}
	for lang, p := range printers(t) {
		present := intake.Present(func(key string) string { return p.T(key) }, agents, label)
		var text, binary bytes.Buffer
		must(t, present.CSV(&text, ';'), present.XLSX(&binary))
		for kind, data := range map[string][]byte{"CSV": text.Bytes(), "XLSX": binary.Bytes()} {
			if got := xlsx(t, data, intake.Options{}); len(got.Intents) != 0 || len(got.Faults) != 0 || got.Rows != 4 || got.Idle != 4 {
				t.Errorf("%s, %s: %+v", lang, kind, got)
			}
		}
		for cell, tt := range map[string]struct{ put, want string }{
			"C2": {"10; 20", "082018 edit callin base [40 10] want [10 20]"},
			"C4": {"Kỹ thuật", "0100 edit callin base [] want [20]"},
			"C5": {"999 · x; 30; 10", "ext-7 edit callin base [999 30] want [999 30 10]"},
			"E2": {"51", "082018 edit callout base [50] want [51]"},
			"G2": {"7", `082018 edit callin base [40 10] want [40 10] priority 7 was "2"`},
			"B3": {"Another", ""},
		} {
			f, err := excelize.OpenReader(bytes.NewReader(binary.Bytes()))
			must(t, err)
			must(t, f.SetCellStr(f.GetSheetName(0), cell, tt.put))
			if got := xlsx(t, bytesOf(t, f), intake.Options{}); asks(got) != tt.want || len(got.Faults) != 0 {
				t.Errorf("%s, %s: %s, %s", lang, cell, asks(got), wrong(got.Faults))
			}
			must(t, f.Close())
		}
	}
}

// TestTemplate: it asks for nothing, and each of its columns is understood.
func TestTemplate(t *testing.T) {
	t.Parallel()
	for lang, p := range printers(t) {
		var b bytes.Buffer
		must(t, intake.Template(func(key string) string { return p.T(key) }).XLSX(&b))
		if got := xlsx(t, b.Bytes(), intake.Options{}); got.Rows != 0 || len(got.Faults) != 0 || len(got.Intents) != 0 || len(got.Ignored) != 0 || got.Sheet != p.T("intake.template") {
			t.Errorf("%s: %+v", lang, got)
		}
		f, err := excelize.OpenReader(&b)
		must(t, err)
		must(t, f.SetSheetRow(f.GetSheetName(0), "A2", &[]any{"082018", "10", "20", "", "Gọi ra", "3", map[string]string{"vi": "tắt", "en": "off"}[lang]}))
		if got := asks(xlsx(t, bytesOf(t, f), intake.Options{})); got != "082018 swap callin from [20] want [10] priority 3\n082018 replace callout want [50]\n082018 record false" {
			t.Errorf("%s: %s", lang, got)
		}
	}
}

// TestMessages: each code has one in both languages, and so has a file that cannot be read.
func TestMessages(t *testing.T) {
	t.Parallel()
	var keys []string
	for _, code := range intake.Codes() {
		for _, f := range []intake.Fault{{Code: code}, {Code: code, Row: 1}, {Code: code, Row: 1, Candidates: []string{"x"}}} {
			keys = append(keys, f.Key())
		}
	}
	for _, why := range []sheets.Why{
		sheets.TooLarge, sheets.TooManyRows, sheets.TooWide, sheets.OldXLS, sheets.Encrypted, sheets.NotASheet, sheets.Bomb, sheets.Broken, sheets.Encoding, sheets.Empty,
	} {
		keys = append(keys, why.Key())
	}
	for lang, p := range printers(t) {
		for _, key := range keys {
			if !p.Has(key) {
				t.Errorf("%s lacks %s", lang, key)
			}
		}
		f := intake.Fault{Code: intake.LostZero, Text: "82018", Candidates: []string{"082018"}}
		if said := p.T(f.Key(), f.Data()...); !strings.Contains(said, "82018") || strings.Contains(said, "{{") {
			t.Errorf("%s: %s", lang, said)
		}
	}
	known, err := locale.Keys("vi")
	must(t, err)
	codes := map[string]bool{}
	for _, key := range keys {
		codes[key] = true
	}
	for key := range known {
		rest, ok := strings.CutPrefix(key, "intake.")
		if ok && !codes[key] && !strings.HasPrefix(rest, "column.") && !strings.HasPrefix(rest, "about.") && rest != "template" && rest != "present" {
			t.Errorf("nothing says %s", key)
		}
	}
}
