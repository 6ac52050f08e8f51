package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"time"

	"halxml/internal/model"
	"halxml/store/bolt"
)

// growth is one row of the table: what is measured of the data of each size.
type growth struct {
	name   string
	target string
	values []string
}

// scale measures services of growing data.
type scale struct {
	ctx    context.Context
	dir    string
	tell   *progress
	few    int // divides the samples
	rows   []*growth
	byName map[string]*growth
	usage  map[string][]bolt.Usage // by size
}

// measureScale prints how the service grows with the number of scopes; few
// divides the number of samples.
func measureScale(ctx context.Context, out io.Writer, sizes []int, few int) (err error) {
	dir, err := os.MkdirTemp("", "measure")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	s := &scale{ctx: ctx, dir: dir, tell: newProgress(), few: few, byName: map[string]*growth{}, usage: map[string][]bolt.Usage{}}
	defer s.tell.end()
	for _, n := range sizes {
		if err := s.size(n); err != nil {
			return fmt.Errorf("%d scopes: %w", n, err)
		}
	}
	s.tell.end()
	printGrowth(out, sizes, s.rows)
	printUsage(out, sizes, s.usage)
	return nil
}

// put notes a value of the size that is measured.
func (s *scale) put(name, target, value string) {
	g := s.byName[name]
	if g == nil {
		g = &growth{name: name, target: target}
		s.byName[name] = g
		s.rows = append(s.rows, g)
	}
	g.values = append(g.values, value)
}

// size measures all of one size.
func (s *scale) size(n int) (err error) {
	dir := filepath.Join(s.dir, fmt.Sprint(n))
	path := filepath.Join(dir, "halxml.db")
	if err := s.fill(path, n); err != nil {
		return err
	}
	if err := s.process(dir, n); err != nil {
		return err
	}
	d, err := openDirect(s.ctx, path)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, d.close(), os.RemoveAll(dir)) }()
	w := &world{scale: s, direct: d, n: n, random: rand.New(rand.NewPCG(1, uint64(n)))}
	return w.measure()
}

// fill makes the data and looks at their file.
func (s *scale) fill(path string, n int) (err error) {
	d, err := openDirect(s.ctx, path)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, d.close()) }()
	f := filler{store: d.store, schema: d.schema, at: time.Now()}
	from := time.Now()
	stage := fmt.Sprintf("%d scopes: load", n)
	if err := f.fill(s.ctx, n, func(done int) { s.tell.step(stage, done, n) }); err != nil {
		return err
	}
	s.put("load of all", "", show(time.Since(from)))
	info, err := os.Stat(path)
	if err != nil {
		return err
	}
	s.put("file", "", fmt.Sprintf("%.1f MB", float64(info.Size())/1e6))
	s.put("file, for each scope with its range, indexes and history", "", fmt.Sprintf("%d B", info.Size()/int64(n)))
	s.usage[fmt.Sprint(n)], err = d.store.Usage(s.ctx)
	return err
}

// process measures a service in a process of its own.
func (s *scale) process(dir string, n int) error {
	s.tell.step(fmt.Sprintf("%d scopes: start", n), 0, 0)
	var starts sample
	for range 5 {
		r, err := startRemote(s.ctx, dir)
		if err != nil {
			return err
		}
		starts = append(starts, r.took)
		if err := r.stop(); err != nil {
			return err
		}
	}
	s.put("start-up, ready to serve", "0.5 s", show(starts.p50()))
	r, err := startRemote(s.ctx, dir)
	if err != nil {
		return err
	}
	if err := s.lists(r, n); err != nil {
		return errors.Join(err, r.stop())
	}
	return r.stop()
}

// lists measures the heap of a service that answers full lists.
func (s *scale) lists(r *remote, n int) error {
	c, err := dial(r.addr)
	if err != nil {
		return err
	}
	defer c.close()
	session, err := c.login()
	if err != nil {
		return err
	}
	// Over several connections: one alone mostly measures how fast the machine
	// wakes from idling.
	gets, err := strike(s.ctx, r, 4, time.Second/time.Duration(s.few), func() []byte {
		return jsonRequest("GetDHCPScope", fmt.Sprintf(`"session":"%s","dhcpScopeRef":"{#7-#%d}"`, session, rand.IntN(n)+1))
	})
	if err != nil {
		return err
	}
	s.put("get by reference over HTTP, 4 connections", "1.5 ×", show(gets.all.p50()))
	s.put("its CPU time of the service", "", show(gets.cpu))
	const mb = 1e6
	first, err := r.tell(order{Do: "heap"})
	if err != nil {
		return err
	}
	s.put("heap after the start", "150 MB", fmt.Sprintf("%.1f MB", float64(first.Bytes)/mb))
	for _, list := range []struct{ name, operation, params string }{
		{"full list", "GetDHCPScopes", ""},
		{"full list by name", "GetDHCPScopes", `,"sortBy":"name"`},
		{"full list by description", "GetDHCPScopes", `,"sortBy":"description"`},
		{"full list of ranges", "GetRanges", ""},
		{"full history", "GetHistory", ""},
	} {
		s.tell.step(fmt.Sprintf("%d scopes: %s", n, list.name), 0, 0)
		if _, err := r.tell(order{Do: "heap"}); err != nil {
			return err
		}
		from := time.Now()
		if err := c.do(jsonRequest(list.operation, `"session":"`+session+`"`+list.params)); err != nil {
			return err
		}
		took := time.Since(from)
		most, err := r.tell(order{Do: "peak"})
		if err != nil {
			return err
		}
		s.put(list.name+" over HTTP", "", show(took))
		s.put(list.name+": its size", "", fmt.Sprintf("%.1f MB", float64(c.size)/mb))
		s.put(list.name+": largest heap", "150 MB", fmt.Sprintf("%.1f MB", float64(most.Bytes)/mb))
	}
	after, err := r.tell(order{Do: "heap"})
	if err != nil {
		return err
	}
	s.put("heap after all lists", "150 MB", fmt.Sprintf("%.1f MB", float64(after.Bytes)/mb))
	return nil
}

// world is a service of one size that is measured without HTTP.
type world struct {
	*scale
	direct *direct
	n      int
	random *rand.Rand
}

// timed takes the p50 of calls whose parameters differ. change has something
// change before each, so that nothing kept of the calls before can serve.
func (w *world) timed(name, target string, calls int, change bool, operation string, params func() string) error {
	w.tell.step(fmt.Sprintf("%d scopes: %s", w.n, name), 0, 0)
	calls = max(calls/w.few, 5)
	var all sample
	for range calls {
		if change {
			if err := w.change(); err != nil {
				return err
			}
		}
		r, err := newRequest(operation, params())
		if err != nil {
			return err
		}
		from := time.Now()
		if _, err := w.direct.do(r); err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
		all = append(all, time.Since(from))
	}
	w.put(name, target, show(all.p50()))
	return nil
}

// change changes a scope.
func (w *world) change() error {
	_, err := w.direct.call("SetProperties", fmt.Sprintf(`{"ref":"%s","properties":{"description":"changed %d"}}`, w.scope(), w.random.Int()))
	return err
}

// scope is the reference of any scope.
func (w *world) scope() string {
	return model.Ref{Type: model.TypeScope, ID: model.ID(w.random.IntN(w.n) + 1)}.String()
}

// page asks for 50 objects from anywhere among those that match.
func (w *world) page(filter string, matches int) string {
	return fmt.Sprintf(`{"filter":%q,"offset":%d,"limit":50}`, filter, w.random.IntN(max(1, matches-50)))
}

// sorted is page for all scopes that match, by name.
func (w *world) sorted(filter string) string {
	return fmt.Sprintf(`{"filter":%q,"sortBy":"name","offset":%d,"limit":50}`, filter, w.random.IntN(max(1, w.n-50)))
}

// site is the number that the names of a hundredth of the scopes begin with.
func (w *world) site() int { return w.random.IntN(servers) }

func (w *world) measure() error {
	share := w.n / servers
	const page = "2 ms"
	asked := 0
	anew := func(filter string) string { // spelled in another way each time: a new filter
		asked++
		return filter + strings.Repeat(" ", asked)
	}
	site := func() int { return w.random.IntN((w.n + perSite - 1) / perSite) }
	for _, m := range []struct {
		name, target string
		calls        int
		change       bool
		operation    string
		params       func() string
	}{
		{"get by reference, the command alone", "", 20000, false, "GetDHCPScope", func() string { return `{"dhcpScopeRef":"` + w.scope() + `"}` }},
		{"get by name, the command alone", "", 20000, false, "GetDHCPScope", func() string { return `{"dhcpScopeRef":"` + scopeName(w.random.IntN(w.n)) + `"}` }},
		{"GetRangeByIPAddress", "1 ms", 20000, false, "GetRangeByIPAddress", func() string {
			return `{"addrRef":"` + last(block(w.random.IntN(w.n))).String() + `"}`
		}},
		{"page: name equals", page, 2000, true, "GetDHCPScopes", func() string { return w.page("name="+scopeName(w.random.IntN(w.n)), 1) }},
		{"page: CIDR of the range", page, 2000, true, "GetDHCPScopes", func() string { return w.page("rangeRef="+block(w.random.IntN(w.n)).String(), 1) }},
		{"page: name begins, ten match", page, 2000, true, "GetDHCPScopes", func() string { return w.page("name=^"+scopeName(w.random.IntN(w.n))[:13], 10) }},
		{"page: name begins, a hundredth matches, first asked", page, 500, false, "GetDHCPScopes", func() string { return w.page(anew(fmt.Sprintf("name=^site%02d", w.site())), share) }},
		{"page: name begins, a tenth matches, first asked", page, 100, false, "GetDHCPScopes", func() string { return w.page(anew(fmt.Sprintf("name=^site%d", w.site()/10)), w.n/10) }},
		{"page: name begins, all match, first asked", page, 50, false, "GetDHCPScopes", func() string { return w.page(anew("name=^site"), w.n) }},
		{"page: name begins, a tenth matches, after a change", page, 200, true, "GetDHCPScopes", func() string { return w.page("name=^site4", w.n/10) }},
		{"page: name begins, all match, after a change", page, 200, true, "GetDHCPScopes", func() string { return w.page("name=^site", w.n) }},
		{"page: server, a hundredth matches, first asked", page, 500, false, "GetDHCPScopes", func() string { return w.page(anew("dhcpServerRef="+serverName(w.site())), share) }},
		{"page: server, a hundredth matches, after a change", page, 200, true, "GetDHCPScopes", func() string { return w.page("dhcpServerRef="+serverName(42), share) }},
		{"page: all", page, 500, true, "GetDHCPScopes", func() string { return w.page("", w.n) }},
		{"page: all by name, first asked", "", 5, false, "GetDHCPScopes", func() string { return w.sorted(anew("enabled=true")) }},
		{"page: all by name, after a change", "", 50, true, "GetDHCPScopes", func() string { return w.sorted("enabled=true") }},
		{"page: name contains (no index), first asked", "1.0 s", 20, false, "GetDHCPScopes", func() string { return w.page(anew("name:^site.7-0*123"), 50) }},
		{"page: any field contains (no index), first asked", "1.0 s", 20, false, "GetDHCPScopes", func() string { return w.page(anew("00123"), 50) }},
		{"page: name contains (no index), after a change", page, 200, true, "GetDHCPScopes", func() string { return w.page("name:^site.7-0*123", 50) }},
		{"page: ranges by CIDR", page, 2000, true, "GetRanges", func() string { return w.page("name="+block(w.random.IntN(w.n)).String(), 1) }},
		{"page: ranges by parent, up to 4096 match", page, 500, true, "GetRanges", func() string {
			return w.page("parentRef="+block(site()*perSite).Masked().Addr().String()+"/16", min(perSite, w.n))
		}},
		{"page: all ranges", page, 200, true, "GetRanges", func() string { return w.page("", w.n) }},
		{"history: the last 50 events", page, 200, true, "GetHistory", func() string { return `{"limit":50}` }},
		{"history: of one scope", page, 200, true, "GetHistory", func() string { return `{"objRef":"` + w.scope() + `","limit":50}` }},
		{"history: text contains (no index), first 50", "", 20, false, "GetHistory", func() string { return `{"filter":"eventText:00123","limit":50}` }},
	} {
		if err := w.timed(m.name, m.target, m.calls, m.change, m.operation, m.params); err != nil {
			return err
		}
	}
	if err := w.writers(); err != nil {
		return err
	}
	added := 0
	err := w.timed("AddDHCPScope with its range, on disk", "", 500, false, "AddDHCPScope", func() string {
		added++
		return fmt.Sprintf(`{"dhcpScope":{"name":"added-%d","rangeRef":"11.%d.%d.%d/28","dhcpServerRef":"{#3-#1}"}}`, added, added>>12, added>>4&255, added<<4&255)
	})
	if err != nil {
		return err
	}
	if _, err := w.direct.call("RemoveObject", `{"ref":"{#7-#`+fmt.Sprint(w.n+1)+`}"}`); err != nil {
		return err
	}
	err = w.timed("page: all, after a removal and a change", "2 ms", 200, true, "GetDHCPScopes", func() string { return w.page("", w.n) })
	if err != nil {
		return err
	}
	return w.more()
}

// writers measures changes, alone and beside an unindexed search.
func (w *world) writers() error {
	write := func(int) error { return w.change() }
	w.tell.step(fmt.Sprintf("%d scopes: changes", w.n), 0, 0)
	alone, err := sampled(max(1000/w.few, 5), write)
	if err != nil {
		return err
	}
	w.put("change of a scope, on disk", "", show(alone.p50()))
	ctx, cancel := context.WithCancel(w.ctx)
	done := make(chan error, 1)
	reader := *w.direct // with a buffer of its own
	reader.ctx, reader.buffer = ctx, nil
	go func() {
		var err error
		for n := 0; ctx.Err() == nil && err == nil; n++ {
			_, err = reader.call("GetDHCPScopes", fmt.Sprintf(`{"filter":"name:^site.7-0*%d","limit":50}`, n))
		}
		if ctx.Err() != nil {
			err = nil
		}
		done <- err
	}()
	beside, err := sampled(max(1000/w.few, 5), write)
	cancel()
	if err := errors.Join(err, <-done); err != nil {
		return err
	}
	w.put("the same beside unindexed searches", "not blocked", show(beside.p50()))
	return nil
}

// more measures what needs further data.
func (w *world) more() error {
	const pools = 10_000
	w.tell.step(fmt.Sprintf("%d scopes: addresses and pools", w.n), 0, 0)
	f := filler{store: w.direct.store, schema: w.direct.schema, at: time.Now()}
	if err := errors.Join(f.fillAddresses(w.ctx), f.fillPools(w.ctx, pools)); err != nil {
		return err
	}
	err := w.timed("next free address of 65,536, all but the last 100 taken", "1 ms", 2000, false, "GetNextFreeAddress",
		func() string { return `{"rangeRef":"192.168.0.0/16"}` })
	if err != nil {
		return err
	}
	for _, m := range []struct{ name, operation, params string }{
		{"first failover relationship: 10,000 pools refer to it", "AddDHCPFailoverRelationship",
			`{"dhcpFailoverRelationship":{"name":"main","primaryServer":"` + primary + `","secondaryServer":"` + secondary + `"}}`},
		{"its removal: 10,000 pools lose it", "RemoveDHCPFailoverRelationships",
			`{"dhcpRefAndFailoverRelationshipNames":[{"dhcpServerRef":"` + primary + `","dhcpFailoverRelationshipName":"main"}]}`},
	} {
		w.tell.step(fmt.Sprintf("%d scopes: %s", w.n, m.name), 0, 0)
		from := time.Now()
		if _, err := w.direct.call(m.operation, m.params); err != nil {
			return err
		}
		w.put(m.name, "1 s", show(time.Since(from)))
	}
	return nil
}
