package main

import (
	"fmt"
	"io"
	"runtime/debug"
	"strings"
)

// runMan is `console man [NAME]`: the manual page, in roff's macros of section 1, which
// man-db and mandoc both read.
func runMan(env Environment, out, problems io.Writer) int {
	program := env.program()
	switch {
	case len(env.Args) == 1 && programName(env.Args[0]):
		program = env.Args[0]
	case len(env.Args) > 0:
		fmt.Fprintf(problems, "it is called: %s man [NAME]\n", env.program())
		return 2
	}
	info, _ := debug.ReadBuildInfo()
	if _, err := io.WriteString(out, manPage(program, version(), builtOn(info))); err != nil {
		fmt.Fprintf(problems, "%s man: %v\n", env.program(), err)
		return 1
	}
	return 0
}

// programName reports whether a word can be a program's name in a page and in a shell's script.
func programName(word string) bool {
	return word != "" && word[0] != '-' && strings.Trim(word, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-") == ""
}

// builtOn is the day of the commit: two builds of it print the same page. "" where nobody
// noted it.
func builtOn(info *debug.BuildInfo) string {
	if info == nil {
		return ""
	}
	for _, s := range info.Settings {
		if s.Key == "vcs.time" && len(s.Value) >= len("2006-01-02") {
			return s.Value[:len("2006-01-02")]
		}
	}
	return ""
}

// manPage is the page of a program of that name.
func manPage(program, version, day string) string {
	p := &page{}
	p.line(".TH %s 1 \"%s\" %s %s", quoted(strings.ToUpper(program)), day, quoted("Agent Console "+version), quoted("User Commands"))

	p.line(".SH NAME")
	p.line(`%s \- web console for AloHub's Agent Management API`, roff(program))

	p.line(".SH SYNOPSIS")
	p.line(".B %s", roff(program))
	p.text("[flags]")
	for _, s := range subcommands() {
		p.line(".br")
		p.line(".B %s", roff(program+" "+strings.Join(s.words, " ")))
		if rest := strings.TrimPrefix(s.call(), strings.Join(s.words, " ")); rest != "" {
			p.text(strings.TrimSpace(rest))
		}
	}

	p.line(".SH DESCRIPTION")
	p.text("Agent Console lets people who have a key of the API see and search a tenant's agents, edit their queues and their recording, one by one or many at once, and look up and undo every change made.")
	p.line(".PP")
	p.text("Without a subcommand it serves until it is told to stop by SIGINT or SIGTERM. It needs a secret, which the subcommand init writes into a file with all other settings.")
	p.line(".PP")
	p.text(settingsNote)

	p.line(".SH OPTIONS")
	p.options(consoleOptions())

	p.line(".SH SUBCOMMANDS")
	for _, s := range subcommands() {
		p.line(".TP")
		p.line(".B %s", roff(s.call()))
		p.text(sentence(s.brief))
		if s.detail != "" {
			p.text(s.detail)
		}
	}
	for _, s := range subcommands() {
		if s.own != nil && s.options != nil {
			p.line(".SS Flags of %s", roff(strings.Join(s.words, " ")))
			p.options(s.options())
		}
	}

	p.line(".SH EXIT STATUS")
	for _, e := range []struct{ code, meaning string }{
		{"0", "It did what it was asked to."},
		{"1", "It failed."},
		{"2", "It was called in a way that it does not know, or the configuration is wrong."},
	} {
		p.line(".TP\n.B %s", e.code)
		p.text(e.meaning)
	}
	p.line(".PP")
	p.text("Those of probe are its own, see there.")

	p.line(".SH EXAMPLES")
	for _, e := range []struct{ words, meaning string }{
		{"-demo", "Look at it, without a key or the API."},
		{"init", "Write " + settingsName + " with a fresh secret."},
		{"-check-config", "See what is wrong, and what is in force, before a start."},
	} {
		p.line(".TP\n.B %s", roff(program+" "+e.words))
		p.text(e.meaning)
	}
	return p.b.String()
}

// page is roff being written.
type page struct{ b strings.Builder }

func (p *page) line(format string, args ...any) { fmt.Fprintf(&p.b, format+"\n", args...) }

// text writes plain text: an empty line in it begins a paragraph.
func (p *page) text(text string) {
	for line := range strings.SplitSeq(text, "\n") {
		if line == "" {
			// Indented as what is before it, unlike .PP.
			p.line(".sp")
			continue
		}
		p.line("%s", roff(line))
	}
}

func (p *page) options(list []option) {
	for _, o := range list {
		p.line(".TP")
		if o.value == "" {
			p.line(`.B \-%s`, roff(o.name))
		} else {
			p.line(`.BI \-%s " %s`, roff(o.name), roff(o.value))
		}
		p.text(o.usage)
		var notes []string
		if o.env != "" {
			notes = append(notes, o.env)
		}
		if o.fallback != "" {
			notes = append(notes, "default "+o.fallback)
		}
		if len(notes) > 0 {
			p.text("(" + strings.Join(notes, ", ") + ")")
		}
	}
}

// sentence makes one of what -help shows.
func sentence(text string) string { return strings.ToUpper(text[:1]) + text[1:] + "." }

// roff is a line of text as roff prints it unchanged.
func roff(text string) string {
	var b strings.Builder
	if strings.HasPrefix(text, ".") || strings.HasPrefix(text, "'") {
		b.WriteString(`\&`) // it would be a request
	}
	for _, r := range text {
		switch {
		case r == '\\':
			b.WriteString(`\e`)
		case r == '-':
			b.WriteString(`\-`) // a hyphen that can be pasted into a shell
		case r > '~':
			fmt.Fprintf(&b, `\[u%04X]`, r)
		default:
			b.WriteRune(r)
		}
	}
	return b.String()
}

// quoted is an argument of a request.
func quoted(text string) string { return `"` + strings.ReplaceAll(roff(text), `"`, `\(dq`) + `"` }
