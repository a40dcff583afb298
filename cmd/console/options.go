package main

import (
	"fmt"
	"io"
	"text/tabwriter"
)

// option is a flag as people are told of it: in -help, in the man page and by a shell that
// completes it.
type option struct {
	name     string   // without its hyphen
	env      string   // the variable that means the same; "" for none
	value    string   // what to give, in capitals; FILE is the name of one, "" is a switch
	words    []string // values that a shell offers; nil where it knows none
	usage    string
	fallback string
}

// helpOption is what package flag adds to every set of flags.
func helpOption() option { return option{name: "help", usage: "show this, and exit"} }

// options is the setting's flag, and the one that names a file with it.
func (s setting) options() []option {
	list := []option{{name: s.name, env: s.env(), value: s.value, words: s.words, usage: s.usage, fallback: s.fallback}}
	if s.secret {
		list = append(list, option{name: s.name + "-file", env: s.env() + "_FILE", value: "FILE", usage: "file that holds it"})
	}
	return list
}

// toggle is a flag of the console that is no setting: nothing but the command line sets it.
type toggle struct {
	name, usage string
	of          func(*Config) *bool
}

func toggles() []toggle {
	return []toggle{
		{"demo", "serve a demo against a built-in sandbox", func(c *Config) *bool { return &c.Demo }},
		{"check-config", "say what is wrong with the configuration and the database, and exit", func(c *Config) *bool { return &c.CheckConfig }},
		{"version", "say what this was built from, and exit", func(c *Config) *bool { return &c.Version }},
	}
}

// consoleOptions is every flag of the console itself.
func consoleOptions() []option {
	var list []option
	for _, t := range toggles() {
		list = append(list, option{name: t.name, usage: t.usage})
	}
	return append(append(list, helpOption()), settingOptions()...)
}

// settingOptions are the flags of whatever reads the settings.
func settingOptions() []option {
	var list []option
	for _, s := range settings() {
		list = append(list, s.options()...)
	}
	return list
}

// usage prints what -help shows.
func usage(w io.Writer, program string) {
	fmt.Fprint(w, "Agent Console: a web console for AloHub's Agent Management API.\n\n")
	tw := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprintf(tw, "  %s [flags]\tserve\n", program)
	for _, s := range subcommands() {
		fmt.Fprintf(tw, "  %s %s\t%s\n", program, s.call(), s.brief)
	}
	_ = tw.Flush()
	fmt.Fprint(w, "\n"+settingsNote+"\n\n")
	printOptions(w, consoleOptions())
}

const settingsNote = `Every setting is a flag and an environment variable; the flag wins. Traces and logs over
OTLP are set by OpenTelemetry's own OTEL_* variables.`

func printOptions(w io.Writer, list []option) {
	tw := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	for _, o := range list {
		fmt.Fprintf(tw, "  -%s\t%s\t%s", o.name, o.env, o.usage)
		if o.fallback != "" {
			fmt.Fprintf(tw, " (%s)", o.fallback)
		}
		fmt.Fprintln(tw)
	}
	_ = tw.Flush()
}
