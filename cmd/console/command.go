package main

import (
	"context"
	"errors"
	"fmt"
	"io"

	"github.com/alohub/agentconsole/sqlstore"
)

// endAll signs everybody out, and has what they started pause.
func endAll(ctx context.Context, cfg *Config, _ []string, out io.Writer) error {
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
}

// backup copies a SQLite database while a console may use it.
func backup(ctx context.Context, cfg *Config, operands []string, out io.Writer) error {
	to := operands[0]
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

// copyJournal needs no setting: both databases are named.
func copyJournal(ctx context.Context, _ *Config, operands []string, out io.Writer) error {
	from, to := operands[0], operands[1]
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
