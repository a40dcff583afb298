// Command press makes what browsers are sent of the style sheet and the scripts: the modules
// of app/ joined, what browsers do not need left out, and all of it packed with brotli. What
// it makes is in served/ and committed, as what templ makes is. After a change of CSS or
// script:
//
//	go generate ./static
package main

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"math/bits"
	"os"
	"path/filepath"

	"github.com/andybalholm/brotli"
	"github.com/tdewolff/minify/v2"
	"github.com/tdewolff/minify/v2/css"
	"github.com/tdewolff/minify/v2/js"
)

// servedDir is where everything goes, below the package static.
const servedDir = "served"

// packed is what a packed file's name has at its end.
const packed = ".br"

func main() {
	if err := write("."); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// write makes the files of the package in dir, and removes what it would not make. What is
// there already is left alone: who watches the files sees a change once.
func write(dir string) error {
	made, err := files(os.DirFS(dir))
	if err != nil {
		return err
	}
	served := filepath.Join(dir, servedDir)
	err = filepath.WalkDir(served, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		name, err := filepath.Rel(served, path)
		if _, wanted := made[filepath.ToSlash(name)]; err == nil && !wanted {
			err = os.Remove(path)
		}
		return err
	})
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	for name, content := range made {
		path := filepath.Join(served, filepath.FromSlash(name))
		if there, err := os.ReadFile(path); err == nil && bytes.Equal(there, content) {
			continue
		}
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			return err
		}
		if err := os.WriteFile(path, content, 0o644); err != nil {
			return err
		}
	}
	return nil
}

// files are what is served, by names below served/. What is served as it stands, htmx and
// the icon, is there packed alone.
func files(dir fs.FS) (map[string][]byte, error) {
	texts, err := sources(dir)
	if err != nil {
		return nil, err
	}
	small := minify.New()
	small.Add(".css", &css.Minifier{})
	small.Add(".js", &js.Minifier{})
	made := map[string][]byte{}
	for name, text := range texts {
		short, err := small.Bytes(filepath.Ext(name), text)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
		made[name] = short
		if made[name+packed], err = pack(short); err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
	}
	for _, pattern := range []string{"*.svg", "vendor/*.js"} {
		names, err := fs.Glob(dir, pattern)
		if err != nil {
			return nil, err
		}
		for _, name := range names {
			text, err := fs.ReadFile(dir, name)
			if err != nil {
				return nil, err
			}
			if made[name+packed], err = pack(text); err != nil {
				return nil, fmt.Errorf("%s: %w", name, err)
			}
		}
	}
	return made, nil
}

// sources are the texts as they were written, by the names they are served under.
func sources(dir fs.FS) (map[string][]byte, error) {
	modulesOf, err := fs.Sub(dir, moduleDir)
	if err != nil {
		return nil, err
	}
	texts := map[string][]byte{}
	if texts[scriptName], err = script(modulesOf, modules()); err != nil {
		return nil, err
	}
	if texts["frame.js"], err = fs.ReadFile(dir, "frame.js"); err != nil {
		return nil, err
	}
	if texts["app.css"], err = fs.ReadFile(dir, "app.css"); err != nil {
		return nil, err
	}
	return texts, nil
}

func pack(text []byte) ([]byte, error) {
	var out bytes.Buffer
	w := brotli.NewWriterOptions(&out, brotli.WriterOptions{Quality: brotli.BestCompression, LGWin: max(bits.Len(uint(len(text))), 10)})
	if _, err := w.Write(text); err != nil {
		return nil, err
	}
	if err := w.Close(); err != nil {
		return nil, err
	}
	return out.Bytes(), nil
}
