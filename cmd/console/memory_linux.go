package main

import (
	"fmt"
	"os"
	"runtime/debug"
	"strconv"
	"strings"
	"syscall"
)

// giveBack returns to the kernel what only the start needed: garbage, and the pages of the
// binary. Whichever of these a request needs is in the page cache and comes back by itself;
// what reads configuration, catalogues and migrations is not needed again.
func giveBack() error {
	debug.FreeOSMemory()
	binary, err := os.Readlink("/proc/self/exe")
	if err != nil {
		return fmt.Errorf("which binary this is: %w", err)
	}
	maps, err := os.ReadFile("/proc/self/maps")
	if err != nil {
		return fmt.Errorf("what of the binary is in memory: %w", err)
	}
	// 00400000-018d2000 r-xp 00000000 fe:00 261 /usr/bin/agentconsole
	for line := range strings.Lines(string(maps)) {
		where, rest, _ := strings.Cut(line, " ")
		kind, _, _ := strings.Cut(rest, " ")
		if !strings.HasSuffix(strings.TrimSpace(rest), " "+binary) || strings.Contains(kind, "w") {
			continue // what was written is nowhere else
		}
		first, end, _ := strings.Cut(where, "-")
		from, err := strconv.ParseUint(first, 16, 64)
		if err != nil {
			return fmt.Errorf("what of the binary is in memory: %w", err)
		}
		to, err := strconv.ParseUint(end, 16, 64)
		if err != nil {
			return fmt.Errorf("what of the binary is in memory: %w", err)
		}
		if _, _, errno := syscall.Syscall(syscall.SYS_MADVISE, uintptr(from), uintptr(to-from), syscall.MADV_DONTNEED); errno != 0 {
			return fmt.Errorf("give back pages of the binary: %w", errno)
		}
	}
	return nil
}
