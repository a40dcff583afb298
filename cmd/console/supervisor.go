package main

import (
	"context"
	"log/slog"
	"net"
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
			if err := alive(ctx, address.String(), base, every/2); err != nil {
				log.Error("the console does not answer itself", "error", err)
				continue // systemd restarts it
			}
			tell(daemon.SdNotifyWatchdog)
		}
	})
}
