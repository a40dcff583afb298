package paths

import "net/url"

// Fields of the form that saves a filter set, which its address may carry too.
const (
	FilterSetName  = "name"
	FilterSetWhose = "whose"
)

// MaxFilterSetName is how long a name may be, in characters.
const MaxFilterSetName = 60

// FilterSets are the filter sets that were saved.
func (p Paths) FilterSets() string { return p.base + "/filters" }

// FilterSetsMenu are their links, as the navigation opens on them.
func (p Paths) FilterSetsMenu() string { return p.FilterSets() + "/menu" }

// SaveFilterSet saves the query under a name (POST).
func (p Paths) SaveFilterSet(q AgentsQuery) string { return p.FilterSets() + q.First().suffix() }

// ReplaceFilterSet saves the query in place of what another one has (POST).
func (p Paths) ReplaceFilterSet(q AgentsQuery) string {
	return p.FilterSets() + "/replace" + q.First().suffix()
}

// NewFilterSet is the form that saves the query.
func (p Paths) NewFilterSet(q AgentsQuery) string {
	return p.FilterSets() + "/new" + q.First().suffix()
}

// NewFilterSetDraft is that form with what was typed in it.
func (p Paths) NewFilterSetDraft(q AgentsQuery, name, whose string) string {
	return With(With(p.NewFilterSet(q), FilterSetName, name), FilterSetWhose, whose)
}

// FilterSet is where one is renamed (POST too) and deleted.
func (p Paths) FilterSet(id string) string { return p.FilterSets() + "/" + url.PathEscape(id) }

// FilterSetDraft is that page with the name that was typed.
func (p Paths) FilterSetDraft(id, name string) string {
	return With(p.FilterSet(id), FilterSetName, name)
}

// FilterSetDelete deletes it (POST).
func (p Paths) FilterSetDelete(id string) string { return p.FilterSet(id) + "/delete" }

// Saved is what of the query is saved under a name, as an address has it: all but its page.
// "" is the whole list, as it usually is.
func (q AgentsQuery) Saved() string { return q.First().encode() }

// ParseSaved reads what Saved wrote by the rules of ParseAgents: nothing else comes of it,
// whoever wrote it.
func ParseSaved(query string) AgentsQuery {
	// What cannot be read of it is left out, as of an address.
	v, _ := url.ParseQuery(query)
	return ParseAgents(v.Get).First()
}
