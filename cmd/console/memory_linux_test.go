package main

import (
	"os"
	"strconv"
	"strings"
	"testing"
)

// TestGiveBack: what is in memory of the binary goes, and what was in it still runs.
func TestGiveBack(t *testing.T) {
	t.Parallel()
	before := ofFiles(t)
	if err := giveBack(); err != nil {
		t.Fatal(err)
	}
	if after := ofFiles(t); after >= before {
		t.Errorf("%d KB of files are in memory, %d before", after, before)
	}
}

// ofFiles is how many KB of files the process has in memory.
func ofFiles(t *testing.T) int {
	t.Helper()
	status, err := os.ReadFile("/proc/self/status")
	if err != nil {
		t.Fatal(err)
	}
	_, rest, _ := strings.Cut(string(status), "RssFile:")
	kb, err := strconv.Atoi(strings.Fields(rest)[0])
	if err != nil {
		t.Fatal(err)
	}
	return kb
}
