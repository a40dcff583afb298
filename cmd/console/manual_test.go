package main

import (
	"bytes"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime/debug"
	"slices"
	"strings"
	"testing"
)

// said runs the program and returns its exit code and all that it said.
func said(t *testing.T, args ...string) (int, string) {
	t.Helper()
	var text strings.Builder
	code := run(t.Context(), Environment{Args: args, Usage: &text}, &text, &text)
	return code, text.String()
}

// TestManPage: the page and -help name every flag, variable and subcommand that there is.
func TestManPage(t *testing.T) {
	t.Parallel()
	code, page := said(t, "man", "agentconsole")
	if code != 0 {
		t.Fatal(code, page)
	}
	page = strings.ReplaceAll(page, `\-`, "-")
	_, help := said(t, "-help")
	flags := slices.Concat(consoleOptions(), probeOptions())
	for _, o := range flags {
		if !strings.Contains(page, "\n.BI -"+o.name+" ") && !strings.Contains(page, "\n.B -"+o.name+"\n") {
			t.Errorf("the page has no -%s", o.name)
		}
		if !strings.Contains(page, o.env) {
			t.Errorf("the page has no %s", o.env)
		}
	}
	for _, o := range consoleOptions() {
		if !strings.Contains(help, "  -"+o.name+" ") || !strings.Contains(help, o.usage) {
			t.Errorf("-help has no -%s", o.name)
		}
	}
	for _, s := range subcommands() {
		if !strings.Contains(page, "\n.B "+s.call()+"\n") || !strings.Contains(page, "\n.B agentconsole "+strings.Join(s.words, " ")+"\n") {
			t.Errorf("the page has no %s", s.call())
		}
		if !strings.Contains(help, "console "+s.call()+" ") {
			t.Errorf("-help has no %s", s.call())
		}
	}
	for _, variable := range []string{probeKey, probeScopelessKey, "OTEL_"} {
		if !strings.Contains(page, variable) {
			t.Errorf("the page has no %s", variable)
		}
	}
	for i, line := range strings.Split(page, "\n") {
		if strings.HasPrefix(line, "'") || regexp.MustCompile(`^\.[^A-Zbs]`).MatchString(line) {
			t.Errorf("line %d is read as a request: %s", i+1, line)
		}
	}
	for _, args := range [][]string{{"man", "a", "b"}, {"man", "../x"}, {"man", "-x"}} {
		if code, _ := said(t, args...); code != 2 {
			t.Errorf("%q: %d", args, code)
		}
	}
}

// TestManPageIsRead: whatever reads manual pages here has nothing to say against it.
func TestManPageIsRead(t *testing.T) {
	t.Parallel()
	page := manPage("agentconsole", "v1.2.3", "2026-11-30")
	for _, reader := range [][]string{
		{"groff", "-man", "-Tutf8", "-ww", "-z"},
		{"mandoc", "-Tlint", "-Wwarning"},
		{"man", "--warnings", "-l", "-"},
	} {
		t.Run(reader[0], func(t *testing.T) {
			t.Parallel()
			path, err := exec.LookPath(reader[0])
			if err != nil {
				t.Skip(err)
			}
			cmd := exec.CommandContext(t.Context(), path, reader[1:]...)
			cmd.Env = append(os.Environ(), "MANPAGER=cat", "LC_ALL=C.UTF-8")
			cmd.Stdin = strings.NewReader(page)
			var out, problems bytes.Buffer
			cmd.Stdout, cmd.Stderr = &out, &problems
			if err := cmd.Run(); err != nil || problems.Len() > 0 {
				t.Errorf("%v: %s%s", err, problems.String(), out.String())
			}
		})
	}
}

func TestRoff(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"-listen": `\-listen`, ".TH": `\&.TH`, "'x": `\&'x`, `a\b`: `a\eb`, "Sản": `S\[u1EA3]n`,
	} {
		if got := roff(text); got != want {
			t.Errorf("%s: %s, want %s", text, got, want)
		}
	}
	if got := quoted(`a "b"`); got != `"a \(dqb\(dq"` {
		t.Error(got)
	}
	info := &debug.BuildInfo{Settings: []debug.BuildSetting{{Key: "vcs.time", Value: "2026-11-30T00:27:39Z"}}}
	if got := builtOn(info); got != "2026-11-30" {
		t.Error(got)
	}
	if got := builtOn(&debug.BuildInfo{}) + builtOn(nil); got != "" {
		t.Error(got)
	}
}

// TestCalls: a subcommand is called as the page says, and no other way.
func TestCalls(t *testing.T) {
	t.Parallel()
	for words, want := range map[string]string{
		"":                  "",
		"backup":            "it is called: agentconsole backup TO [flags]",
		"backup a b":        "it is called: agentconsole backup TO [flags]",
		"backup a":          "",
		"sessions end-all":  "",
		"sessions":          "no such command: sessions (there are: init [FILE]; probe [flags]; ",
		"journal copy a":    "it is called: agentconsole journal copy FROM TO [flags]",
		"journal copy a b":  "",
		"healthcheck":       "",
		"healthcheck twice": "it is called: agentconsole healthcheck [flags]",
		"init":              "it is called: agentconsole init [FILE]", // after flags
	} {
		_, _, err := chosen(strings.Fields(words), "agentconsole")
		if (err != nil) != (want != "") || err != nil && !strings.HasPrefix(err.Error(), want) {
			t.Errorf("%q: %v, want %q", words, err, want)
		}
	}
	if code, text := said(t, "nonsense"); code != 2 || !strings.Contains(text, "no such command: nonsense") {
		t.Errorf("%d: %s", code, text)
	}
}

// TestWordsAreValues: what a shell offers for a setting is taken by it.
func TestWordsAreValues(t *testing.T) {
	t.Parallel()
	for _, s := range settings() {
		if s.value == "" {
			t.Errorf("-%s takes a value, and nobody is told which", s.name)
		}
		for _, word := range s.words {
			if err := s.set(&Config{}, word); err != nil {
				t.Errorf("-%s %s: %v", s.name, word, err)
			}
		}
	}
}

// lines is what somebody has typed, and what pressing Tab at its end offers, in any order.
var lines = []struct {
	line string
	want []string // nil: nothing
}{
	{"agentconsole s", []string{"sessions"}},
	{"agentconsole sessions ", []string{"end-all"}},
	{"agentconsole journal ", []string{"copy"}},
	{"agentconsole completion ", []string{"bash", "zsh", "fish"}},
	{"agentconsole -session-i", []string{"-session-idle"}},
	{"agentconsole -auth-headers ", []string{"both", "x-api-key", "authorization"}},
	{"agentconsole -auth-headers x", []string{"x-api-key"}},
	{"agentconsole -listen :1 -demo -che", []string{"-check-config"}},
	{"agentconsole -listen sessions h", []string{"healthcheck"}},
	{"agentconsole probe -sav", []string{"-save"}},
	{"agentconsole probe -lis", nil},
	{"agentconsole sessions end-all -secret-", []string{"-secret-file"}},
	{"agentconsole -database th", []string{"the.db"}},
	{"agentconsole backup th", []string{"the.db"}},
	{"agentconsole init th", []string{"the.db"}},
	{"agentconsole the.d", nil},
}

// offers completes every line in a folder that has one file, the.db, and compares.
func offers(t *testing.T, complete func(t *testing.T, folder, line string) []string) {
	t.Helper()
	folder := t.TempDir()
	if err := os.WriteFile(filepath.Join(folder, "the.db"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	for _, l := range lines {
		got, want := complete(t, folder, l.line), slices.Clone(l.want)
		slices.Sort(got)
		slices.Sort(want)
		if !slices.Equal(got, want) {
			t.Errorf("%q: %q, want %q", l.line, got, want)
		}
	}
}

// shell runs one that is there with a script and returns what it prints.
func shell(t *testing.T, folder, script string, name string, args ...string) string {
	t.Helper()
	path, err := exec.LookPath(name)
	if err != nil {
		t.Skip(err)
	}
	cmd := exec.CommandContext(t.Context(), path, args...)
	cmd.Dir, cmd.Stdin = folder, strings.NewReader(script)
	cmd.Env = append(os.Environ(), "HOME="+folder, "XDG_CONFIG_HOME="+folder, "XDG_DATA_HOME="+folder)
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	return string(out)
}

// TestBashCompletes calls the function as bash would, with the words that bash makes of a
// line, and falls back to files where bash would.
func TestBashCompletes(t *testing.T) {
	t.Parallel()
	_, script := said(t, "completion", "bash", "agentconsole")
	const press = `
compopt() { default=; } # there is no line being edited
press() {
	default=1
	COMP_WORDS=("$@") COMP_CWORD=$(($# - 1))
	_agentconsole
	printf '%s\n' "${COMPREPLY[@]}"
	if [[ ${#COMPREPLY[@]} == 0 && -n $default ]]; then compgen -f -- "${!#}"; fi
	return 0
}
`
	complete := func(t *testing.T, folder string, words ...string) []string {
		for i, w := range words {
			words[i] = shellQuoted(w)
		}
		return strings.Fields(shell(t, folder, script+press+"press "+strings.Join(words, " "), "bash", "--norc", "--noprofile"))
	}
	offers(t, func(t *testing.T, folder, line string) []string {
		return complete(t, folder, strings.Split(line, " ")...)
	})
	for _, tt := range []struct{ words, want []string }{
		{[]string{"agentconsole", "-auth-headers", "=", "b"}, []string{"both"}},
		{[]string{"agentconsole", "-auth-headers", "="}, []string{"both", "x-api-key", "authorization"}},
		{[]string{"agentconsole", "-listen", "=", ":1", "sess"}, []string{"sessions"}},
		{[]string{"agentconsole", "--auth"}, []string{"--auth-headers"}},
		{[]string{"agentconsole", "--listen", ":1", "sess"}, []string{"sessions"}},
	} {
		if got := complete(t, t.TempDir(), slices.Clone(tt.words)...); !slices.Equal(got, tt.want) {
			t.Errorf("%q: %q, want %q", tt.words, got, tt.want)
		}
	}
}

func TestFishCompletes(t *testing.T) {
	t.Parallel()
	_, script := said(t, "completion", "fish", "agentconsole")
	offers(t, func(t *testing.T, folder, line string) (words []string) {
		for row := range strings.Lines(shell(t, folder, script+"complete -C "+shellQuoted(line)+"\n", "fish", "--no-config")) {
			word, _, _ := strings.Cut(strings.TrimSuffix(row, "\n"), "\t")
			words = append(words, word)
		}
		return words
	})
}

// TestZshReads: what can be told of zsh without somebody at a terminal.
func TestZshReads(t *testing.T) {
	t.Parallel()
	_, script := said(t, "completion", "zsh", "agentconsole")
	if !strings.HasPrefix(script, "#compdef agentconsole\n") {
		t.Error("zsh finds it by its first line")
	}
	for _, o := range slices.Concat(consoleOptions(), probeOptions()) {
		if !strings.Contains(script, "'-"+o.name+"[") && !strings.Contains(script, "'-"+o.name+"=[") {
			t.Errorf("no -%s", o.name)
		}
	}
	if out := shell(t, t.TempDir(), script, "zsh", "-f", "-n"); out != "" {
		t.Error(out)
	}
}

func TestCompletionIsCalled(t *testing.T) {
	t.Parallel()
	for _, args := range [][]string{{}, {"tcsh"}, {"bash", "a b"}, {"bash", "a", "b"}, {"bash", "$(x)"}} {
		if code, _ := said(t, append([]string{"completion"}, args...)...); code != 2 {
			t.Errorf("%q: %d", args, code)
		}
	}
	code := run(t.Context(), Environment{Program: "agentconsole", Args: []string{"init", "-x"}, Usage: io.Discard}, io.Discard, io.Discard)
	if code != 2 {
		t.Error(code)
	}
}
