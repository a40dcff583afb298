package main

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

// buildCommit builds the console of a commit of the repository in dir. Its files are laid
// out beside the binary: neither the index nor the list of worktrees is touched.
func buildCommit(ctx context.Context, dir, commit, binary string) error {
	git := func(args ...string) error { return run(ctx, dir, binary, "git", args...) }
	if err := git("rev-parse", "--quiet", "--verify", "--end-of-options", commit+"^{commit}"); err != nil {
		return nothingError(commit + " is not here (the first commit, or a shallow history)")
	}
	if err := git("read-tree", "--end-of-options", commit); err != nil {
		return err
	}
	tree := binary + ".tree"
	if err := git("checkout-index", "--all", "--prefix="+tree+string(filepath.Separator)); err != nil {
		return err
	}
	if err := build(ctx, tree, binary); ctx.Err() != nil {
		return ctx.Err()
	} else if err != nil {
		return nothingError(fmt.Sprintf("%s does not build: %v", commit, err))
	}
	return nil
}

// build builds the console in dir as .ci/run does, so that it finds what that has compiled.
func build(ctx context.Context, dir, binary string) error {
	return run(ctx, dir, binary, "go", "build", "-trimpath", "-buildvcs=false", "-o", binary, "./cmd/console")
}

// run runs a command, with an index of git's and a way of building that are this guard's own.
func run(ctx context.Context, dir, binary, name string, args ...string) error {
	cmd := exec.CommandContext(ctx, name, args...)
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "GIT_INDEX_FILE="+binary+".index", "CGO_ENABLED=0")
	var said bytes.Buffer
	cmd.Stdout, cmd.Stderr = &said, &said
	if err := cmd.Run(); err != nil {
		return fmt.Errorf("%s %s: %w: %s", name, args[0], err, strings.TrimSpace(said.String()))
	}
	return nil
}
