package main

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
)

// licenceFiles are what a module's own terms are in, and what these ask to be passed on.
var licenceFiles = regexp.MustCompile(`^(?i:licen[cs]e|copying|notice)`)

// licences are the texts that come with what is in the binary, which all of them ask whoever
// hands it out to pass on: the modules that it links for that system, Go's library, and the
// scripts and icons in its pages.
func (r *release) licences(ctx context.Context, t target) ([]byte, error) {
	cmd := exec.CommandContext(ctx, "go", "list", "-deps", "-f", "{{with .Module}}{{if not .Main}}{{.Path}} {{.Version}}\t{{.Dir}}{{end}}{{end}}", "./cmd/console")
	cmd.Env = append(slices.Clone(r.environ), "GOOS="+t.os, "GOARCH="+t.arch, "CGO_ENABLED=0")
	out, err := cmd.Output()
	if err != nil {
		return nil, fmt.Errorf("go list: %w", err)
	}
	root, err := exec.CommandContext(ctx, "go", "env", "GOROOT").Output()
	if err != nil {
		return nil, fmt.Errorf("go env: %w", err)
	}
	parts := strings.Split(strings.TrimSpace(string(out)), "\n")
	parts = append(parts, "Go's library\t"+strings.TrimSpace(string(root)), "htmx, Lucide icons\t"+filepath.Join("static", "vendor"))
	slices.Sort(parts)
	var b bytes.Buffer
	for _, part := range slices.Compact(parts) {
		what, dir, _ := strings.Cut(part, "\t")
		if err := appendLicences(&b, what, dir); err != nil {
			return nil, err
		}
	}
	return b.Bytes(), nil
}

func appendLicences(b *bytes.Buffer, what, dir string) error {
	files, err := os.ReadDir(dir)
	if err != nil {
		return err
	}
	found := false
	for _, file := range files {
		name := file.Name()
		if file.IsDir() || !licenceFiles.MatchString(name) && !strings.HasSuffix(name, "-LICENSE") {
			continue
		}
		text, err := os.ReadFile(filepath.Join(dir, name))
		if err != nil {
			return err
		}
		found = true
		fmt.Fprintf(b, "==== %s: %s\n\n%s\n\n", what, name, bytes.TrimSpace(text))
	}
	if !found {
		return fmt.Errorf("%s comes with no licence (%s)", what, dir)
	}
	return nil
}
