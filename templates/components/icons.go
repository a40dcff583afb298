package components

import (
	"context"
	"io"
	"strconv"
	"strings"

	"github.com/a-h/templ"
)

// IconName names a Lucide icon. It is a number, so that a word does not pass for
// one: an icon that is not here does not compile.
type IconName uint8

// The icons, each drawn somewhere.
const (
	IconHeadset IconName = iota
	IconSearch
	IconPencil
	IconChevronLeft
	IconChevronRight
	IconLogOut
	IconDownload
	IconTriangleAlert
	IconCircleCheck
	IconCircleX
	IconInfo
	IconX
	IconPlus
	IconUndo2
	IconKeyRound
	IconClock
	IconRefreshCw
	IconArrowUp
	IconArrowDown
	IconKeyboard
	IconShieldAlert
	IconArrowLeft
	IconEye
	IconSettings2
	IconHistory
	IconListChecks
	IconUsers
	IconListTree
	IconMinus
	IconEqual
	IconListFilter
	IconColumns3
	IconBookmark
	IconLink
	icons
)

// iconID is the picture's id in the sprite.
func iconID(name IconName) string { return "i" + strconv.Itoa(int(name)) }

// iconMarkup draws an icon whose picture is in the page's Sprite.
func iconMarkup(name IconName) string {
	return `<svg class="icon" aria-hidden="true"><use href="#` + iconID(name) + `"></use></svg>`
}

// Icon draws a Lucide icon that only decorates: the text beside it, or the control's
// label, says what it means. Its picture is in the page's Sprite.
func Icon(name IconName) templ.Component {
	return templ.ComponentFunc(func(_ context.Context, w io.Writer) error {
		_, err := io.WriteString(w, iconMarkup(name))
		return err
	})
}

// Sprite holds the pictures of all icons, once in a page.
func Sprite() templ.Component {
	return templ.ComponentFunc(func(_ context.Context, w io.Writer) error {
		var b strings.Builder
		b.Grow(10 << 10)
		b.WriteString(`<svg class="sprite" aria-hidden="true">`)
		for name := range icons {
			b.WriteString(`<symbol id="` + iconID(name) + `" viewBox="0 0 24 24">` + iconPath(name) + "</symbol>")
		}
		b.WriteString("</svg>")
		_, err := io.WriteString(w, b.String())
		return err
	})
}

// iconPath returns the inner markup of a Lucide icon (lucide-static 1.62.0, ISC
// licence: see static/vendor/LUCIDE-LICENSE).
func iconPath(name IconName) string {
	switch name {
	case IconHeadset:
		return `<path d="M3 11h3a2 2 0 0 1 2 2v3a2 2 0 0 1-2 2H5a2 2 0 0 1-2-2v-5Zm0 0a9 9 0 1 1 18 0m0 0v5a2 2 0 0 1-2 2h-1a2 2 0 0 1-2-2v-3a2 2 0 0 1 2-2h3Z"/><path d="M21 16v2a4 4 0 0 1-4 4h-5"/>`
	case IconSearch:
		return `<path d="m21 21-4.34-4.34"/><circle cx="11" cy="11" r="8"/>`
	case IconPencil:
		return `<path d="M21.174 6.812a1 1 0 0 0-3.986-3.987L3.842 16.174a2 2 0 0 0-.5.83l-1.321 4.352a.5.5 0 0 0 .623.622l4.353-1.32a2 2 0 0 0 .83-.497z"/><path d="m15 5 4 4"/>`
	case IconChevronLeft:
		return `<path d="m15 18-6-6 6-6"/>`
	case IconChevronRight:
		return `<path d="m9 18 6-6-6-6"/>`
	case IconLogOut:
		return `<path d="m16 17 5-5-5-5"/><path d="M21 12H9"/><path d="M9 21H5a2 2 0 0 1-2-2V5a2 2 0 0 1 2-2h4"/>`
	case IconDownload:
		return `<path d="M12 15V3"/><path d="M21 15v4a2 2 0 0 1-2 2H5a2 2 0 0 1-2-2v-4"/><path d="m7 10 5 5 5-5"/>`
	case IconTriangleAlert:
		return `<path d="m21.73 18-8-14a2 2 0 0 0-3.48 0l-8 14A2 2 0 0 0 4 21h16a2 2 0 0 0 1.73-3"/><path d="M12 9v4"/><path d="M12 17h.01"/>`
	case IconCircleCheck:
		return `<circle cx="12" cy="12" r="10"/><path d="m16 9-5.5 5.5L8 12"/>`
	case IconCircleX:
		return `<circle cx="12" cy="12" r="10"/><path d="m15 9-6 6"/><path d="m9 9 6 6"/>`
	case IconInfo:
		return `<circle cx="12" cy="12" r="10"/><path d="M12 16v-4"/><path d="M12 8h.01"/>`
	case IconX:
		return `<path d="M18 6 6 18"/><path d="m6 6 12 12"/>`
	case IconPlus:
		return `<path d="M5 12h14"/><path d="M12 5v14"/>`
	case IconUndo2:
		return `<path d="M9 14 4 9l5-5"/><path d="M4 9h10.5a5.5 5.5 0 0 1 5.5 5.5a5.5 5.5 0 0 1-5.5 5.5H11"/>`
	case IconKeyRound:
		return `<path d="M2.586 17.414A2 2 0 0 0 2 18.828V21a1 1 0 0 0 1 1h3a1 1 0 0 0 1-1v-1a1 1 0 0 1 1-1h1a1 1 0 0 0 1-1v-1a1 1 0 0 1 1-1h.172a2 2 0 0 0 1.414-.586l.814-.814a6.5 6.5 0 1 0-4-4z"/><circle cx="16.5" cy="7.5" r=".5" fill="currentColor"/>`
	case IconClock:
		return `<circle cx="12" cy="12" r="10"/><path d="M12 6v6l4 2"/>`
	case IconRefreshCw:
		return `<path d="M3 12a9 9 0 0 1 9-9 9.75 9.75 0 0 1 6.74 2.74L21 8"/><path d="M21 3v5h-5"/><path d="M21 12a9 9 0 0 1-9 9 9.75 9.75 0 0 1-6.74-2.74L3 16"/><path d="M8 16H3v5"/>`
	case IconArrowUp:
		return `<path d="m5 12 7-7 7 7"/><path d="M12 19V5"/>`
	case IconArrowDown:
		return `<path d="M12 5v14"/><path d="m19 12-7 7-7-7"/>`
	case IconKeyboard:
		return `<path d="M10 8h.01"/><path d="M12 12h.01"/><path d="M14 8h.01"/><path d="M16 12h.01"/><path d="M18 8h.01"/><path d="M6 8h.01"/><path d="M7 16h10"/><path d="M8 12h.01"/><rect width="20" height="16" x="2" y="4" rx="2"/>`
	case IconShieldAlert:
		return `<path d="M20 13c0 5-3.5 7.5-7.66 8.95a1 1 0 0 1-.67-.01C7.5 20.5 4 18 4 13V6a1 1 0 0 1 1-1c2 0 4.5-1.2 6.24-2.72a1.17 1.17 0 0 1 1.52 0C14.51 3.81 17 5 19 5a1 1 0 0 1 1 1z"/><path d="M12 8v4"/><path d="M12 16h.01"/>`
	case IconArrowLeft:
		return `<path d="m12 19-7-7 7-7"/><path d="M19 12H5"/>`
	case IconEye:
		return `<path d="M2.062 12.348a1 1 0 0 1 0-.696 10.75 10.75 0 0 1 19.876 0 1 1 0 0 1 0 .696 10.75 10.75 0 0 1-19.876 0"/><circle cx="12" cy="12" r="3"/>`
	case IconSettings2:
		return `<path d="M14 17H5"/><path d="M19 7h-9"/><circle cx="17" cy="17" r="3"/><circle cx="7" cy="7" r="3"/>`
	case IconListChecks:
		return `<path d="m3 17 2 2 4-4"/><path d="m3 7 2 2 4-4"/><path d="M13 6h8"/><path d="M13 12h8"/><path d="M13 18h8"/>`
	case IconHistory:
		return `<path d="M3 12a9 9 0 1 0 9-9 9.75 9.75 0 0 0-6.74 2.74L3 8"/><path d="M3 3v5h5"/><path d="M12 7v5l4 2"/>`
	case IconUsers:
		return `<path d="M16 21v-2a4 4 0 0 0-4-4H6a4 4 0 0 0-4 4v2"/><path d="M16 3.128a4 4 0 0 1 0 7.744"/><path d="M22 21v-2a4 4 0 0 0-3-3.87"/><circle cx="9" cy="7" r="4"/>`
	case IconListTree:
		return `<path d="M8 5h13"/><path d="M13 12h8"/><path d="M13 19h8"/><path d="M3 10a2 2 0 0 0 2 2h3"/><path d="M3 5v12a2 2 0 0 0 2 2h3"/>`
	case IconMinus:
		return `<path d="M5 12h14"/>`
	case IconListFilter:
		return `<path d="M3 6h18"/><path d="M7 12h10"/><path d="M10 18h4"/>`
	case IconColumns3:
		return `<rect width="18" height="18" x="3" y="3" rx="2"/><path d="M9 3v18"/><path d="M15 3v18"/>`
	case IconBookmark:
		return `<path d="M17 3a2 2 0 0 1 2 2v15a1 1 0 0 1-1.496.868l-4.512-2.578a2 2 0 0 0-1.984 0l-4.512 2.578A1 1 0 0 1 5 20V5a2 2 0 0 1 2-2z"/>`
	case IconLink:
		return `<path d="M10 13a5 5 0 0 0 7.54.54l3-3a5 5 0 0 0-7.07-7.07l-1.72 1.71"/><path d="M14 11a5 5 0 0 0-7.54-.54l-3 3a5 5 0 0 0 7.07 7.07l1.71-1.71"/>`
	case IconEqual:
		return `<line x1="5" x2="19" y1="9" y2="9"/><line x1="5" x2="19" y1="15" y2="15"/>`
	}
	panic("components: no such icon") //nolint:forbidigo // a number that no constant has: the tests draw all of them
}
