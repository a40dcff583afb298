package main

import (
	"net"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"
)

// TestSystemdIsTold: that the console listens, that it lives, and that it stops.
func TestSystemdIsTold(t *testing.T) {
	socket := filepath.Join(t.TempDir(), "notify")
	conn, err := net.ListenUnixgram("unixgram", &net.UnixAddr{Name: socket, Net: "unixgram"})
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	t.Setenv("NOTIFY_SOCKET", socket)
	t.Setenv("WATCHDOG_USEC", strconv.Itoa(200_000))
	hears := func(want string) {
		t.Helper()
		if err := conn.SetReadDeadline(time.Now().Add(30 * time.Second)); err != nil {
			t.Fatal(err)
		}
		buf := make([]byte, 1000)
		for {
			n, err := conn.Read(buf)
			if err != nil {
				t.Fatalf("%s was not said: %v", want, err)
			}
			if strings.Contains(string(buf[:n]), want) {
				return
			}
		}
	}
	_, stop := start(t, "-demo", "-listen", "127.0.0.1:0", "-base-path", "/console")
	hears("READY=1")
	hears("WATCHDOG=1")
	hears("WATCHDOG=1")
	if code := stop(); code != 0 {
		t.Errorf("exit code %d", code)
	}
	hears("STOPPING=1")
}
