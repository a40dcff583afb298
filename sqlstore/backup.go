package sqlstore

import (
	"context"
	"errors"
	"os"
	"path/filepath"
)

// ErrNoBackup is returned for PostgreSQL, which has better tools for it: pg_dump.
var ErrNoBackup = errors.New("only a SQLite file is backed up so; use pg_dump for PostgreSQL")

// Backup writes a copy of a SQLite database, as it is at one moment, to a file that is
// not there yet. A console may go on writing meanwhile. The copy is whole in that one
// file, only its owner may read it, and it is on the disk when Backup returns nil.
func (s *Store) Backup(ctx context.Context, to string) (err error) {
	const op = "back up the database"
	if s.file == nil {
		return wrap(op, ErrNoBackup)
	}
	f, err := os.OpenFile(to, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return wrap(op, err)
	}
	defer func() {
		if err = errors.Join(err, f.Close()); err != nil {
			_ = os.Remove(to) // half a copy is worse than none
			err = wrap(op, err)
		}
	}()
	if _, err := s.write.ExecContext(ctx, "VACUUM INTO $1", to); err != nil {
		return err
	}
	if err := f.Sync(); err != nil {
		return err
	}
	return syncFolder(filepath.Dir(to))
}
