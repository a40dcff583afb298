package main

import (
	"context"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"time"

	"github.com/coreos/go-systemd/v22/daemon"
	"golang.org/x/sync/errgroup"
)

// supervised tells systemd, where it started this process, that the console listens, that
// it is alive for as long as it answers on its own address, and that it stops. Elsewhere
// it does nothing.
func supervised(ctx context.Context, group *errgroup.Group, address net.Addr, base string, log *slog.Logger) {
	tell := func(state string) {
		if _, err := daemon.SdNotify(false, state); err != nil {
			log.Warn("systemd not told", "state", state, "error", err)
		}
	}
	every, err := daemon.SdWatchdogEnabled(false)
	if err != nil {
		log.Warn("no watchdog", "error", err)
	}
	tell(daemon.SdNotifyReady)
	group.Go(func() error {
		defer tell(daemon.SdNotifyStopping)
		if every <= 0 {
			<-ctx.Done()
			return nil
		}
		tick := time.NewTicker(every / 2)
		defer tick.Stop()
		for {
			select {
			case <-ctx.Done():
				return nil
			case <-tick.C:
			}
			if err := answers(ctx, address, base, every/2); err != nil {
				log.Error("the console does not answer itself", "error", err)
				continue // systemd restarts it
			}
			tell(daemon.SdNotifyWatchdog)
		}
	})
}

// answers asks the console on its own address whether it is alive.
func answers(ctx context.Context, address net.Addr, base string, within time.Duration) error {
	ctx, cancel := context.WithTimeout(ctx, within)
	defer cancel()
	host, port, err := net.SplitHostPort(address.String())
	if err != nil {
		return fmt.Errorf("ask %s: %w", address, err)
	}
	if ip := net.ParseIP(host); ip == nil || ip.IsUnspecified() {
		host = "localhost"
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+net.JoinHostPort(host, port)+base+"/healthz", nil)
	if err != nil {
		return fmt.Errorf("ask %s: %w", address, err)
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return fmt.Errorf("ask %s: %w", address, err)
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		return fmt.Errorf("ask %s: %s", address, resp.Status)
	}
	return nil
}
