package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"time"
)

// connections are those of the load, each with one request after another.
const connections = 16

// burst is what a service did for a while.
type burst struct {
	all sample
	per time.Duration // of the clock, for each request
	cpu time.Duration // of the service, for each request
}

// strike sends requests over so many connections for a while.
func strike(ctx context.Context, r *remote, connections int, each time.Duration, request func() []byte) (b burst, err error) {
	clients := make([]*client, connections)
	for i := range clients {
		if clients[i], err = dial(r.addr); err != nil {
			return b, err
		}
		defer clients[i].close()
	}
	before, err := r.tell(order{Do: "cpu"})
	if err != nil {
		return b, err
	}
	var all sync.WaitGroup
	took, failed := make([]sample, connections), make([]error, connections)
	from := time.Now()
	for i, c := range clients {
		all.Go(func() {
			for ctx.Err() == nil && failed[i] == nil {
				start := time.Now()
				if start.Sub(from) > each && len(took[i]) > 0 {
					return
				}
				if failed[i] = c.do(request()); failed[i] == nil && c.refused() {
					failed[i] = fmt.Errorf("the service answered %.300s", c.body)
				}
				took[i] = append(took[i], time.Since(start))
			}
		})
	}
	all.Wait()
	clock := time.Since(from)
	after, err := r.tell(order{Do: "cpu"})
	if err := errors.Join(append(failed, err, ctx.Err())...); err != nil {
		return b, err
	}
	for _, t := range took {
		b.all = append(b.all, t...)
	}
	n := time.Duration(max(len(b.all), 1))
	b.per, b.cpu = clock/n, (after.CPU-before.CPU)/n
	return b, nil
}

// loadTest is one row: what is asked of which service.
type loadTest struct {
	name    string
	service *remote
	request func() []byte
	writers int                  // that change scopes meanwhile
	work    func() time.Duration // of a fixed server for each "writer"; nil for others
	readers int
	bursts  []burst
	writes  []burst
}

// prepare makes the data of a service.
func prepare(ctx context.Context, dir string, scopes int) (err error) {
	d, err := openDirect(ctx, filepath.Join(dir, "halxml.db"))
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, d.close()) }()
	f := filler{store: d.store, schema: d.schema, at: time.Now()}
	return f.fill(ctx, scopes, func(int) {})
}

// openRemote starts a service of its own and logs in.
func openRemote(ctx context.Context, dir string, scopes int, settings ...string) (r *remote, session string, err error) {
	if err := prepare(ctx, dir, scopes); err != nil {
		return nil, "", err
	}
	if r, err = startRemote(ctx, dir, settings...); err != nil {
		return nil, "", err
	}
	c, err := dial(r.addr)
	if err == nil {
		defer c.close()
		session, err = c.login()
	}
	if err != nil {
		return nil, "", errors.Join(err, r.stop())
	}
	return r, session, nil
}

// always is a load of one request.
func always(request []byte) func() []byte { return func() []byte { return request } }

// anew is a load of one list that has to be made each time, since it is spelled
// in more ways than a service remembers.
func anew(request func(filter string) []byte) func() []byte {
	const spellings = 1000
	var all [][]byte
	for n := range spellings {
		all = append(all, request(strings.Repeat(" ", n)))
	}
	var next atomic.Int64
	return func() []byte { return all[int(next.Add(1))%spellings] }
}

// requests are the two kinds of load, in both formats.
func requests(session string) map[string][]byte {
	return map[string][]byte{
		"GetDHCPServer, SOAP": soapRequest("GetDHCPServer", "<session>"+session+"</session><dhcpServerRef>{#3-#1}</dhcpServerRef>"),
		"GetDHCPServer, JSON": jsonRequest("GetDHCPServer", `"session":"`+session+`","dhcpServerRef":"{#3-#1}"`),
		"GetDHCPScopes, SOAP": soapRequest("GetDHCPScopes", "<session>"+session+"</session>"),
		"GetDHCPScopes, JSON": jsonRequest("GetDHCPScopes", `"session":"`+session+`"`),
	}
}

// measureLoad prints how the formats, the access log and writers bear on each
// other. The rounds of what is compared are interleaved, since machines are not
// equally fast all the time.
func measureLoad(ctx context.Context, out io.Writer, scopes, rounds int, each time.Duration) (err error) {
	dir, err := os.MkdirTemp("", "measure")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	tell := newProgress()
	defer tell.end()
	var services [2]*remote
	var sessions [2]string
	for i, setting := range []string{"log.access=true", "log.access=false"} {
		tell.step("start "+setting, 0, 0)
		data := filepath.Join(dir, setting)
		if err := os.Mkdir(data, 0o700); err != nil {
			return err
		}
		if services[i], sessions[i], err = openRemote(ctx, data, scopes, setting); err != nil {
			return err
		}
		defer func() { err = errors.Join(err, services[i].stop()) }()
	}
	logged, silent := requests(sessions[0]), requests(sessions[1])
	var tests []*loadTest
	test := func(name string, service *remote, request []byte, readers, writers int) *loadTest {
		t := &loadTest{name: name, service: service, request: always(request), readers: readers, writers: writers}
		tests = append(tests, t)
		return t
	}
	on := services[0]
	smallSOAP := test("GetDHCPServer, SOAP", on, logged["GetDHCPServer, SOAP"], connections, 0)
	smallJSON := test("GetDHCPServer, JSON", on, logged["GetDHCPServer, JSON"], connections, 0)
	quiet := test("GetDHCPServer, SOAP, no access log", services[1], silent["GetDHCPServer, SOAP"], connections, 0)
	listSOAP := test("GetDHCPScopes, SOAP", on, logged["GetDHCPScopes, SOAP"], connections, 0)
	listJSON := test("GetDHCPScopes, JSON", on, logged["GetDHCPScopes, JSON"], connections, 0)
	anewSOAP := test("GetDHCPScopes made anew, SOAP", on, nil, connections, 0)
	anewSOAP.request = anew(func(filter string) []byte {
		return soapRequest("GetDHCPScopes", "<session>"+sessions[0]+"</session><filter>"+filter+"</filter>")
	})
	anewJSON := test("GetDHCPScopes made anew, JSON", on, nil, connections, 0)
	anewJSON.request = anew(func(filter string) []byte {
		return jsonRequest("GetDHCPScopes", `"session":"`+sessions[0]+`","filter":"`+filter+`"`)
	})
	// Few readers leave the processors time, many do not: what writers take from
	// the one is not what they take from the other.
	var alone, beside []*loadTest
	for _, readers := range []int{32, 4} {
		name := fmt.Sprintf("GetDHCPServer, SOAP, %d connections", readers)
		alone = append(alone, test(name, on, logged["GetDHCPServer, SOAP"], readers, 0))
		beside = append(beside, test(name+", beside 64 writers", on, logged["GetDHCPServer, SOAP"], readers, 64))
	}
	fixed, err := startServer(ctx, fixedMode)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, fixed.stop()) }()
	few := len(alone) - 1
	name := fmt.Sprintf("net/http's fixed answer, %d connections", alone[few].readers)
	fixedAlone := test(name, fixed, fixedRequest(0), alone[few].readers, 0)
	fixedBeside := test(name+", beside 64 that compute", fixed, fixedRequest(0), alone[few].readers, 64)
	fixedBeside.work = func() time.Duration { return beside[few].effort(alone[few]) }

	for round := range rounds {
		for i := range tests {
			t := tests[(i*(1-round%2*2)+len(tests))%len(tests)] // forwards and backwards
			tell.step(fmt.Sprintf("round %d of %d", round+1, rounds), round, rounds)
			b, err := t.run(ctx, sessions[0], scopes, each)
			if err != nil {
				return fmt.Errorf("%s: %w", t.name, err)
			}
			t.bursts = append(t.bursts, b)
		}
	}
	tell.end()
	printLoad(out, tests)
	fmt.Fprintf(out, "\n| ratio | target | by the clock | by the service's CPU |\n|---|---|---:|---:|\n")
	rate := func(b burst) float64 { return 1 / float64(b.per) }
	work := func(b burst) float64 { return 1 / float64(b.cpu) }
	for _, r := range []struct {
		name, target string
		a, b         *loadTest
	}{
		{"JSON to SOAP, GetDHCPServer", "≥ 0.9", smallJSON, smallSOAP},
		{"JSON to SOAP, GetDHCPScopes", "≥ 0.9", listJSON, listSOAP},
		{"JSON to SOAP, GetDHCPScopes made anew", "≥ 0.9", anewJSON, anewSOAP},
		{"with to without the access log", "≥ 0.95", smallSOAP, quiet},
	} {
		fmt.Fprintf(out, "| %s | %s | %.2f | %.2f |\n", r.name, r.target, ratio(r.a, r.b, rate), ratio(r.a, r.b, work))
	}
	late := func(b burst) float64 { return float64(b.all.at(0.99)) }
	for i, t := range alone {
		fmt.Fprintf(out, "| p99 of reads over %d connections, beside 64 writers to alone | ≤ 3 | %.2f | |\n", t.readers, ratio(beside[i], t, late))
	}
	fmt.Fprintf(out, "| p99 of net/http's fixed answers over %d connections, beside 64 that compute as long as writers to alone | | %.2f | |\n",
		fixedAlone.readers, ratio(fixedBeside, fixedAlone, late))
	return nil
}

// run is one round of a test.
func (t *loadTest) run(ctx context.Context, session string, scopes int, each time.Duration) (b burst, err error) {
	if t.writers == 0 {
		return strike(ctx, t.service, t.readers, each, t.request)
	}
	load := writing{addr: t.service.addr, session: session, scopes: scopes, connections: t.writers, each: each + each/4}
	if t.work != nil {
		load.work = t.work()
	}
	w, err := startWriters(ctx, load)
	if err != nil {
		return b, err
	}
	time.Sleep(each / 8) // until all write
	b, err = strike(ctx, t.service, t.readers, each, t.request)
	written, failed := w.end()
	t.writes = append(t.writes, written)
	return b, errors.Join(err, failed)
}

// effort is how long a writer's request takes of the service's processor, told
// from rounds of readers beside writers and of the same readers alone.
func (t *loadTest) effort(alone *loadTest) time.Duration {
	var all []time.Duration
	for i := range min(len(t.bursts), len(alone.bursts)) {
		reads := time.Duration(len(t.bursts[i].all))
		writes := reads * t.bursts[i].per / t.writes[i].per
		all = append(all, reads*(t.bursts[i].cpu-alone.bursts[i].cpu)/max(writes, 1))
	}
	const least = 10 * time.Microsecond // before the first round, and after an odd one
	if len(all) == 0 {
		return least
	}
	return max(median(all), least)
}

// ratio is the median of what a gave to what b gave, round for round.
func ratio(a, b *loadTest, of func(burst) float64) float64 {
	var all []float64
	for i := range a.bursts {
		all = append(all, of(a.bursts[i])/of(b.bursts[i]))
	}
	return median(all)
}

func printLoad(out io.Writer, tests []*loadTest) {
	fmt.Fprintf(out, "| request, %d connections | requests/s | p50 | p99 | the service's CPU for each |\n|---|---:|---:|---:|---:|\n", connections)
	row := func(name string, bursts []burst, alone bool) {
		var per, cpu, p50, p99 []time.Duration
		for _, b := range bursts {
			per, cpu = append(per, b.per), append(cpu, b.cpu)
			p50, p99 = append(p50, b.all.p50()), append(p99, b.all.at(0.99))
		}
		work := show(median(cpu))
		if !alone {
			work = "" // the others' is in it
		}
		fmt.Fprintf(out, "| %s | %s | %s | %s | %s |\n", name, thousands(int(float64(time.Second)/float64(median(per)))), show(median(p50)), show(median(p99)), work)
	}
	for _, t := range tests {
		row(t.name, t.bursts, t.writers == 0)
		if t.writers > 0 {
			name := "its writers: changes of scopes, on disk"
			if t.work != nil {
				name = "those that compute, " + show(t.work()) + " each"
			}
			row(fmt.Sprintf("%s, %d connections", name, t.writers), t.writes, false)
		}
	}
}
