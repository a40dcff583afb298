package sandbox

import (
	"math/rand/v2"
	"strings"

	"golang.org/x/text/unicode/norm"
)

func demoCallin() []Queue {
	return []Queue{
		{1000886, "CSKH Miền Bắc"},
		{1001226, "test"},
		{1000888, "CSKH Miền Nam"},
		{1001001, "Tư vấn bán hàng"},
		{1001002, "Kỹ thuật"},
		{1000887, "CSKH Miền Trung"},
		{1001004, "Khiếu nại - Bồi thường"},
		{1001003, "Đòi nợ"},
		{1001005, "Khách hàng VIP"},
		{1001007, "Giao vận / Đổi trả"},
		{1001008, "Thẻ & Thanh toán"},
		{1001009, "Tổng đài ngoài giờ 22h-6h"},
		{1001006, "Đặt lịch hẹn"},
		{1001010, "Hỗ trợ đại lý khu vực Đồng bằng sông Cửu Long và Đông Nam Bộ (ca sáng)"},
		{1001011, "Bảo hành"},
	}
}

func demoCallout() []Queue {
	return []Queue{
		{13876, "AloHub"},
		{13877, "Telesale Hà Nội"},
		{13878, "Telesale TP.HCM"},
		{13880, "Nhắc nợ"},
		{13881, "Khảo sát hài lòng"},
	}
}

// randomName has a person's name, an account as in the vendor's example, a very
// long label, or nothing.
func randomName(dice *rand.Rand) string {
	surnames := []string{"Nguyễn", "Trần", "Lê", "Phạm", "Hoàng", "Huỳnh", "Phan", "Vũ", "Võ", "Đặng", "Bùi", "Đỗ", "Hồ", "Ngô", "Dương", "Lý", "Đinh", "Tạ"}
	middles := []string{"Thị", "Văn", "Ngọc", "Minh", "Hữu", "Thanh", "Quốc", "Đức", "Thu", "Xuân", "Kim", "Bảo", "Gia", "Khánh"}
	given := []string{"An", "Ánh", "Bích", "Châu", "Đạt", "Dũng", "Giang", "Hà", "Hạnh", "Hiếu", "Hương", "Khoa", "Lan", "Linh", "Long", "Mai", "Nam", "Nga", "Nhung", "Oanh", "Phúc", "Phương", "Quân", "Quỳnh", "Sơn", "Tâm", "Thảo", "Thắng", "Thủy", "Trang", "Trung", "Tú", "Tuấn", "Uyên", "Việt", "Vy", "Yến"}
	one := func(words []string) string { return words[dice.IntN(len(words))] }

	name := one(surnames) + " " + one(middles) + " " + one(given)
	switch roll := dice.IntN(100); {
	case roll < 5:
		return ""
	case roll < 20:
		return "AloHub." + account(name)
	case roll < 23:
		return name + " – Nhân viên chăm sóc khách hàng thời vụ, ca đêm, chi nhánh thành phố Thủ Đức, phụ trách hồ sơ bồi thường bảo hiểm xe cơ giới"
	case roll < 26:
		// Some systems store the marks apart from their letters: the same name to
		// a reader, other bytes to a search.
		return norm.NFD.String(name)
	case roll < 34:
		return name + " " + one(given)
	default:
		return name
	}
}

// account is a name as people make accounts of it: "Đỗ Thị Ánh" is "dothianh".
func account(name string) string {
	name = strings.NewReplacer("Đ", "D", "đ", "d").Replace(name)
	return strings.Map(func(r rune) rune {
		switch {
		case r >= 'A' && r <= 'Z':
			return r - 'A' + 'a'
		case r >= 'a' && r <= 'z':
			return r
		default:
			return -1
		}
	}, norm.NFD.String(name))
}

// HostileNames is the user names of the agents that DemoOptions.Hostile adds, at
// extensions 199001 and up: markup, CR LF, a right-to-left override, formulas, a
// script URL, and a comma where lists are joined by commas.
func HostileNames() []string {
	return []string{
		`<script>alert("xss")</script>`,
		`"><img src=x onerror=alert(1)>`,
		"Trần\r\nSet-Cookie: owned=1",
		"gpj.\u202eexe.ảo",
		`=1+1`,
		`=HYPERLINK("http://evil.invalid","bấm")`,
		"+84|cmd", "@SUM(A1)", "-2+3", "\t=1+1",
		"javascript:alert(1)",
		"An, Bình; Chi",
		`{{.Key}} ${7*7} %s`,
		"zero\u200bwidth\u0000nul",
	}
}
