package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"time"
)

// healthcheck asks the console that listens on this machine with the same
// settings whether it is well. It is the container's HEALTHCHECK, since the image
// has no shell and no curl.
func healthcheck(ctx context.Context, c *Config) error {
	if err := alive(ctx, c.Listen, c.BasePath, 3*time.Second); err != nil {
		return fmt.Errorf("healthcheck: %w", err)
	}
	return nil
}

// alive asks the console that listens at an address of this machine.
func alive(ctx context.Context, listen, base string, within time.Duration) error {
	host, port, err := net.SplitHostPort(listen)
	if err != nil {
		return errors.New("no address to ask")
	}
	switch host {
	case "", "0.0.0.0":
		host = "127.0.0.1"
	case "::":
		host = "::1"
	}
	ctx, cancel := context.WithTimeout(ctx, within)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+net.JoinHostPort(host, port)+base+"/healthz", nil)
	if err != nil {
		return err
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		return errors.New(resp.Status)
	}
	return nil
}
