package static

import (
	"errors"
	"fmt"
	"io/fs"
	"path"
	"strings"
	"sync"
)

// Assets are all embedded files, by the paths they are served at.
type Assets struct {
	base   string
	byName map[string]*Asset
	byPath map[string]*Asset // hashed names
}

// servedDir has what is made of the files that were written (press/main.go), by the names
// they are served under, and beside each what it is packed with brotli.
const (
	servedDir = "served"
	packed    = ".br"
)

// embedded are the files of this build. They are read and hashed once per process, however
// many consoles serve them.
var embedded = sync.OnceValues(func() (*Assets, error) { return load(files, "") })

// New returns the embedded files. base is the console's base path: "" or "/x".
func New(base string) (*Assets, error) {
	shared, err := embedded()
	if err != nil {
		return nil, err
	}
	return &Assets{base: base, byName: shared.byName, byPath: shared.byPath}, nil
}

func load(fsys fs.FS, base string) (*Assets, error) {
	a := &Assets{base: base, byName: map[string]*Asset{}, byPath: map[string]*Asset{}}
	err := fs.WalkDir(fsys, ".", func(file string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() || strings.HasSuffix(file, packed) {
			return err
		}
		raw, err := fs.ReadFile(fsys, file)
		if err != nil {
			return err
		}
		name := strings.TrimPrefix(file, servedDir+"/")
		small, err := fs.ReadFile(fsys, path.Join(servedDir, name+packed))
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
		return a.add(name, raw, small)
	})
	if err != nil {
		return nil, fmt.Errorf("static: %w", err)
	}
	return a, nil
}

func (a *Assets) add(name string, raw, small []byte) error {
	asset, err := newAsset(name, raw, small)
	if err != nil {
		return err
	}
	a.byName[name], a.byPath[asset.hashed()] = asset, asset
	return nil
}

// URL returns where the file is served, base path and hash included:
// URL("app.css") is "/x/static/app.0123456789ab.css". The URL of a file that does
// not exist has no hash and leads to a 404.
func (a *Assets) URL(name string) string {
	if asset, ok := a.byName[name]; ok {
		name = asset.hashed()
	}
	return a.base + "/static/" + name
}

// Integrity returns what browsers check the file against, "" for one that does not exist.
func (a *Assets) Integrity(name string) string {
	if asset, ok := a.byName[name]; ok {
		return asset.Integrity
	}
	return ""
}

// Lookup finds the asset at a path below /static/. immutable tells that the path
// names this very content. Otherwise it is the file's plain name, or its name
// with the hash of another build: during a rolling update a page of the new
// build may ask the old one. Nobody may keep that, and a browser that knows the
// integrity does not use it: the page works without until it is loaded again.
func (a *Assets) Lookup(name string) (asset *Asset, immutable, ok bool) {
	if asset, ok := a.byPath[name]; ok {
		return asset, true, true
	}
	if asset, ok := a.byName[name]; ok {
		return asset, false, true
	}
	ext := path.Ext(name)
	stem := strings.TrimSuffix(name, ext)
	if dot := strings.LastIndexByte(stem, '.'); dot > 0 && isHash(stem[dot+1:]) {
		asset, ok := a.byName[stem[:dot]+ext]
		return asset, false, ok
	}
	return nil, false, false
}

func isHash(s string) bool {
	return len(s) == 12 && strings.Trim(s, "0123456789abcdef") == ""
}
