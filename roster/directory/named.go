package directory

import "github.com/alohub/agentconsole/apiclient"

// QueueNamed finds the one known queue of that name: spelt exactly so, or else
// however it is accented or cased, provided that only one fits.
func (s *Snapshot) QueueNamed(typ apiclient.QueueType, name string) (id int64, ok bool) {
	want, found, n := fold(name), int64(0), 0
	for _, q := range s.Queues(typ) {
		if q.Name == "" {
			continue
		}
		if q.Name == name {
			return q.ID, true
		}
		if fold(q.Name) == want {
			found, n = q.ID, n+1
		}
	}
	return found, n == 1
}
