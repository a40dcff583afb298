package main

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"slices"
	"strings"
	"time"

	"github.com/alohub/agentconsole/sqlstore"
)

// checkFor is how long the database may take to be looked at.
const checkFor = 15 * time.Second

// checkDatabase looks at the database without changing it, and says what it found.
func checkDatabase(ctx context.Context, cfg *Config, log *slog.Logger, out io.Writer) error {
	if cfg.Database == InMemory {
		fmt.Fprintln(out, "The database is in memory, and gone when the console ends.")
		return nil
	}
	ctx, cancel := context.WithTimeout(ctx, checkFor)
	defer cancel()
	found, err := sqlstore.Inspect(ctx, sqlstore.Config{Database: cfg.Database})
	if err != nil {
		return err
	}
	fmt.Fprintln(out, foundSentence(found))
	if found.InUse {
		log.Warn("CONSOLE_DATABASE: in use by another console, for which a start waits", "holder", found.Holder.String(), "at_most", cfg.DatabaseWait)
	}
	if found.Prepares {
		log.Warn("CONSOLE_DATABASE: behind a pool such as PgBouncer, but default_query_exec_mode asks for statements that it may lose; leave the parameter out, or set it to exec")
	}
	for _, name := range found.Environments {
		if !slices.ContainsFunc(cfg.Upstreams, func(u Upstream) bool { return u.Slug == name }) {
			log.Warn("CONSOLE_UPSTREAMS: no environment has the slug of a journal, so nobody sees that; give one that slug (slug:Name=baseURL)", "slug", name)
		}
	}
	return nil
}

func foundSentence(f sqlstore.Finding) string {
	kind := f.Kind
	if f.Pool {
		kind += ", behind a pool such as PgBouncer"
	}
	switch {
	case f.New:
		return fmt.Sprintf("The database (%s) has no journal yet: the first start makes it.", kind)
	case f.Schema < f.Known:
		kind += fmt.Sprintf("; schema %d, which a start brings to %d", f.Schema, f.Known)
	}
	if len(f.Environments) == 0 {
		return fmt.Sprintf("The database (%s) can be opened; its journal is empty.", kind)
	}
	return fmt.Sprintf("The database (%s) can be opened; it has journals of: %s.", kind, strings.Join(f.Environments, ", "))
}
