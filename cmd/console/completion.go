package main

import (
	"fmt"
	"io"
	"slices"
	"strings"
)

// shells are those whose command line can be completed.
func shells() []string { return []string{"bash", "zsh", "fish"} }

// runCompletion is `console completion SHELL [NAME]`.
func runCompletion(env Environment, out, problems io.Writer) int {
	program := env.program()
	wrong := len(env.Args) < 1 || len(env.Args) > 2 || !slices.Contains(shells(), env.Args[0])
	if !wrong && len(env.Args) == 2 {
		program = env.Args[1]
		wrong = !programName(program)
	}
	if wrong {
		fmt.Fprintf(problems, "it is called: %s completion %s [NAME]\n", env.program(), strings.Join(shells(), "|"))
		return 2
	}
	var script string
	switch env.Args[0] {
	case "bash":
		script = bashCompletion(program)
	case "zsh":
		script = zshCompletion(program)
	case "fish":
		script = fishCompletion(program)
	}
	if _, err := io.WriteString(out, script); err != nil {
		fmt.Fprintf(problems, "%s completion: %v\n", env.program(), err)
		return 1
	}
	return 0
}

// stand is where somebody is on a command line after some words: what may come next.
type stand struct {
	after   string // the words, with a blank between: "", "sessions", "sessions end-all"
	depth   int    // how many they are
	next    []next
	options []option
	file    bool // a file's name
}

// next is a word and what it is for.
type next struct{ word, brief string }

// stands is every place of a command line, the first being its beginning.
func stands() []stand {
	list := []stand{{options: consoleOptions()}}
	at := func(words []string) *stand {
		after := strings.Join(words, " ")
		for i := range list {
			if list[i].after == after {
				return &list[i]
			}
		}
		list = append(list, stand{after: after, depth: len(words)})
		return &list[len(list)-1]
	}
	for _, s := range subcommands() {
		for i, word := range s.words {
			from := at(s.words[:i])
			if !slices.ContainsFunc(from.next, func(n next) bool { return n.word == word }) {
				from.next = append(from.next, next{word, s.brief})
			}
		}
		end := at(s.words)
		if s.options != nil {
			end.options = s.options()
		}
		for _, o := range s.operands {
			for _, word := range o.words {
				end.next = append(end.next, next{word: word})
			}
			end.file = end.file || o.file
		}
	}
	return list
}

// valued is every flag that takes a value, once.
func valued() (list []option) {
	for _, s := range stands() {
		for _, o := range s.options {
			if o.value != "" && !slices.ContainsFunc(list, func(known option) bool { return known.name == o.name }) {
				list = append(list, o)
			}
		}
	}
	return list
}

// valuedNames are those flags with their hyphen: the word after them is no subcommand.
func valuedNames() (names []string) {
	for _, o := range valued() {
		names = append(names, "-"+o.name)
	}
	return names
}

// takesFile reports whether the flag's value is the name of a file.
func (o option) takesFile() bool { return o.value == "FILE" }

// function is what a shell calls the function that completes a program.
func function(program string) string { return "_" + strings.ReplaceAll(program, "-", "_") }

// shellQuoted is a word of sh, bash, zsh and fish: none of ours has a quote or a backslash
// that they would read differently.
func shellQuoted(text string) string { return "'" + strings.ReplaceAll(text, "'", `'\''`) + "'" }

func bashCompletion(program string) string {
	var b strings.Builder
	name := function(program)
	fmt.Fprintf(&b, `# bash completion of %[1]s. Try it with: source <(%[1]s completion bash)
%[2]s() {
	local cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD - 1]}
	local after='' value='' words='' flags='' files='' word i
	COMPREPLY=()
	# -flag=value comes as three words.
	if [[ $cur == = ]]; then
		cur=''
	elif [[ $prev == = ]]; then
		prev=${COMP_WORDS[COMP_CWORD - 2]}
	fi
	for ((i = 1; i < COMP_CWORD; i++)); do
		word=${COMP_WORDS[i]}
		if [[ $word == = ]]; then
			value=1
		elif [[ -n $value ]]; then
			value=''
		else
			case ${word/#--/-} in
`, program, name)
	names := valuedNames()
	fmt.Fprintf(&b, "\t\t\t%s) value=1 ;;\n", strings.Join(names, " | "))
	b.WriteString("\t\t\t-*) ;;\n\t\t\t*)\n\t\t\t\tcase \"${after:+$after }$word\" in\n")
	var places []string
	for _, s := range stands()[1:] {
		places = append(places, shellQuoted(s.after))
	}
	fmt.Fprintf(&b, "\t\t\t\t%s) after=${after:+$after }$word ;;\n\t\t\t\tesac\n\t\t\t\t;;\n\t\t\tesac\n\t\tfi\n\tdone\n", strings.Join(places, " | "))
	b.WriteString("\tcase ${prev/#--/-} in\n")
	var files []string
	for _, o := range valued() {
		switch {
		case o.words != nil:
			fmt.Fprintf(&b, "\t-%s) words=%s ;;\n", o.name, shellQuoted(strings.Join(o.words, " ")))
		case o.takesFile():
			files = append(files, "-"+o.name)
		}
	}
	fmt.Fprintf(&b, "\t%s) files=1 ;;\n", strings.Join(files, " | "))
	// Nobody knows the value of any other.
	fmt.Fprintf(&b, "\t%s) ;;\n\t*)\n\t\tcase $after in\n", strings.Join(names, " | "))
	for _, s := range stands() {
		var words, flags []string
		for _, n := range s.next {
			words = append(words, n.word)
		}
		for _, o := range s.options {
			flags = append(flags, "-"+o.name)
		}
		fmt.Fprintf(&b, "\t\t%s)\n\t\t\twords=%s\n\t\t\tflags=%s\n", shellQuoted(s.after), shellQuoted(strings.Join(words, " ")), shellQuoted(strings.Join(flags, " ")))
		if s.file {
			b.WriteString("\t\t\tfiles=1\n")
		}
		b.WriteString("\t\t\t;;\n")
	}
	fmt.Fprintf(&b, `		esac
		;;
	esac
	case $cur in
	--*) words=${flags:+-${flags// -/ --}} ;;
	-*) words=$flags ;;
	esac
	COMPREPLY=($(compgen -W "$words" -- "$cur"))
	# Where there is nothing to offer, bash goes on to files; bash 3 of macOS always does.
	[[ -n $files ]] || compopt +o default 2>/dev/null
	return 0
}
complete -o default -F %s %s
`, name, program)
	return b.String()
}

// zshCompletion is for a file named as its function on zsh's fpath, and for source.
func zshCompletion(program string) string {
	var b strings.Builder
	name := function(program)
	fmt.Fprintf(&b, `#compdef %[1]s
# zsh completion of %[1]s. Try it with: source <(%[1]s completion zsh)
%[2]s() {
	local after='' value='' word
	for word in ${words[2,CURRENT-1]}; do
		if [[ -n $value ]]; then
			value=''
			continue
		fi
		case ${word/#--/-} in
		(%[3]s) value=1; continue ;;
		esac
		case "${after:+$after }$word" in
`, program, name, strings.Join(valuedNames(), "|"))
	var places []string
	for _, s := range stands()[1:] {
		places = append(places, shellQuoted(s.after))
	}
	fmt.Fprintf(&b, "\t\t(%s) after=${after:+$after }$word ;;\n\t\tesac\n\tdone\n\tcase $after in\n", strings.Join(places, "|"))
	for _, s := range stands() {
		fmt.Fprintf(&b, "\t(%s)\n\t\t_arguments", shellQuoted(s.after))
		for i, word := range strings.Fields(s.after) {
			fmt.Fprintf(&b, " \\\n\t\t\t%s", shellQuoted(fmt.Sprintf("%d: :(%s)", i+1, word)))
		}
		for _, o := range s.options {
			fmt.Fprintf(&b, " \\\n\t\t\t%s", shellQuoted(zshOption(o)))
		}
		if len(s.next) > 0 {
			var pairs []string
			for _, n := range s.next {
				pairs = append(pairs, n.word+`\:`+shellDouble(zshText(n.brief)))
			}
			fmt.Fprintf(&b, " \\\n\t\t\t%s", shellQuoted(fmt.Sprintf("%d:command:((%s))", s.depth+1, strings.Join(pairs, " "))))
		}
		if s.file {
			b.WriteString(" \\\n\t\t\t'*:file:_files'")
		}
		b.WriteString("\n\t\t;;\n")
	}
	fmt.Fprintf(&b, "\tesac\n}\nif [[ ${funcstack[1]} == %[1]s ]]; then\n\t%[1]s \"$@\"\nelse\n\tcompdef %[1]s %[2]s\nfi\n", name, program)
	return b.String()
}

func zshOption(o option) string {
	switch {
	case o.value == "":
		return "-" + o.name + "[" + zshText(o.usage) + "]"
	case o.words != nil:
		return "-" + o.name + "=[" + zshText(o.usage) + "]:" + o.value + ":(" + strings.Join(o.words, " ") + ")"
	case o.takesFile():
		return "-" + o.name + "=[" + zshText(o.usage) + "]:" + o.value + ":_files"
	}
	return "-" + o.name + "=[" + zshText(o.usage) + "]:" + o.value + ": "
}

// zshText is a text in a specification of _arguments.
func zshText(text string) string {
	return strings.NewReplacer(`\`, `\\`, ":", `\:`, "[", `\[`, "]", `\]`).Replace(text)
}

func shellDouble(text string) string {
	return `"` + strings.NewReplacer(`"`, `\"`, "`", "\\`", "$", `\$`).Replace(text) + `"`
}

func fishCompletion(program string) string {
	var b strings.Builder
	name := "_" + function(program) + "_after"
	fmt.Fprintf(&b, `# fish completion of %[1]s. Try it with: %[1]s completion fish | source
function %[2]s
	set -l after
	set -l value
	for word in (commandline -opc)[2..]
		if test -n "$value"
			set value
			continue
		end
		if contains -- (string replace -r '^--' '-' -- $word) %[3]s
			set value 1
			continue
		end
		set -l more (string join ' ' -- $after $word)
`, program, name, strings.Join(valuedNames(), " "))
	var places []string
	for _, s := range stands()[1:] {
		places = append(places, shellQuoted(s.after))
	}
	fmt.Fprintf(&b, "\t\tif contains -- $more %s\n\t\t\tset after $more\n\t\tend\n\tend\n\ttest \"$after\" = \"$argv\"\nend\ncomplete -c %s -f\n", strings.Join(places, " "), program)
	for _, s := range stands() {
		at := fmt.Sprintf("complete -c %s -n %s", program, shellDouble(name+" "+shellQuoted(s.after)))
		for _, n := range s.next {
			fmt.Fprintf(&b, "%s -a %s", at, n.word)
			if n.brief != "" {
				fmt.Fprintf(&b, " -d %s", shellQuoted(n.brief))
			}
			b.WriteString("\n")
		}
		if s.file {
			b.WriteString(at + " -F\n")
		}
		for _, o := range s.options {
			fmt.Fprintf(&b, "%s -o %s -d %s", at, o.name, shellQuoted(o.usage))
			switch {
			case o.words != nil:
				fmt.Fprintf(&b, " -x -a %s", shellQuoted(strings.Join(o.words, " ")))
			case o.takesFile():
				b.WriteString(" -r -F")
			case o.value != "":
				b.WriteString(" -x")
			}
			b.WriteString("\n")
		}
	}
	return b.String()
}
