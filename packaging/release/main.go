// Command release makes what people download who only want to run the console: an archive
// for each system with the binary, its manual page, completion and licences, Debian
// packages, a bill of materials of each binary, and the sums of all of it. Made twice from
// one commit by one version of Go, archives and packages are the same to the byte: whoever
// doubts a download can make it and compare.
//
// It runs nothing but go and git, and builds nfpm and cyclonedx-gomod from .ci/tools.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"time"
)

// program is what the binary is called once installed. Not console: that is half a dozen
// other programs' name, and says nothing in a list of processes.
const program = "agentconsole"

// release is one run of this program.
type release struct {
	version string
	out     string
	at      time.Time // of everything in it
	targets []target
	deb     bool
	sbom    bool
	environ []string // of the commands it runs
	log     io.Writer
}

// target is a system that there is a binary for.
type target struct{ os, arch string }

func (t target) String() string { return t.os + "/" + t.arch }

func allTargets() []target {
	return []target{{"linux", "amd64"}, {"linux", "arm64"}, {"darwin", "amd64"}, {"darwin", "arm64"}, {"windows", "amd64"}}
}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	err := run(ctx, os.Args[1:], os.Environ(), os.Stderr)
	stop()
	switch {
	case errors.Is(err, flag.ErrHelp):
	case err != nil:
		fmt.Fprintln(os.Stderr, "release:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, args, environ []string, log io.Writer) error {
	r, err := parse(ctx, args, environ, log)
	if err != nil {
		return err
	}
	return r.make(ctx)
}

// versions are those that Debian and archives' names both take.
var versions = regexp.MustCompile(`^[0-9]+\.[0-9]+\.[0-9]+([~+.][0-9A-Za-z.+~]+)?$`)

func parse(ctx context.Context, args, environ []string, log io.Writer) (*release, error) {
	r := &release{environ: environ, log: log}
	fs := flag.NewFlagSet("release", flag.ContinueOnError)
	fs.SetOutput(log)
	fs.StringVar(&r.version, "version", "", "what to call it: 1.2.3, or 1.2.3~rc1 before it")
	fs.StringVar(&r.out, "out", "dist", "folder to write to; made where it is missing")
	fs.BoolVar(&r.deb, "deb", true, "make Debian packages for the Linux targets")
	fs.BoolVar(&r.sbom, "sbom", true, "make bills of materials (CycloneDX)")
	names := fs.String("targets", "", "only these of "+fmt.Sprint(allTargets())+", comma-separated")
	if err := fs.Parse(args); err != nil {
		return nil, err
	}
	if fs.NArg() > 0 {
		return nil, fmt.Errorf("nobody knows what to do with %q", fs.Args())
	}
	if !versions.MatchString(r.version) {
		return nil, fmt.Errorf("-version %q: want one like 1.2.3", r.version)
	}
	r.targets = allTargets()
	if *names != "" {
		r.targets = nil
		for name := range strings.SplitSeq(*names, ",") {
			i := slices.IndexFunc(allTargets(), func(t target) bool { return t.String() == name })
			if i < 0 {
				return nil, fmt.Errorf("-targets: there is no %q", name)
			}
			r.targets = append(r.targets, allTargets()[i])
		}
	}
	var err error
	r.at, err = when(ctx, environ)
	return r, err
}

// when is SOURCE_DATE_EPOCH, as all tools of reproducible builds have it, or else the time
// of the commit.
func when(ctx context.Context, environ []string) (time.Time, error) {
	text, source := "", "SOURCE_DATE_EPOCH"
	for _, line := range environ {
		if value, ok := strings.CutPrefix(line, source+"="); ok {
			text = value
		}
	}
	if text == "" {
		source = "git log"
		out, err := exec.CommandContext(ctx, "git", "log", "-1", "--format=%ct").Output()
		if err != nil {
			return time.Time{}, fmt.Errorf("the commit's time, since SOURCE_DATE_EPOCH is not set: %w", err)
		}
		text = strings.TrimSpace(string(out))
	}
	seconds, err := strconv.ParseInt(text, 10, 64)
	if err != nil || seconds < 0 {
		return time.Time{}, fmt.Errorf("%s: %q is no number of seconds", source, text)
	}
	return time.Unix(seconds, 0).UTC(), nil
}

// make writes everything. What was in the folder under the same names is written over.
func (r *release) make(ctx context.Context) error {
	stage, err := os.MkdirTemp("", "release-")
	if err != nil {
		return err
	}
	defer func() { _ = os.RemoveAll(stage) }()
	if err := os.MkdirAll(r.out, 0o755); err != nil {
		return err
	}
	texts, err := r.texts(ctx, stage)
	if err != nil {
		return err
	}
	var made []string
	for _, t := range r.targets {
		names, err := r.makeTarget(ctx, stage, t, texts)
		if err != nil {
			return fmt.Errorf("%s: %w", t, err)
		}
		made = append(made, names...)
	}
	return r.sums(made)
}

// texts are the files that are the same on every system.
func (r *release) texts(ctx context.Context, stage string) ([]entry, error) {
	// A binary for this machine prints what the program knows of itself.
	here := r.binary(stage, target{runtime.GOOS, runtime.GOARCH})
	if err := r.build(ctx, here, target{runtime.GOOS, runtime.GOARCH}); err != nil {
		return nil, err
	}
	var list []entry
	for _, f := range []struct {
		name string
		args []string
	}{
		{"man/" + program + ".1", []string{"man", program}},
		{"completion/" + program + ".bash", []string{"completion", "bash", program}},
		{"completion/_" + program, []string{"completion", "zsh", program}},
		{"completion/" + program + ".fish", []string{"completion", "fish", program}},
	} {
		text, err := exec.CommandContext(ctx, here, f.args...).Output()
		if err != nil {
			return nil, fmt.Errorf("%s %s: %w", program, strings.Join(f.args, " "), err)
		}
		list = append(list, entry{name: f.name, data: text})
	}
	for _, name := range []string{"LICENSE", "README.md", "CHANGELOG.md"} {
		text, err := os.ReadFile(name)
		if err != nil {
			return nil, fmt.Errorf("this is run where the repository begins: %w", err)
		}
		list = append(list, entry{name: name, data: text})
	}
	return list, nil
}

// makeTarget makes what there is for one system and returns the files' names.
func (r *release) makeTarget(ctx context.Context, stage string, t target, texts []entry) ([]string, error) {
	start := time.Now()
	base := r.base(t)
	path := r.binary(stage, t)
	folder := filepath.Dir(path)
	if t != (target{runtime.GOOS, runtime.GOARCH}) { // that one printed the texts
		if err := r.build(ctx, path, t); err != nil {
			return nil, err
		}
	}
	raw, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	third, err := r.licences(ctx, t)
	if err != nil {
		return nil, err
	}
	entries := append(slices.Clone(texts), entry{name: filepath.Base(path), data: raw, executable: true}, entry{name: "LICENSES-OF-PARTS", data: third})

	name, write := base+".tar.gz", writeTarGz
	if t.os == "windows" {
		name, write = base+".zip", writeZip
	}
	if err := writeFile(filepath.Join(r.out, name), func(w io.Writer) error { return write(w, base, entries, r.at) }); err != nil {
		return nil, err
	}
	made := []string{name}
	if r.sbom {
		name := base + ".cdx.json"
		// A serial number and the time would make two of one binary differ.
		if err := r.tool(ctx, "cyclonedx-gomod", "bin", "-json", "-std", "-noserial", "-notimestamp", "-version", "v"+r.version, "-output", filepath.Join(r.out, name), path); err != nil {
			return nil, err
		}
		made = append(made, name)
	}
	if r.deb && t.os == "linux" {
		name, err := r.debian(ctx, folder, t, entries)
		if err != nil {
			return nil, err
		}
		made = append(made, name)
	}
	fmt.Fprintf(r.log, "%s: %s (%.1f s)\n", t, strings.Join(made, ", "), time.Since(start).Seconds())
	return made, nil
}

// base is what an archive is called without its ending, and the folder in it.
func (r *release) base(t target) string {
	return program + "_" + r.version + "_" + t.os + "_" + t.arch
}

// binary is where a system's is built.
func (r *release) binary(stage string, t target) string {
	name := program
	if t.os == "windows" {
		name += ".exe"
	}
	return filepath.Join(stage, r.base(t), name)
}

// build makes a binary. Whether the commit is in it is for GOFLAGS to say, as with any build.
func (r *release) build(ctx context.Context, path string, t target) error {
	return r.command(ctx, []string{"GOOS=" + t.os, "GOARCH=" + t.arch, "CGO_ENABLED=0"}, "go", "build", "-trimpath", "-ldflags=-s -w", "-o", path, "./cmd/console")
}

func (r *release) tool(ctx context.Context, name string, args ...string) error {
	return r.command(ctx, []string{fmt.Sprintf("SOURCE_DATE_EPOCH=%d", r.at.Unix())}, "go", append([]string{"tool", "-modfile=.ci/tools/go.mod", name}, args...)...)
}

// command runs one that says nothing where it succeeds.
func (r *release) command(ctx context.Context, environ []string, name string, args ...string) error {
	cmd := exec.CommandContext(ctx, name, args...)
	cmd.Env = append(slices.Clone(r.environ), environ...)
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("%s %s: %w\n%s", name, strings.Join(args, " "), err, out)
	}
	return nil
}
