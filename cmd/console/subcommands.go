package main

import (
	"context"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/alohub/agentconsole/probe"
)

// subcommand is what the program does beside serving. The list of them is what is called,
// what -help and the man page tell, and what shells complete.
type subcommand struct {
	words    []string // "sessions", "end-all"
	operands []operand
	options  func() []option // nil: it takes no flags
	brief    string
	detail   string // for the man page, where brief leaves something open

	// One of the two. own reads what follows its words itself; act is given what was set,
	// which has to be valid unless it is bare, and its operands, as many as it names.
	own  func(ctx context.Context, env Environment, out, problems io.Writer) int
	act  func(ctx context.Context, cfg *Config, operands []string, out io.Writer) error
	bare bool
}

// operand is a word that follows a subcommand.
type operand struct {
	name     string   // in capitals; FILE is the name of one
	words    []string // those that a shell offers; nil where it knows none
	file     bool
	optional bool
}

func subcommands() []subcommand {
	return []subcommand{
		{
			words: []string{"init"}, operands: []operand{{name: "FILE", file: true, optional: true}},
			brief:  "write a settings file with a fresh secret (" + settingsName + ")",
			detail: "The file has every setting, explained. It is never written over, and only its owner can read it.",
			own: func(_ context.Context, env Environment, out, problems io.Writer) int {
				return runInit(env, out, problems)
			},
		},
		{
			words: []string{"probe"}, options: probeOptions,
			brief: "find out how an API answers, by reads alone", detail: probeDetail,
			own: func(ctx context.Context, env Environment, out, problems io.Writer) int {
				return runProbe(ctx, env, probe.Config{}, out, problems)
			},
		},
		{
			words: []string{"healthcheck"}, options: settingOptions,
			brief:  "ask a running console on this machine whether it is well",
			detail: "It asks the address that the same settings have a console listen on.",
			act: func(ctx context.Context, cfg *Config, _ []string, _ io.Writer) error {
				return healthcheck(ctx, cfg)
			},
			bare: true,
		},
		{
			words: []string{"backup"}, operands: []operand{{name: "TO", file: true}}, options: settingOptions,
			brief: "copy a SQLite database while a console uses it", act: backup,
		},
		{
			words: []string{"sessions", "end-all"}, options: settingOptions,
			brief: "sign everybody out", detail: "Bulk changes under way pause.", act: endAll,
		},
		{
			words: []string{"journal", "copy"}, operands: []operand{{name: "FROM", file: true}, {name: "TO", file: true}}, options: settingOptions,
			brief: "move the journal to another database", detail: "Either is a SQLite file or a postgres:// URL.", act: copyJournal,
		},
		{
			words: []string{"man"}, operands: []operand{{name: "NAME", optional: true}},
			brief:  "print the manual page, for a program that is installed as NAME",
			detail: "To read it at once, let man -l read it from standard input.",
			own: func(_ context.Context, env Environment, out, problems io.Writer) int {
				return runMan(env, out, problems)
			},
		},
		{
			words: []string{"completion"}, operands: []operand{{name: "SHELL", words: shells()}, {name: "NAME", optional: true}},
			brief:  "print what completes the command line in bash, zsh or fish",
			detail: "NAME is what the program is installed as.",
			own: func(_ context.Context, env Environment, out, problems io.Writer) int {
				return runCompletion(env, out, problems)
			},
		},
	}
}

// call is how it is called, without the program's name.
func (s subcommand) call() string {
	parts := slices.Clone(s.words)
	for _, o := range s.operands {
		if o.optional {
			parts = append(parts, "["+o.name+"]")
		} else {
			parts = append(parts, o.name)
		}
	}
	if s.options != nil {
		parts = append(parts, "[flags]")
	}
	return strings.Join(parts, " ")
}

// takes reports whether it can be called with so many operands.
func (s subcommand) takes(n int) bool {
	least := 0
	for _, o := range s.operands {
		if !o.optional {
			least++
		}
	}
	return least <= n && n <= len(s.operands)
}

// named finds the subcommand whose words come first, and what follows them.
func named(words []string) (*subcommand, []string) {
	for _, s := range subcommands() {
		if n := len(s.words); len(words) >= n && slices.Equal(words[:n], s.words) {
			return &s, words[n:]
		}
	}
	return nil, nil
}

// chosen is named for words that have to be a call as it is documented; nil for none, which
// is to serve.
func chosen(words []string, program string) (*subcommand, []string, error) {
	if len(words) == 0 {
		return nil, nil, nil
	}
	s, operands := named(words)
	if s == nil {
		var calls []string
		for _, s := range subcommands() {
			calls = append(calls, s.call())
		}
		return nil, nil, fmt.Errorf("no such command: %s (there are: %s)", strings.Join(words, " "), strings.Join(calls, "; "))
	}
	if s.act == nil || !s.takes(len(operands)) {
		return nil, nil, fmt.Errorf("it is called: %s %s", program, s.call())
	}
	return s, operands, nil
}
