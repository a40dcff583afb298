// Package binary builds the console and runs it, for what measures it from outside.
package binary

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"syscall"
)

// Build builds the console of the working tree, which is the present folder.
func Build(ctx context.Context, path string) error {
	if out, err := exec.CommandContext(ctx, "go", "build", "-o", path, "./cmd/console").CombinedOutput(); err != nil {
		return fmt.Errorf("build the console: %w: %s", err, out)
	}
	return nil
}

// Process is a console that runs.
type Process struct {
	URL string // without a slash at its end
	Pid int

	cmd *exec.Cmd
}

// Start runs a console on a free port of the loopback, in a folder ("" for the present one),
// with settings and no others, and waits until it says where it is. It ends with ctx, or by
// Stop, which is called in any case.
func Start(ctx context.Context, path, dir string, settings []string, args ...string) (*Process, error) {
	var problems bytes.Buffer
	cmd := exec.CommandContext(ctx, path, append(args, "-listen", "127.0.0.1:0")...)
	cmd.Dir, cmd.Stderr = dir, &problems
	for _, setting := range os.Environ() {
		if !strings.HasPrefix(setting, "CONSOLE_") {
			cmd.Env = append(cmd.Env, setting)
		}
	}
	cmd.Env = append(cmd.Env, settings...)
	out, err := cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := cmd.Start(); err != nil {
		return nil, err
	}
	p := &Process{Pid: cmd.Process.Pid, cmd: cmd}
	line, err := bufio.NewReader(out).ReadString('\n')
	_, place, found := strings.Cut(strings.TrimSpace(line), "http://")
	if err != nil || !found {
		p.Stop()
		return nil, fmt.Errorf("the console does not start: %s", strings.TrimSpace(line+problems.String()))
	}
	p.URL = "http://" + strings.TrimSuffix(place, "/")
	return p, nil
}

// Stop ends the process and waits for it.
func (p *Process) Stop() {
	_ = p.cmd.Process.Signal(syscall.SIGTERM)
	_ = p.cmd.Wait()
}
