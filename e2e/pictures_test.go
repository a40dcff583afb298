package e2e

import (
	"bytes"
	_ "embed"
	"flag"
	"fmt"
	"image"
	"image/png"
	"maps"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	product "github.com/chromedp/cdproto/browser"
	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/page"

	"github.com/alohub/agentconsole/locale"
	"github.com/alohub/agentconsole/stories"
)

var accept = flag.Bool("update", false, "accept the pictures of the stories as they are now")

// accepted are the pictures of all stories as somebody looked at them last, each as a print.
const accepted = "testdata/pictures.txt"

//go:embed testdata/layout.js
var layout string

// A shot is how a story is pictured.
type shot struct {
	width, height int64
	lang, theme   string
}

// shots are all pictures of a story: on a desk and a telephone in Vietnamese; a page whose
// texts break things on a laptop too, and the first of a group also in the dark and in English.
func shots(s stories.Story, first bool) []shot {
	all := []shot{{1440, 900, "vi", "light"}, {390, 844, "vi", "light"}}
	if s.Whole && (first || strings.HasSuffix(s.Name, "-hard")) {
		all = append(all, shot{1024, 768, "vi", "light"})
	}
	if s.Whole && first {
		all = append(all, shot{1440, 900, "vi", "dark"}, shot{390, 844, "en", "light"})
	}
	return all
}

// pictured reports whether pictures are made: to be accepted, compared or looked at. Else each
// story is looked at for what is wrong in itself alone.
func pictured() bool {
	return *accept || os.Getenv("CONSOLE_SHOTS") != "" || os.Getenv("CONSOLE_PICTURES") == "compare"
}

// sample leaves of a story, where no picture is made of it, the telephone, on which the least
// has room; of one whose texts break things the desk too.
func sample(s stories.Story, all []shot) []shot {
	if pictured() || strings.HasSuffix(s.Name, "-hard") {
		return all
	}
	return all[1:2]
}

// TestPictures looks at every story: nothing in it is cut, lies over something else, makes the
// page wider than the screen or is too small for a thumb.
//
// With CONSOLE_PICTURES=compare it has to look as it did when somebody accepted it, too. That
// it does is told only by the browser and the fonts that it was accepted with, and not so
// surely that it should keep a change from being merged. CONSOLE_SHOTS=dir writes the pictures
// there, to be looked at; -update accepts them.
func TestPictures(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 11, 24, 7, 30, 0, 0, time.UTC)
	handler, err := stories.NewServer(func() time.Time { return now })
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(handler)
	t.Cleanup(server.Close)
	catalogues, err := locale.Load()
	if err != nil {
		t.Fatal(err)
	}
	all := stories.All(catalogues.Printer("vi"), now)
	g := &gallery{before: readPrints(t), now: prints{of: map[string]print{}}, at: map[*tab]string{}}
	t.Run("of", func(t *testing.T) {
		// Two tabs, as a tab waits for the browser half of its time.
		for half := range 2 {
			t.Run(fmt.Sprint(half), func(t *testing.T) {
				t.Parallel()
				r := &rig{t: t, browser: chrome.require(t), url: server.URL}
				p := r.open()
				p.onDialog(true) // an editor with changes asks whether to leave it
				call(p, page.AddScriptToEvaluateOnNewDocument, page.AddScriptToEvaluateOnNewDocumentParams{Source: stopped(now)})
				p.goTo("/")
				g.drawnBy(t, p.hand())
				for i, s := range all {
					if i%2 != half {
						continue
					}
					t.Run(s.Name, func(t *testing.T) {
						p.t = t
						for _, as := range sample(s, shots(s, first(all, i))) {
							g.look(p, s, as)
						}
					})
				}
				p.t = t
			})
		}
	})
	there := map[string]bool{}
	for i, s := range all {
		for _, as := range shots(s, first(all, i)) {
			there[as.of(s)] = true
		}
	}
	g.end(t, there)
}

// first reports whether a story is the first of its group.
func first(all []stories.Story, i int) bool {
	return i == 0 || all[i-1].Group != all[i].Group
}

// of names the picture of a story.
func (as shot) of(s stories.Story) string {
	return fmt.Sprintf("%s-%d-%s-%s", s.Name, as.width, as.lang, as.theme)
}

// gallery is the pictures as somebody accepted them, and as they are.
type gallery struct {
	mu          sync.Mutex
	before, now prints
	at          map[*tab]string // the address that a tab was led to last
}

func (g *gallery) seen(p *tab, address string) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.at[p] = address
}

func (g *gallery) sees(p *tab, address string) bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.at[p] == address
}

// drawnBy hears whose hand the pictures are.
func (g *gallery) drawnBy(t *testing.T, hand string) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.now.by == "" && hand != g.before.by && pictured() && !*accept {
		t.Logf("the pictures were accepted of %q and are not compared with those of %q: -update accepts these", g.before.by, hand)
	}
	g.now.by = hand
}

// compares reports whether the pictures are to be as they were.
func (g *gallery) compares() bool { return g.before.by == g.now.by && !*accept }

// look looks at a story.
func (g *gallery) look(p *tab, s stories.Story, as shot) {
	name := as.of(s)
	if address := s.Address(as.lang, "light"); !g.sees(p, address) {
		// As on a desk, and made narrower then: so a picture is the same whichever came
		// before it.
		p.resize(1440, 900)
		p.goTo(address)
		if s.Shows != "" {
			p.see(s.Shows)
		}
		g.seen(p, address)
	}
	p.resize(as.width, as.height)
	now, wrong := p.picture(name, as)
	for _, wrong := range wrong {
		p.t.Errorf("%s: %s", name, wrong)
	}
	if pictured() {
		g.hang(p.t, name, now)
	}
}

// hang compares a picture with the accepted one.
func (g *gallery) hang(t *testing.T, name string, now print) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.now.of[name] = now
	if !g.compares() {
		return
	}
	if was, ok := g.before.of[name]; !ok {
		t.Errorf("%s: nobody has accepted this picture: look at it (CONSOLE_SHOTS=dir), then -update", name)
	} else if why := was.differs(now); why != "" {
		t.Errorf("%s: %s: look at it (CONSOLE_SHOTS=dir); if it is right, -update", name, why)
	}
}

// end accepts the pictures where that was asked for, and else misses those that are gone. Of
// what was not looked at this time is known what was.
func (g *gallery) end(t *testing.T, there map[string]bool) {
	if !pictured() {
		return
	}
	t.Logf("%d pictures", len(g.now.of))
	for name, was := range g.before.of {
		_, looked := g.now.of[name]
		switch {
		case !there[name] && g.compares():
			t.Errorf("%s is accepted and there is no such picture: -update", name)
		case there[name] && !looked && g.before.by == g.now.by:
			g.now.of[name] = was
		}
	}
	if *accept {
		g.now.write(t)
	}
}

// stopped is the script by which a page's clock stands still, so that its times, countdowns
// and polls do.
func stopped(at time.Time) string {
	return fmt.Sprintf(`{
		const Real = Date, at = %d;
		Date = class extends Real {
			constructor(...given) { given.length ? super(...given) : super(at); }
			static now() { return at; }
		};
	}`, at.UnixMilli())
}

// hand is whose pictures these are: the browser, and how wide it writes. Another font, or
// another version of one, writes another width.
func (p *tab) hand() string {
	p.t.Helper()
	version := call(p, product.GetVersion, cdp.Empty{})
	major, _, _ := strings.Cut(version.Product, ".")
	_, major, _ = strings.Cut(major, "/")
	widths := value[[]string](p, `["var(--font)", "var(--mono)"].flatMap((family) => ["Nguyễn Thị Ánh Nguyệt 0123456789", "محمد عبد الله", "שירות לקוחות"].map((text) => {
		const e = document.createElement("span");
		e.textContent = text;
		e.style.cssText = "position: absolute; white-space: pre; font: 400 100px " + family;
		document.body.append(e);
		const width = e.getBoundingClientRect().width;
		e.remove();
		return String(Math.round(width));
	}))`)
	return "chromium " + major + ", " + strings.Join(widths, " ")
}

// picture is the print of all that the tab shows, and of what lies below, and what is wrong
// with it.
func (p *tab) picture(name string, as shot) (print, []string) {
	p.t.Helper()
	seen := value[struct {
		Wrong  []string
		Height float64
	}](p, layout+"($[0], $[1])", as.width, as.theme)
	if !pictured() {
		return print{}, seen.Wrong
	}
	yes := true
	take := func(scale float64) []byte {
		return call(p, page.CaptureScreenshot, page.CaptureScreenshotParams{
			Clip:                  &page.Viewport{Width: float64(as.width), Height: min(seen.Height, highest), Scale: scale},
			CaptureBeyondViewport: &yes, OptimizeForSpeed: &yes,
		}).Data
	}
	if dir := os.Getenv("CONSOLE_SHOTS"); dir != "" {
		p.must(os.WriteFile(filepath.Join(dir, "story-"+name+".png"), take(1), 0o644))
	}
	img, err := png.Decode(bytes.NewReader(take(0.5)))
	p.must(err)
	return printOf(img), seen.Wrong
}

// highest is how much of a page is pictured: below that are more of the same rows.
const highest = 2400

// A print is a picture made small: its size, of which a pixel is two of the screen's, and the
// mean colour of each of its squares. It does not tell letters, but what moved, came, went or
// has another colour.
type print struct {
	width, height int
	squares       []byte // red, green, blue of each, a line after the other
}

// square is how wide one is.
func square(width int) int { return max(32, width/12) }

func printOf(img image.Image) print {
	size := img.Bounds().Size()
	p := print{width: size.X, height: size.Y}
	side := square(size.X)
	for y := 0; y < size.Y; y += side {
		for x := 0; x < size.X; x += side {
			p.squares = append(p.squares, mean(img, image.Rect(x, y, min(x+side, size.X), min(y+side, size.Y)))...)
		}
	}
	return p
}

func mean(img image.Image, r image.Rectangle) []byte {
	var sum [3]int
	pixels, stride := pixelsOf(img)
	for y := r.Min.Y; y < r.Max.Y; y++ {
		for x := r.Min.X; x < r.Max.X; x++ {
			for c, v := range pixels[y*stride+4*x:][:3] {
				sum[c] += int(v)
			}
		}
	}
	n := r.Dx() * r.Dy()
	return []byte{byte(sum[0] / n), byte(sum[1] / n), byte(sum[2] / n)}
}

// pixelsOf is a picture without see-through parts as bytes.
func pixelsOf(img image.Image) ([]byte, int) {
	switch img := img.(type) {
	case *image.NRGBA:
		return img.Pix, img.Stride
	case *image.RGBA:
		return img.Pix, img.Stride
	}
	all := image.NewRGBA(img.Bounds())
	for y := range all.Rect.Dy() {
		for x := range all.Rect.Dx() {
			all.Set(x, y, img.At(x, y))
		}
	}
	return all.Pix, all.Stride
}

// How far a square's colour may be from the accepted one, and a height, before somebody has
// to look: a letter that is drawn a little otherwise is not seen.
const (
	mostColour = 6
	mostHeight = 1
)

// differs says how a picture differs from the accepted one, "" where it does not.
func (p print) differs(now print) string {
	if now.width != p.width || now.height-p.height > mostHeight || p.height-now.height > mostHeight {
		return fmt.Sprintf("was %d×%d, is %d×%d", p.width, p.height, now.width, now.height)
	}
	side := square(p.width)
	across := (p.width + side - 1) / side
	worst, at, many := 0, 0, 0
	for i := range min(len(p.squares), len(now.squares)) {
		d := int(p.squares[i]) - int(now.squares[i])
		if d = max(d, -d); d > mostColour {
			many++
		}
		if d > worst {
			worst, at = d, i/3
		}
	}
	if many == 0 {
		return ""
	}
	return fmt.Sprintf("another colour by %d of 255 in the square at %d, %d", worst, at%across*side, at/across*side)
}

// prints are those of all pictures, and whose hand drew them.
type prints struct {
	by string
	of map[string]print
}

// What a byte is written as: a letter is a quarter of what can be told apart. A dot is the
// square before once more.
const (
	letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
	same    = '.'
)

func (all prints) write(t *testing.T) {
	t.Helper()
	var out strings.Builder
	fmt.Fprintf(&out, "# %s\n", all.by)
	for _, name := range slices.Sorted(maps.Keys(all.of)) {
		p := all.of[name]
		fmt.Fprintf(&out, "%s %d %d ", name, p.width, p.height)
		last := ""
		for square := range slices.Chunk(p.squares, 3) {
			written := string([]byte{letters[square[0]/4], letters[square[1]/4], letters[square[2]/4]})
			if written == last {
				out.WriteByte(same)
				continue
			}
			out.WriteString(written)
			last = written
		}
		out.WriteByte('\n')
	}
	if err := os.WriteFile(accepted, []byte(out.String()), 0o644); err != nil {
		t.Fatal(err)
	}
}

func readPrints(t *testing.T) prints {
	t.Helper()
	all := prints{of: map[string]print{}}
	raw, err := os.ReadFile(accepted)
	if err != nil && !os.IsNotExist(err) {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(raw)) {
		line = strings.TrimSpace(line)
		if by, ok := strings.CutPrefix(line, "# "); ok {
			all.by = by
			continue
		}
		words := strings.Fields(line)
		if len(words) != 4 {
			t.Fatalf("%s: %q", accepted, line)
		}
		var p print
		p.width, _ = strconv.Atoi(words[1])
		p.height, _ = strconv.Atoi(words[2])
		for _, letter := range []byte(words[3]) {
			if letter == same {
				p.squares = append(p.squares, p.squares[len(p.squares)-3:]...)
				continue
			}
			p.squares = append(p.squares, byte(strings.IndexByte(letters, letter)*4+2))
		}
		all.of[words[0]] = p
	}
	return all
}

// TestPrints: what a person would see a print tells, and what nobody would it does not.
func TestPrints(t *testing.T) {
	t.Parallel()
	draw := func(height int, blocks ...image.Rectangle) image.Image {
		img := image.NewNRGBA(image.Rect(0, 0, 195, height))
		for i := range img.Pix {
			img.Pix[i] = 255
		}
		for _, b := range blocks {
			for y := b.Min.Y; y < b.Max.Y; y++ {
				for x := b.Min.X; x < b.Max.X; x++ {
					copy(img.Pix[img.PixOffset(x, y):], []byte{11, 92, 173})
				}
			}
		}
		return img
	}
	button := image.Rect(50, 50, 90, 72)
	was := printOf(draw(422, button))
	for name, tt := range map[string]struct {
		now  image.Image
		same bool
	}{
		"the same":        {draw(422, button), true},
		"a dot":           {draw(422, button, image.Rect(150, 150, 152, 152)), true},
		"gone":            {draw(422), false},
		"moved by 8 px":   {draw(422, button.Add(image.Pt(0, 4))), false},
		"a word more":     {draw(422, button, image.Rect(150, 150, 170, 155)), false},
		"a line's height": {draw(432, button), false},
	} {
		if why := was.differs(printOf(tt.now)); (why == "") != tt.same {
			t.Errorf("%s: %q", name, why)
		}
	}
}
