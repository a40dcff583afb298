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

// shots are all pictures of a story: on a desk and a telephone in Vietnamese, a page at a
// laptop's width too. The first of a group, and those whose texts break things, in the dark;
// in English, whose words are longer or shorter, what is wide.
func shots(s stories.Story, first bool) []shot {
	all := []shot{{1440, 900, "vi", "light"}, {390, 844, "vi", "light"}}
	hard := strings.HasSuffix(s.Name, "-hard")
	if s.Whole && (first || hard) {
		all = append(all, shot{1024, 768, "vi", "light"}, shot{1440, 900, "vi", "dark"}, shot{390, 844, "en", "light"})
	}
	return all
}

// TestPictures looks at every story: nothing in it is cut, lies over something else or makes
// the page wider than the screen, and it looks as it did when somebody accepted it. That it
// does is told only by the browser and the fonts that it was accepted with.
//
// CONSOLE_SHOTS=dir writes the pictures there, to be looked at; -update accepts them.
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
	r := &rig{t: t, browser: chrome.require(t), url: server.URL}
	p := r.open()
	call(p, page.AddScriptToEvaluateOnNewDocument, page.AddScriptToEvaluateOnNewDocumentParams{Source: stopped(now)})

	before, after := readPrints(t), prints{of: map[string]print{}}
	p.goTo("/")
	after.by = p.hand()
	compared := before.by == after.by && !*accept
	if before.by != after.by && !*accept {
		t.Logf("the pictures were accepted of %q and are not compared with those of %q: -update accepts these", before.by, after.by)
	}
	told, all := map[string]bool{}, stories.All(catalogues.Printer("vi"), now)
	ran := 0
	for _, s := range all {
		first := !told[s.Group]
		told[s.Group] = true
		t.Run(s.Name, func(t *testing.T) {
			ran++
			p.t = t
			lang := ""
			for _, as := range shots(s, first) {
				name := fmt.Sprintf("%s-%d-%s-%s", s.Name, as.width, as.lang, as.theme)
				p.resize(as.width, as.height)
				if as.lang != lang {
					lang = as.lang
					p.goTo(s.Address(as.lang, as.theme))
					if s.Shows != "" {
						p.see(s.Shows)
					}
				}
				now, wrong := p.picture(name, as)
				for _, wrong := range wrong {
					t.Errorf("%s: %s", name, wrong)
				}
				after.of[name] = now
				if !compared {
					continue
				}
				if was, ok := before.of[name]; !ok {
					t.Errorf("%s: nobody has accepted this picture: look at it (CONSOLE_SHOTS=dir), then -update", name)
				} else if why := was.differs(now); why != "" {
					t.Errorf("%s: %s: look at it (CONSOLE_SHOTS=dir); if it is right, -update", name, why)
				}
			}
		})
	}
	p.t = t
	if ran < len(all) {
		// Some of them: what is known of the others stays.
		for name, was := range before.of {
			if _, ok := after.of[name]; !ok && before.by == after.by {
				after.of[name] = was
			}
		}
	}
	if *accept {
		after.write(t)
	}
	for name := range before.of {
		if _, ok := after.of[name]; !ok && compared {
			t.Errorf("%s is accepted and there is no such picture: -update", name)
		}
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
	yes := true
	take := func(scale float64) []byte {
		return call(p, page.CaptureScreenshot, page.CaptureScreenshotParams{
			Clip:                  &page.Viewport{Width: float64(as.width), Height: min(seen.Height, 6000), Scale: scale},
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
