package static

import (
	"bytes"
	"crypto/sha256"
	"crypto/sha512"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"path"
	"strings"
	"sync"

	"github.com/klauspost/compress/gzip"
)

// Encoding is a content coding as it stands in Content-Encoding.
type Encoding string

// The encodings of an asset, best first but for Identity.
const (
	Identity Encoding = ""
	Brotli   Encoding = "br"
	Gzip     Encoding = "gzip"
)

// Asset is one embedded file.
type Asset struct {
	Name string // "vendor/htmx-4.0.1.min.js"
	Type string // Content-Type
	Hash string // 12 hex digits of the content's SHA-256
	// Integrity is what browsers check the content against (Subresource Integrity).
	Integrity string

	raw    []byte
	brotli []byte // made ahead, nil where there is none
	gzip   func() []byte
}

func newAsset(name string, raw, small []byte) (*Asset, error) {
	contentType, ok := contentTypes()[path.Ext(name)]
	if !ok {
		return nil, fmt.Errorf("static: no content type for %s", name)
	}
	sum := sha256.Sum256(raw)
	a := &Asset{Name: name, Type: contentType, Hash: hex.EncodeToString(sum[:6]), raw: raw, brotli: smaller(small, raw)}
	whole := sha512.Sum384(raw)
	a.Integrity = "sha384-" + base64.StdEncoding.EncodeToString(whole[:])
	a.gzip = sync.OnceValue(func() []byte {
		var out bytes.Buffer
		w, err := gzip.NewWriterLevel(&out, gzip.BestCompression)
		if err != nil {
			return nil
		}
		_, _ = w.Write(raw)
		_ = w.Close()
		return smaller(out.Bytes(), raw)
	})
	return a, nil
}

// Body returns the content in the wanted encoding, or as it is where that would
// not be smaller; the encoding returned says which. The first call for gzip, which hardly any
// browser asks for, compresses; later ones share its result. The bytes must not be changed.
func (a *Asset) Body(want Encoding) ([]byte, Encoding) {
	var compressed []byte
	switch want {
	case Brotli:
		compressed = a.brotli
	case Gzip:
		compressed = a.gzip()
	case Identity:
	}
	if compressed == nil {
		return a.raw, Identity
	}
	return compressed, want
}

// hashed is the name with the hash before its extension.
func (a *Asset) hashed() string {
	ext := path.Ext(a.Name)
	return strings.TrimSuffix(a.Name, ext) + "." + a.Hash + ext
}

func smaller(compressed, raw []byte) []byte {
	if len(compressed) == 0 || len(compressed) >= len(raw) {
		return nil
	}
	return compressed
}

// contentTypes is our own list: mime.TypeByExtension answers what the machine it
// runs on happens to think.
func contentTypes() map[string]string {
	return map[string]string{
		".css": "text/css; charset=utf-8",
		".js":  "text/javascript; charset=utf-8",
		".svg": "image/svg+xml",
	}
}
