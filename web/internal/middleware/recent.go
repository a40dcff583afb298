package middleware

import "container/list"

// recent is a map that holds no more than most values: to make room, it drops the one
// that was not asked for longest.
type recent[K comparable, V any] struct {
	most   int
	places map[K]*list.Element // of *kept[K, V]
	order  *list.List          // most recently used first
}

type kept[K comparable, V any] struct {
	key   K
	value V
}

func newRecent[K comparable, V any](most int) *recent[K, V] {
	return &recent[K, V]{most: most, places: map[K]*list.Element{}, order: list.New()}
}

// find returns what is kept at a key.
func (r *recent[K, V]) find(key K) (value *V, ok bool) {
	e, ok := r.places[key]
	if !ok {
		return nil, false
	}
	r.order.MoveToFront(e)
	return &e.Value.(*kept[K, V]).value, true
}

// at returns what is kept at a key, the zero value from now on where nothing was.
func (r *recent[K, V]) at(key K) *V {
	if value, ok := r.find(key); ok {
		return value
	}
	if len(r.places) >= r.most {
		last := r.order.Back()
		r.order.Remove(last)
		delete(r.places, last.Value.(*kept[K, V]).key)
	}
	k := &kept[K, V]{key: key}
	r.places[key] = r.order.PushFront(k)
	return &k.value
}

// drop forgets a key.
func (r *recent[K, V]) drop(key K) {
	if e, ok := r.places[key]; ok {
		r.order.Remove(e)
		delete(r.places, key)
	}
}
