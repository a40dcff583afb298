package web_test

import (
	"io"
	"net"
	"net/http"
	"net/url"
	"os"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/alohub/agentconsole/apiclient/sandbox"
	"github.com/alohub/agentconsole/sqlstore"
)

// TestSaveAsksTheDatabaseLittle: at 400 ms a trip these few are 3.2 seconds, for two are made
// at once, beside which the rest is nothing. sqlstore's own test holds each down to one trip.
func TestSaveAsksTheDatabaseLittle(t *testing.T) {
	t.Parallel()
	clock := &shifted{}
	s := newStand(t, func(o *setup) { o.web.Now = clock.now })
	p := s.signIn(sandbox.DemoKey)
	p.crawled()
	form := p.editor("082019", "callin")
	form.Add("queue_ids", "1000887")
	clock.advance(6 * time.Second) // people take their time: the kept ids are to be read again
	s.store.count()
	p.save("082019", "callin", form).is(http.StatusSeeOther)
	want := []string{"Ended", "KnownQueues", "Lock", "List", "Unsettled", "Intend", "Settle", "Settle", "release"}
	got := s.store.counted()
	slices.Sort(got[min(1, len(got)):min(3, len(got))]) // at once
	if !slices.Equal(got, want) {
		t.Errorf("a save asks %v", got)
	}
	s.store.count()
	p.post("/agents/082019/recording", enabled("true")).is(http.StatusSeeOther)
	if got := s.store.counted(); len(got) > 5 {
		t.Errorf("recording asks %v", got)
	}
}

// far is a way to a database on which each message takes its time. It counts the messages
// of the console's that the database had to answer.
type far struct {
	takes time.Duration
	to    string
	trips atomic.Int64
}

// lay returns the address to reach the database by.
func (f *far) lay(t *testing.T, address string) string {
	t.Helper()
	at := must(url.Parse(address))
	f.to = at.Host
	l := listener(t)
	var open sync.WaitGroup
	open.Go(func() {
		for {
			here, err := l.Accept()
			if err != nil {
				return
			}
			there, err := net.Dial("tcp", f.to)
			if err != nil {
				_ = here.Close()
				continue
			}
			open.Go(func() { f.carry(there, here, f.takes, &f.trips) })
			open.Go(func() { f.carry(here, there, 0, new(atomic.Int64)) })
		}
	})
	t.Cleanup(func() {
		_ = l.Close()
		open.Wait()
	})
	at.Host = l.Addr().String()
	return at.String()
}

// carry brings what comes from one to the other, each message as late as the way is long,
// those behind it no later for that.
func (f *far) carry(to, from net.Conn, takes time.Duration, messages *atomic.Int64) {
	type message struct {
		text []byte
		due  time.Time
	}
	way := make(chan message, 1024)
	go func() {
		defer close(way)
		buf := make([]byte, 64<<10)
		for {
			n, err := from.Read(buf)
			if n > 0 {
				messages.Add(1)
				way <- message{slices.Clone(buf[:n]), time.Now().Add(takes)}
			}
			if err != nil {
				return
			}
		}
	}()
	for m := range way {
		<-time.After(time.Until(m.due))
		_, _ = to.Write(m.text)
	}
	_ = to.Close()
	_, _ = io.Copy(io.Discard, from)
	_ = from.Close()
}

// TestSaveFromAfar: with PostgreSQL far away a save is on its way ten times at the most,
// a ping of a connection that rested included, which at 400 ms a trip are 4 seconds. With CONSOLE_TEST_LATENCY=400ms that is measured.
func TestSaveFromAfar(t *testing.T) {
	t.Parallel()
	takes, measured := time.Millisecond, false
	if text := os.Getenv("CONSOLE_TEST_LATENCY"); text != "" {
		takes, measured = must(time.ParseDuration(text)), true
	}
	const most = 10
	way := &far{takes: takes}
	store, err := sqlstore.Open(t.Context(), sqlstore.Config{Database: way.lay(t, postgres(t))})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = store.Close() })
	clock := &shifted{}
	s := newStand(t, func(o *setup) { o.web.Now, o.store = clock.now, store })
	p := s.signIn(sandbox.DemoKey)
	p.crawled()
	slow := int64(0)
	// The first save learns the tenant's number in the database, it and the next how the API
	// takes saves and shows them, which is noted once, beside whoever waits: the end of a scan waits for that.
	for i, agent := range []string{"082019", "082018", "082021"} {
		if i == 2 {
			p.post("/queues/read", nil).is(http.StatusSeeOther)
			p.crawled()
		}
		form := p.editor(agent, "callin")
		form.Add("queue_ids", "1000887")
		clock.advance(6 * time.Second)
		before, begun := way.trips.Load(), time.Now()
		p.save(agent, "callin", form).is(http.StatusSeeOther)
		took, trips := time.Since(begun), way.trips.Load()-before
		t.Logf("a save took %s and %d trips of %s", took.Round(time.Millisecond), trips, takes)
		if trips < 5 {
			t.Errorf("%d trips: that was no save", trips)
		}
		// How far a save is that takes 1.5 s is noted each second and at its end, which nobody
		// waits for: on a busy machine while the next one goes on, too.
		if took > 1400*time.Millisecond {
			slow += 8 + 4*int64(took/time.Second)
		}
		if i < 2 {
			continue
		}
		// The lock is renewed once a second, which nobody waits for, on a connection of its own.
		renewals := int64(took / time.Second)
		if trips > most+4*renewals+slow {
			t.Errorf("%d trips, want at most %d", trips, most)
		}
		if measured && took > most*takes {
			t.Errorf("a save took %s, want at most %s", took, most*takes)
		}
	}
}
