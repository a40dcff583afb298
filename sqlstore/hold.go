package sqlstore

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"github.com/gofrs/flock"
)

// Holder is the process that writes a SQLite file, as it says of itself.
type Holder struct {
	Process int
	Host    string
	Since   time.Time // UTC; zero where it did not say
}

func (h Holder) String() string {
	if h.Process == 0 {
		return "another process"
	}
	text := fmt.Sprintf("process %d on %s", h.Process, h.Host)
	if !h.Since.IsZero() {
		text += ", since " + h.Since.Format(time.RFC3339)
	}
	return text
}

// HeldError says that another console writes the file. It was waited for in vain.
type HeldError struct{ Holder Holder }

func (e *HeldError) Error() string {
	return fmt.Sprintf("it is in use by another console (%s); stop that one first, or use PostgreSQL for several", e.Holder)
}

// errGone: the file under its name is another one, or none.
var errGone = errors.New("the database file was moved, replaced or deleted")

// lockSuffix names the file beside a database on which its writer holds the lock. The
// database itself is no place for it: where SQLite's own locks are taken, a second
// handle on the same file can drop them.
const lockSuffix = ".lock"

// lookAgain is how often a start looks whether the writer before it has ended.
const lookAgain = 100 * time.Millisecond

// hold makes this process a file's one writer. The lock is the operating system's: it
// ends with the process, however that ends, and reaches across containers that share
// the volume. Whoever has it writes who it is into the file, for those who wait.
func hold(ctx context.Context, cfg Config) (*flock.Flock, error) {
	path, err := realPath(cfg.Database)
	if err != nil {
		return nil, err
	}
	lock := flock.New(path+lockSuffix, flock.SetPermissions(0o600))
	deadline, told := time.Now().Add(cfg.Wait), false
	for {
		ok, err := lock.TryLock()
		if err != nil {
			return nil, fmt.Errorf("its lock %s%s: %w", cfg.Database, lockSuffix, err)
		}
		if ok {
			sign(lock.Path(), cfg.Now())
			return lock, nil
		}
		holder := signed(lock.Path())
		if !time.Now().Before(deadline) {
			return nil, &HeldError{Holder: holder}
		}
		if !told && cfg.Waiting != nil {
			cfg.Waiting(holder)
			told = true
		}
		select {
		case <-ctx.Done():
			return nil, errors.Join(ctx.Err(), &HeldError{Holder: holder})
		case <-time.After(lookAgain):
		}
	}
}

// realPath is where a database is, whatever links lead to it: one file has one lock.
func realPath(path string) (string, error) {
	real, err := filepath.EvalSymlinks(path)
	if errors.Is(err, fs.ErrNotExist) {
		folder, err := filepath.EvalSymlinks(filepath.Dir(path))
		return filepath.Join(folder, filepath.Base(path)), err
	}
	return real, err
}

// sign writes into the lock's file who holds it. It only informs: should it fail, those
// who wait are told of another process.
func sign(path string, now time.Time) {
	host, _ := os.Hostname()
	text := fmt.Sprintf("%d %s %s\n", os.Getpid(), now.UTC().Format(time.RFC3339), host)
	_ = os.WriteFile(path, []byte(text), 0o600)
}

// signed reads it.
func signed(path string) Holder {
	text, err := os.ReadFile(path)
	if err != nil {
		return Holder{}
	}
	words := strings.SplitN(strings.TrimSpace(string(text)), " ", 3)
	if len(words) != 3 {
		return Holder{}
	}
	process, err := strconv.Atoi(words[0])
	since, atErr := time.Parse(time.RFC3339, words[1])
	if err != nil || atErr != nil {
		return Holder{}
	}
	return Holder{Process: process, Host: cut(clean(words[2]), maxName), Since: since}
}

// file is the database's file as it was opened.
type file struct {
	path string
	was  fs.FileInfo
}

func fileAt(path string) (*file, error) {
	was, err := os.Stat(path)
	return &file{path: path, was: was}, err
}

// there returns errGone where the name no longer leads to the file: what is written
// then would be lost with the process. nil is no file.
func (f *file) there() error {
	if f == nil {
		return nil
	}
	if now, err := os.Stat(f.path); err != nil || !os.SameFile(f.was, now) {
		return errGone
	}
	return nil
}
