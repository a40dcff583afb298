package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"os"
	"path"
	"strconv"
	"strings"
	"time"

	"github.com/alohub/agentconsole/apiclient/sandbox"
	"github.com/alohub/agentconsole/bench/binary"
)

// page is one that is looked at.
type page struct {
	name, path string
	signedOut  bool
}

// demo is a console's process, with a session.
type demo struct {
	*binary.Process
	client *http.Client
}

// startDemo builds a console, starts its demo, signs in and waits until the tenant is read.
func startDemo(ctx context.Context, path string) (*demo, error) {
	if err := binary.Build(ctx, path); err != nil {
		return nil, err
	}
	jar, err := cookiejar.New(nil)
	if err != nil {
		return nil, err
	}
	console, err := binary.Start(ctx, path, "", nil, "-demo")
	if err != nil {
		return nil, err
	}
	d := &demo{Process: console, client: &http.Client{
		Jar: jar, Timeout: time.Minute, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}}
	_, err = d.post(ctx, "/sign-in", url.Values{"environment": {"demo"}, "api_key": {sandbox.DemoKey}, "operator": {"Lan"}})
	if err == nil {
		err = d.settled(ctx, "/agents/progress?sort=name")
	}
	if err != nil {
		d.Stop()
		return nil, err
	}
	return d, nil
}

// settled waits until a part of a page asks for itself no more.
func (d *demo) settled(ctx context.Context, part string) error {
	for {
		req, err := http.NewRequestWithContext(ctx, http.MethodGet, d.URL+part, http.NoBody)
		if err != nil {
			return err
		}
		req.Header.Set("HX-Request", "true")
		req.Header.Set("HX-Request-Type", "partial")
		resp, err := d.client.Do(req)
		if err != nil {
			return err
		}
		text, err := io.ReadAll(resp.Body)
		_ = resp.Body.Close()
		if err != nil || !bytes.Contains(text, []byte("data-poll")) {
			return err
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(100 * time.Millisecond):
		}
	}
}

// post sends a form, and returns where its answer leads.
func (d *demo) post(ctx context.Context, place string, form url.Values) (string, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, d.URL+place, strings.NewReader(form.Encode()))
	if err != nil {
		return "", err
	}
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	resp, err := d.client.Do(req)
	if err != nil {
		return "", err
	}
	_ = resp.Body.Close()
	if resp.StatusCode != http.StatusSeeOther {
		return "", fmt.Errorf("POST %s: HTTP %d", place, resp.StatusCode)
	}
	return resp.Header.Get("Location"), nil
}

// pages are all that can be looked at, after something was done of which they tell.
func (d *demo) pages(ctx context.Context) ([]page, error) {
	for i, agent := range []string{sandbox.DemoSeveral, sandbox.DemoExample, sandbox.DemoInactive} {
		if _, err := d.post(ctx, "/agents/"+agent+"/recording", url.Values{"enabled": {strconv.FormatBool(i > 0)}}); err != nil {
			return nil, err
		}
	}
	var runs []string
	for _, operation := range []string{"recording-on", "recording-off"} {
		run, err := d.post(ctx, "/runs", url.Values{"operation": {operation}, "agent_ids": {sandbox.DemoSeveral, sandbox.DemoExample}})
		if err != nil {
			return nil, err
		}
		runs = append(runs, run)
	}
	if _, err := d.post(ctx, runs[0]+"/start", url.Values{"confirm": {"yes"}}); err != nil {
		return nil, err
	}
	if err := d.settled(ctx, runs[0]+"/live"); err != nil {
		return nil, err
	}
	if _, err := d.post(ctx, "/filters?status=1", url.Values{"name": {"Active"}, "whose": {"everybody"}}); err != nil {
		return nil, err
	}
	agent, queue := "/agents/"+sandbox.DemoSeveral, "/queues/1000886"
	return []page{
		{"sign-in", "/sign-in", true},
		{"demo controls", "/_demo", false},
		{"agents", "/agents", false},
		{"agents, 100 sorted", "/agents?sort=name&size=100", false},
		{"agents, none found", "/agents?q=zzzz", false},
		{"agent", agent, false},
		{"editor, callin", agent + "/queues?type=callin", false},
		{"editor, callout", agent + "/queues?type=callout", false},
		{"no such agent", "/agents/999999", false},
		{"saved filters", "/filters", false},
		{"a filter to save", "/filters/new?status=1", false},
		{"queues", "/queues", false},
		{"known queues", "/queues/known", false},
		{"queue", queue + "?type=callin", false},
		{"no such queue", "/queues/999", false},
		{"bulk changes", "/runs", false},
		{"new bulk change", "/runs/new", false},
		{"new bulk change of agents", "/runs/new?agent_ids=" + sandbox.DemoSeveral, false},
		{"bulk change, done", runs[0], false},
		{"bulk change, planned", runs[1], false},
		{"no such bulk change", "/runs/" + path.Base(runs[0]) + "0", false},
		{"changes", "/changes", false},
		{"changes of one agent", "/changes?agent_id=" + sandbox.DemoSeveral, false},
		{"changes, none found", "/changes?agent_id=999999", false},
		{"connection", "/connection", false},
		{"no such page", "/nothing", false},
	}, nil
}

// writeCookies keeps the session as a file of headers.
func (d *demo) writeCookies(file string) error {
	home, err := url.Parse(d.URL + "/")
	if err != nil {
		return err
	}
	var cookies []string
	for _, cookie := range d.client.Jar.Cookies(home) {
		cookies = append(cookies, cookie.Name+"="+cookie.Value)
	}
	raw, err := json.Marshal(map[string]string{"Cookie": strings.Join(cookies, "; ")})
	if err != nil {
		return err
	}
	return os.WriteFile(file, raw, 0o600)
}
