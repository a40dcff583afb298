package static

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"io"
	"os"
	"path"
	"regexp"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/andybalholm/brotli"
	"github.com/klauspost/compress/gzip"
)

func mustLoad(t *testing.T, files map[string]string) *Assets {
	t.Helper()
	fsys := fstest.MapFS{}
	for name, text := range files {
		fsys[name] = &fstest.MapFile{Data: []byte(text)}
	}
	assets, err := load(fsys, "/x")
	if err != nil {
		t.Fatal(err)
	}
	return assets
}

func TestURLFollowsContent(t *testing.T) {
	t.Parallel()
	before := mustLoad(t, map[string]string{"app.css": "a{}", "vendor/htmx-4.0.1.min.js": "1"})
	after := mustLoad(t, map[string]string{"app.css": "b{}", "vendor/htmx-4.0.1.min.js": "1"})
	if url := before.URL("app.css"); !regexp.MustCompile(`^/x/static/app\.[0-9a-f]{12}\.css$`).MatchString(url) {
		t.Errorf("URL %s", url)
	}
	if url := before.URL("vendor/htmx-4.0.1.min.js"); !regexp.MustCompile(`^/x/static/vendor/htmx-4\.0\.1\.min\.[0-9a-f]{12}\.js$`).MatchString(url) {
		t.Errorf("URL %s", url)
	}
	if before.URL("app.css") == after.URL("app.css") {
		t.Error("another content has the same URL")
	}
	if before.URL("vendor/htmx-4.0.1.min.js") != after.URL("vendor/htmx-4.0.1.min.js") {
		t.Error("the same content has another URL")
	}
	if got := before.URL("nothing.css"); got != "/x/static/nothing.css" {
		t.Errorf("URL of nothing: %s", got)
	}

	old := strings.TrimPrefix(before.URL("app.css"), "/x/static/")
	if asset, immutable, ok := before.Lookup(old); !ok || !immutable || asset.Name != "app.css" {
		t.Errorf("own hash: %v, immutable %t, found %t", asset, immutable, ok)
	}
	if asset, immutable, ok := after.Lookup(old); !ok || immutable || asset.Name != "app.css" {
		t.Errorf("another build's hash: %v, immutable %t, found %t", asset, immutable, ok)
	}
	for _, name := range []string{"", "app", "app.0123456789ab.js", "app.0123456789AB.css", ".0123456789ab.css", "../app.css"} {
		if _, _, ok := before.Lookup(name); ok {
			t.Errorf("Lookup(%q) found something", name)
		}
	}
}

func TestBody(t *testing.T) {
	t.Parallel()
	text := strings.Repeat("a { color: red }\n", 200)
	var small bytes.Buffer
	w := brotli.NewWriter(&small)
	_, _ = w.Write([]byte(text))
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	asset, _, _ := mustLoad(t, map[string]string{"served/app.css": text, "served/app.css.br": small.String()}).Lookup("app.css")
	unpack := map[Encoding]func(io.Reader) (io.Reader, error){
		Identity: func(r io.Reader) (io.Reader, error) { return r, nil },
		Brotli:   func(r io.Reader) (io.Reader, error) { return brotli.NewReader(r), nil },
		Gzip:     func(r io.Reader) (io.Reader, error) { return gzip.NewReader(r) },
	}
	for want, open := range unpack {
		body, got := asset.Body(want)
		r, err := open(bytes.NewReader(body))
		if err != nil {
			t.Fatal(err)
		}
		if unpacked, err := io.ReadAll(r); err != nil || got != want || string(unpacked) != text {
			t.Errorf("Body(%q): encoding %q, %d bytes, %v", want, got, len(unpacked), err)
		}
	}
	for _, packed := range []map[string]string{{"tiny.js": "1"}, {"tiny.js": "1", "served/tiny.js.br": "11"}} {
		tiny, _, _ := mustLoad(t, packed).Lookup("tiny.js")
		if body, got := tiny.Body(Brotli); got != Identity || string(body) != "1" {
			t.Errorf("what does not shrink is sent as %q", got)
		}
	}
}

func TestUnknownTypeIsRefused(t *testing.T) {
	t.Parallel()
	if _, err := load(fstest.MapFS{"a.exe": &fstest.MapFile{}}, ""); err == nil {
		t.Error("an asset without a content type was accepted")
	}
}

// TestVendored compares the vendored files with SHA256SUMS, which lists every one
// of them.
func TestVendored(t *testing.T) {
	t.Parallel()
	sums, err := os.ReadFile("vendor/SHA256SUMS")
	if err != nil {
		t.Fatal(err)
	}
	want := map[string]string{}
	for line := range strings.Lines(string(sums)) {
		sum, name, _ := strings.Cut(strings.TrimSpace(line), "  ")
		want[name] = sum
	}
	entries, err := files.ReadDir("vendor")
	if err != nil {
		t.Fatal(err)
	}
	for _, entry := range entries {
		raw, err := files.ReadFile(path.Join("vendor", entry.Name()))
		if err != nil {
			t.Fatal(err)
		}
		sum := sha256.Sum256(raw)
		if got := hex.EncodeToString(sum[:]); got != want[entry.Name()] {
			t.Errorf("%s has the checksum %s, want %q", entry.Name(), got, want[entry.Name()])
		}
		delete(want, entry.Name())
	}
	if len(want) > 0 {
		t.Errorf("not there: %v", want)
	}
}

// TestWeight prints what is sent to a browser that has nothing yet, and fails where a file
// is more than it may be: what is packed is the same whenever it is made.
func TestWeight(t *testing.T) {
	t.Parallel()
	assets, err := New("")
	if err != nil {
		t.Fatal(err)
	}
	for name, most := range map[string]int{
		"app.css": 12_600, "app.js": 8_160, "frame.js": 500, "favicon.svg": 250,
		"vendor/htmx-4.0.1.min.js": 12_000, // as it was released
	} {
		asset, _, ok := assets.Lookup(name)
		if !ok {
			t.Fatalf("there is no %s", name)
		}
		raw, _ := asset.Body(Identity)
		zipped, _ := asset.Body(Gzip)
		best, coding := asset.Body(Brotli)
		t.Logf("%-28s %6d bytes, gzip %6d, brotli %6d", name, len(raw), len(zipped), len(best))
		if coding != Brotli || len(best) > most {
			t.Errorf("%s weighs %d bytes (%s), of at most %d", name, len(best), coding, most)
		}
	}
	if total := len(assets.byName); total != 5 {
		t.Errorf("%d files are served, of which this knows 5", total)
	}
}
