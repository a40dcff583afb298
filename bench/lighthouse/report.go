package main

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strings"
)

// report is what is read of Lighthouse's: scores from 0 to 1, nil where one does not apply.
type report struct {
	Categories map[string]struct {
		Score  *float64 `json:"score"`
		Audits []struct {
			ID     string  `json:"id"`
			Weight float64 `json:"weight"`
		} `json:"auditRefs"`
	} `json:"categories"`
	Audits map[string]struct {
		Score  *float64 `json:"score"`
		Number float64  `json:"numericValue"`
		Words  string   `json:"displayValue"`
	} `json:"audits"`
	Environment struct {
		Index float64 `json:"benchmarkIndex"`
	} `json:"environment"`
	Failed struct {
		Message string `json:"message"`
	} `json:"runtimeError"`
}

// score is that of a category in hundredths, -1 where it was not looked at.
func (r *report) score(category string) int {
	score := r.Categories[category].Score
	if score == nil {
		return -1
	}
	return int(math.Round(*score * 100))
}

// quicker: a better score or, where there is none better, the largest thing sooner.
func (r *report) quicker(than *report) bool {
	const largest = "largest-contentful-paint"
	return cmp.Or(cmp.Compare(r.score(performance), than.score(performance)),
		cmp.Compare(than.Audits[largest].Number, r.Audits[largest].Number)) > 0
}

func (r *report) line() string {
	var cells []string
	for _, category := range all() {
		cell := "–"
		if score := r.score(category); score >= 0 {
			cell = fmt.Sprint(score)
		}
		cells = append(cells, cell)
	}
	for _, audit := range []string{"first-contentful-paint", "largest-contentful-paint", "total-blocking-time"} {
		cells = append(cells, fmt.Sprintf("%.0f ms", r.Audits[audit].Number))
	}
	cells = append(cells, fmt.Sprintf("%.3f", r.Audits["cumulative-layout-shift"].Number), fmt.Sprintf("%.0f", r.Environment.Index))
	return strings.Join(cells, " | ")
}

// lost are the audits that cost points, and how many of a hundred.
func (r *report) lost() (audits []string) {
	for _, category := range all() {
		sum := 0.0
		for _, ref := range r.Categories[category].Audits {
			if r.Audits[ref.ID].Score != nil {
				sum += ref.Weight
			}
		}
		for _, ref := range r.Categories[category].Audits {
			audit := r.Audits[ref.ID]
			if audit.Score == nil || *audit.Score == 1 || ref.Weight == 0 {
				continue
			}
			audits = append(audits, fmt.Sprintf("%s −%.1f %s %s", category, 100*ref.Weight/sum*(1-*audit.Score), ref.ID, audit.Words))
		}
	}
	slices.Sort(audits)
	return audits
}
