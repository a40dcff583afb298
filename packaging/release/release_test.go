package main

import (
	"archive/tar"
	"archive/zip"
	"bytes"
	"compress/gzip"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

var noon = time.Date(2026, 11, 30, 12, 0, 0, 0, time.UTC)

// tree is a small release, in the order that somebody happened to read it.
func tree() []entry {
	return []entry{
		{name: "man/x.1", data: []byte(".TH X 1\n")},
		{name: "x", data: []byte("\x7fELF"), executable: true},
		{name: "LICENSE", data: []byte("MIT\n")},
	}
}

func packed(t *testing.T, write func(io.Writer, string, []entry, time.Time) error, entries []entry, at time.Time) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := write(&b, "x_1.2.3", entries, at); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// TestArchivesAreReproducible: order and zone of whoever makes them leave no trace, and what
// is to be in them is.
func TestArchivesAreReproducible(t *testing.T) {
	t.Parallel()
	backwards := tree()
	backwards[0], backwards[2] = backwards[2], backwards[0]
	for name, write := range map[string]func(io.Writer, string, []entry, time.Time) error{"tar.gz": writeTarGz, "zip": writeZip} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			first := packed(t, write, tree(), noon)
			if !bytes.Equal(first, packed(t, write, backwards, noon.In(time.FixedZone("ICT", 7*3600)))) {
				t.Error("two of the same differ")
			}
			if bytes.Equal(first, packed(t, write, tree(), noon.Add(2*time.Hour))) {
				t.Error("the time is not in it")
			}
		})
	}
}

func TestTarGz(t *testing.T) {
	t.Parallel()
	zr, err := gzip.NewReader(bytes.NewReader(packed(t, writeTarGz, tree(), noon)))
	if err != nil {
		t.Fatal(err)
	}
	if !zr.ModTime.IsZero() || zr.Name != "" {
		t.Errorf("gzip's own header says %v %q", zr.ModTime, zr.Name)
	}
	tr := tar.NewReader(zr)
	for _, want := range []struct {
		name, data string
		mode       int64
	}{{"x_1.2.3/LICENSE", "MIT\n", 0o644}, {"x_1.2.3/man/x.1", ".TH X 1\n", 0o644}, {"x_1.2.3/x", "\x7fELF", 0o755}} {
		h, err := tr.Next()
		if err != nil {
			t.Fatal(err)
		}
		data, err := io.ReadAll(tr)
		if err != nil || h.Name != want.name || string(data) != want.data || h.Mode != want.mode || h.Uid != 0 || h.Gid != 0 || !h.ModTime.Equal(noon) {
			t.Errorf("%+v %q %v, want %+v", h, data, err, want)
		}
	}
	if _, err := tr.Next(); !errors.Is(err, io.EOF) {
		t.Errorf("more: %v", err)
	}
}

func TestZip(t *testing.T) {
	t.Parallel()
	raw := packed(t, writeZip, tree(), noon)
	zr, err := zip.NewReader(bytes.NewReader(raw), int64(len(raw)))
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, f := range zr.File {
		names = append(names, f.Name)
		if !f.Modified.Equal(noon) || (f.Mode().Perm() == 0o755) != (f.Name == "x_1.2.3/x") {
			t.Errorf("%s: %v %v", f.Name, f.Modified, f.Mode())
		}
	}
	if got := strings.Join(names, " "); got != "x_1.2.3/LICENSE x_1.2.3/man/x.1 x_1.2.3/x" {
		t.Error(got)
	}
}

func TestCompressed(t *testing.T) {
	t.Parallel()
	raw, err := compressed([]byte("a page"))
	if err != nil {
		t.Fatal(err)
	}
	zr, err := gzip.NewReader(bytes.NewReader(raw))
	if err != nil {
		t.Fatal(err)
	}
	if got, err := io.ReadAll(zr); err != nil || string(got) != "a page" {
		t.Errorf("%q, %v", got, err)
	}
}

func TestSums(t *testing.T) {
	t.Parallel()
	r := release{out: t.TempDir()}
	for _, name := range []string{"b", "a"} {
		if err := os.WriteFile(filepath.Join(r.out, name), nil, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if err := r.sums([]string{"b", "a"}); err != nil {
		t.Fatal(err)
	}
	const empty = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
	if got, err := os.ReadFile(filepath.Join(r.out, "SHA256SUMS")); err != nil || string(got) != empty+"  a\n"+empty+"  b\n" {
		t.Errorf("%s %v", got, err)
	}
}

// TestPackagedUnit: the package's unit is deploy's, hardened as it is, with the package's
// paths and no other.
func TestPackagedUnit(t *testing.T) {
	t.Parallel()
	raw, err := os.ReadFile(filepath.Join("..", "..", "deploy", "agent-console.service"))
	if err != nil {
		t.Fatal(err)
	}
	unit, err := packagedUnit(string(raw))
	if err != nil {
		t.Fatal(err)
	}
	for _, other := range []string{"agent-console/", "/usr/local", "DynamicUser", "LoadCredential", "SECRET_FILE"} {
		if strings.Contains(unit, other) {
			t.Errorf("%s is in\n%s", other, unit)
		}
	}
	for _, line := range []string{"ExecStart=/usr/bin/agentconsole", "User=agentconsole", "EnvironmentFile=/etc/agentconsole/console.env", "ProtectSystem=strict", "WatchdogSec=30"} {
		if !strings.Contains(unit, "\n"+line+"\n") {
			t.Errorf("%s is not in\n%s", line, unit)
		}
	}
	if _, err := packagedUnit(unit); err == nil {
		t.Error("a unit that has nothing to be changed is taken for deploy's")
	}
}

func TestParse(t *testing.T) {
	t.Parallel()
	epoch := []string{"SOURCE_DATE_EPOCH=1000"}
	r, err := parse(t.Context(), []string{"-version", "1.2.3~rc1", "-targets", "linux/arm64,windows/amd64"}, epoch, io.Discard)
	if err != nil || len(r.targets) != 2 || r.at.Unix() != 1000 || r.out != "dist" {
		t.Errorf("%+v, %v", r, err)
	}
	for _, args := range [][]string{
		{},
		{"-version", "v1.2.3"},
		{"-version", "1.2"},
		{"-version", "1.2.3/../x"},
		{"-version", "1.2.3", "extra"},
		{"-version", "1.2.3", "-targets", "plan9/amd64"},
		{"-nonsense"},
	} {
		if _, err := parse(t.Context(), args, epoch, io.Discard); err == nil {
			t.Errorf("%q is taken", args)
		}
	}
	if _, err := parse(t.Context(), []string{"-version", "1.2.3"}, []string{"SOURCE_DATE_EPOCH=noon"}, io.Discard); err == nil {
		t.Error("noon is a number of seconds")
	}
}

// TestLicences: every part has one, and the texts are there.
func TestLicences(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	var b bytes.Buffer
	if err := appendLicences(&b, "x v1", folder); err == nil {
		t.Error("nobody misses a licence")
	}
	for _, name := range []string{"LICENSE-3RD-PARTY.md", "NOTICE", "licence.txt", "HTMX-LICENSE", "main.go"} {
		if err := os.WriteFile(filepath.Join(folder, name), []byte("of "+name), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if err := appendLicences(&b, "x v1", folder); err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]bool{"LICENSE-3RD-PARTY.md": true, "NOTICE": true, "licence.txt": true, "HTMX-LICENSE": true, "main.go": false} {
		if strings.Contains(b.String(), "==== x v1: "+name+"\n\nof "+name+"\n") != want {
			t.Errorf("%s: %s", name, b.String())
		}
	}
}
