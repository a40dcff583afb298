package main

import (
	"fmt"
	"io"
	"slices"
	"strings"
	"text/tabwriter"
)

// most is how many times of what it did a page may cost.
const most = 1.5

// page is what is asked for. Of a live page every request names another team, so that none
// shares the call of another.
type page struct {
	name, path string
	live       bool
	part       string // the part that htmx asks for, "" for the whole page
	full       bool   // of the environment in which changes were made
}

func pages() []page {
	return []page{
		{name: "agents, read now", path: "/agents?size=20", live: true},
		{name: "agents, read now, part", path: "/agents?size=20", live: true, part: "agents"},
		{name: "agents, searched", path: "/agents?q=nguyen"},
		{name: "agents, searched, part", path: "/agents?q=nguyen", part: "agents"},
		{name: "agents, 100 sorted, part", path: "/agents?sort=name&size=100", part: "agents"},
		{name: "an agent's editor", path: "/agents/" + someAgent + "/queues?type=callin"},
		{name: "queues", path: "/queues"},
		{name: "a queue", path: "/queues/1000886"},
		{name: "changes, none", path: "/changes"},
		{name: "changes, 50", path: "/changes", full: true},
	}
}

// figures are what a page cost in each round, in CPU seconds per 1,000 requests.
type figures struct {
	page          page
	before, after []float64
	// unasked is the status of a page that the console before does not have, else 0.
	unasked int
}

// ratio is the median of the rounds' ratios, for the two of a round were measured one after
// the other, on a machine that was as busy.
func (f *figures) ratio() float64 {
	if f.unasked != 0 {
		return 0
	}
	var all []float64
	for i, before := range f.before {
		all = append(all, f.after[i]/before)
	}
	return median(all)
}

func (f *figures) dear() bool { return f.ratio() > most }

func median(all []float64) float64 {
	if len(all) == 0 {
		return 0
	}
	all = slices.Sorted(slices.Values(all))
	return (all[(len(all)-1)/2] + all[len(all)/2]) / 2
}

// report prints the table. It is an error where a page became too dear.
func report(out io.Writer, commit string, seen []*figures) error {
	table := tabwriter.NewWriter(out, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintf(table, "CPU ms a request\t%s\tnow\tratio\t\n", commit)
	var dear []string
	for _, f := range seen {
		if f.unasked != 0 {
			fmt.Fprintf(table, "%s\tHTTP %d\t%.3f\tnew\t\n", f.page.name, f.unasked, median(f.after))
			continue
		}
		fmt.Fprintf(table, "%s\t%.3f\t%.3f\t%.2f\t\n", f.page.name, median(f.before), median(f.after), f.ratio())
		if f.dear() {
			dear = append(dear, f.page.name)
		}
	}
	if err := table.Flush(); err != nil {
		return err
	}
	if len(dear) > 0 {
		return fmt.Errorf("more than %.1f times of what it cost at %s: %s", most, commit, strings.Join(dear, "; "))
	}
	return nil
}
