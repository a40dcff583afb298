package web

import (
	"context"
	"log/slog"
	"slices"
	"time"
)

// environmentLister is what nameForsaken needs of the store.
type environmentLister interface {
	Environments(ctx context.Context) ([]string, error)
}

// nameForsaken logs each journal whose environment is no longer among the upstreams: it
// is kept, and nobody can see it.
func nameForsaken(ctx context.Context, store environmentLister, upstreams []Upstream, log *slog.Logger) {
	ctx, cancel := context.WithTimeout(ctx, 30*time.Second)
	defer cancel()
	names, err := store.Environments(ctx)
	if err != nil && ctx.Err() == nil {
		log.Warn("not known whether all journals belong to an environment", "error", err)
	}
	for _, name := range names {
		if !slices.ContainsFunc(upstreams, func(u Upstream) bool { return u.Slug == name }) {
			log.Warn("a journal belongs to an environment that is not configured: nobody sees it until one has its slug", "slug", name)
		}
	}
}
