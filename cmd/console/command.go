package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/alohub/agentconsole/sqlstore"
)

// command runs what is not serving: `backup TO`, `sessions end-all`, `journal copy FROM TO`.
func command(ctx context.Context, cfg *Config, out io.Writer) error {
	switch words := strings.Join(cfg.Command, " "); {
	case words == "sessions end-all":
		store, err := sqlstore.Open(ctx, sqlstore.Config{Database: cfg.Database, MustExist: true, Shared: true})
		if err != nil {
			return err
		}
		defer func() { _ = store.Close() }()
		if err := errors.Join(store.EndAll(ctx), store.Runs().PauseAll(ctx)); err != nil {
			return err
		}
		fmt.Fprintln(out, "All sessions are ended: everybody has to sign in again. Runs under way pause.")
		return nil
	case len(cfg.Command) == 2 && cfg.Command[0] == "backup":
		return backup(ctx, cfg, cfg.Command[1], out)
	case len(cfg.Command) == 4 && strings.HasPrefix(words, "journal copy "):
		return copyJournal(ctx, cfg.Command[2], cfg.Command[3], out)
	default:
		return fmt.Errorf("no such command: %s (there are: init; probe; healthcheck; backup TO; sessions end-all; journal copy FROM TO)", words)
	}
}

// backup copies a SQLite database while a console may use it.
func backup(ctx context.Context, cfg *Config, to string, out io.Writer) error {
	store, err := sqlstore.Open(ctx, sqlstore.Config{Database: cfg.Database, MustExist: true, Shared: true})
	if err != nil {
		return err
	}
	defer func() { _ = store.Close() }()
	if err := store.Backup(ctx, to); err != nil {
		return err
	}
	fmt.Fprintln(out, "The database was copied to "+to+".")
	return nil
}

func copyJournal(ctx context.Context, from, to string, out io.Writer) error {
	source, err := sqlstore.Open(ctx, sqlstore.Config{Database: from, MustExist: true, Shared: true})
	if err != nil {
		return fmt.Errorf("from: %w", err)
	}
	defer func() { _ = source.Close() }()
	target, err := sqlstore.Open(ctx, sqlstore.Config{Database: to})
	if err != nil {
		return fmt.Errorf("to: %w", err)
	}
	defer func() { _ = target.Close() }()
	if err := sqlstore.Copy(ctx, source, target); err != nil {
		return err
	}
	fmt.Fprintln(out, "The journal was copied. Point CONSOLE_DATABASE at the new database and start the console.")
	return nil
}
