package main

import (
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// settingsName is the file that init writes where none is named.
const settingsName = "console.env"

// runInit is `console init [FILE]`: it writes a settings file that a shell and systemd read
// alike, and never over another.
func runInit(env Environment, out, problems io.Writer) int {
	name := settingsName
	switch {
	case len(env.Args) == 1 && !strings.HasPrefix(env.Args[0], "-"):
		name = env.Args[0]
	case len(env.Args) > 0:
		fmt.Fprintf(problems, "it is called: %s init [FILE]\n", env.program())
		return 2
	}
	err := writeNew(name, settingsFile(rand.Text()+rand.Text()))
	switch {
	case errors.Is(err, fs.ErrExist):
		fmt.Fprintf(problems, "%s is there already, and is left as it is: a new secret would sign everybody out. Name another file, or move it away.\n", name)
		return 1
	case err != nil:
		fmt.Fprintf(problems, "%s init: %v\n", env.program(), err)
		return 1
	}
	fmt.Fprintf(out, "%s has all settings, explained, and a fresh secret; only you can read it. Next:\n\n  set -a; . %s; set +a; %s\n", name, sourced(name), env.program())
	return 0
}

func writeNew(name, text string) error {
	file, err := os.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	_, err = file.WriteString(text)
	return errors.Join(err, file.Close())
}

// sourced is a file's name as a shell's dot takes it: it looks for one without a slash
// elsewhere.
func sourced(name string) string {
	if !strings.ContainsRune(filepath.ToSlash(name), '/') {
		name = "./" + name
	}
	if strings.Trim(name, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789/._-") == "" {
		return name
	}
	return "'" + strings.ReplaceAll(name, "'", `'\''`) + "'"
}

// settingsFile is every setting with what it means, as its default, but for the secret.
func settingsFile(secret string) string {
	var b strings.Builder
	b.WriteString(`# Settings of Agent Console. Take the # away from what is to differ from its default.
# A shell reads it with: set -a; . ./` + settingsName + `; set +a
# systemd with: EnvironmentFile=
`)
	for _, s := range settings() {
		fmt.Fprintf(&b, "\n# %s\n", s.usage)
		switch {
		case s.name == "secret":
			fmt.Fprintf(&b, "%s='%s'\n", s.env(), secret)
		default:
			fmt.Fprintf(&b, "#%s='%s'\n", s.env(), s.fallback)
		}
	}
	return b.String()
}
