package static

import (
	"fmt"
	"io/fs"
	"path"
	"runtime/debug"
	"strings"
	"sync"
)

// Assets are all embedded files, by the paths they are served at.
type Assets struct {
	base   string
	byName map[string]*Asset
	byPath map[string]*Asset // hashed names
}

// embedded are the files of this build. They are read, hashed and compressed once
// per process, however many consoles serve them.
var embedded = sync.OnceValues(func() (*Assets, error) {
	a, err := load(files, "")
	if err != nil {
		return nil, err
	}
	dir, err := fs.Sub(files, moduleDir)
	if err != nil {
		return nil, fmt.Errorf("static: %w", err)
	}
	joined, err := script(dir, modules())
	if err != nil {
		return nil, fmt.Errorf("static: %w", err)
	}
	return a, a.add(scriptName, joined)
})

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
	err := fs.WalkDir(fsys, ".", func(name string, entry fs.DirEntry, err error) error {
		switch {
		case err == nil && entry.IsDir() && name == moduleDir:
			return fs.SkipDir
		case err != nil || entry.IsDir():
			return err
		}
		raw, err := fs.ReadFile(fsys, name)
		if err != nil {
			return err
		}
		return a.add(name, raw)
	})
	if err != nil {
		return nil, fmt.Errorf("static: %w", err)
	}
	return a, nil
}

func (a *Assets) add(name string, raw []byte) error {
	asset, err := newAsset(name, raw)
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

// Warm compresses everything, so that no request waits for it. It takes some
// 0.2 s of one core: start it beside the server, not before it.
func (a *Assets) Warm() {
	for _, asset := range a.byName {
		asset.brotli()
		asset.gzip()
	}
	// What that took is not taken again for as long as the process lives.
	debug.FreeOSMemory()
}

func isHash(s string) bool {
	return len(s) == 12 && strings.Trim(s, "0123456789abcdef") == ""
}
