package lease_test

import (
	"net/netip"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/rs/zerolog"

	"halxml/internal/lease"
	"halxml/internal/model"
	"halxml/store"
	"halxml/store/storetest"
)

// world is a store with the server "dhcp1" of a kind and its scope on
// 10.0.0.0/24.
type world struct {
	t testing.TB
	*lease.Table
	now time.Time
}

var start = time.Date(2026, 3, 4, 12, 0, 0, 0, time.UTC)

func newWorld(t testing.TB, kind model.ServerKind) *world {
	t.Helper()
	w := &world{t: t, now: start}
	w.Table = &lease.Table{Store: storetest.Open(t), Schema: store.NewSchema(), Now: func() time.Time { return w.now }}
	w.update(func(tx store.Tx) error {
		if err := w.Schema.Servers.Insert(tx, &model.Server{Name: "dhcp1", Kind: kind, Enabled: true, ResolvedAddress: "192.0.2.1"}); err != nil {
			return err
		}
		return w.scope(tx, "10.0.0.0/24")
	})
	t.Cleanup(func() { storetest.CheckReferences(t, w.Store) })
	return w
}

// scope adds a scope of the server.
func (w *world) scope(tx store.Tx, cidr string) error {
	p := netip.MustParsePrefix(cidr)
	last := p.Addr().AsSlice()
	last[len(last)-1] = 255
	to, _ := netip.AddrFromSlice(last)
	r := &model.Range{SpaceID: model.DefaultSpace, Name: cidr, From: p.Addr(), To: to, Subnet: true}
	if err := w.Schema.Ranges.Insert(tx, r); err != nil {
		return err
	}
	return w.Schema.Scopes.Insert(tx, &model.Scope{RangeID: r.ID, ServerID: 1, Name: cidr, Enabled: true})
}

func (w *world) update(fn func(store.Tx) error) {
	w.t.Helper()
	if err := w.Store.Update(w.t.Context(), fn); err != nil {
		w.t.Fatal(err)
	}
}

func (w *world) ingest(leases ...model.Lease) lease.Result {
	w.t.Helper()
	r, err := w.Ingest(w.t.Context(), 1, lease.Reading{Leases: leases}, model.SourceFile)
	if err != nil {
		w.t.Fatal(err)
	}
	return r
}

// leases are the stored ones, by address: "10.0.0.1 active aa".
func (w *world) leases() string {
	w.t.Helper()
	var all []string
	w.view(func(tx store.Tx) error {
		all = nil
		for l, err := range w.Schema.LeasesByScope.Begin(tx, nil) {
			if err != nil {
				return err
			}
			all = append(all, strings.TrimSpace(l.Addr.String()+" "+string(l.State)+" "+l.Client()))
		}
		return nil
	})
	return strings.Join(all, ", ")
}

// history is what happened, oldest first: "Assign 10.0.0.1 aa 12:00".
func (w *world) history() string {
	w.t.Helper()
	var all []string
	w.view(func(tx store.Tx) error {
		all = nil
		for e, err := range w.Schema.LeaseEvents.All(tx) {
			if err != nil {
				return err
			}
			all = append(all, string(e.Code)+" "+e.Addr.String()+" "+e.Client()+" "+e.Time.Format("15:04"))
		}
		return nil
	})
	return strings.Join(all, ", ")
}

func (w *world) view(fn func(store.Tx) error) {
	w.t.Helper()
	if err := w.Store.View(w.t.Context(), fn); err != nil {
		w.t.Fatal(err)
	}
}

// held is a client's lease from a minute of the first hour on, for an hour.
func held(addr, client string, minute int) model.Lease {
	at := start.Add(time.Duration(minute) * time.Minute)
	return model.Lease{Addr: netip.MustParseAddr(addr), Hardware: client, State: model.LeaseActive, Starts: at, Ends: at.Add(time.Hour)}
}

func TestIngest(t *testing.T) {
	w := newWorld(t, model.KindISC)
	check := func(step string, got lease.Result, want lease.Result, leases string) {
		t.Helper()
		if got != want {
			t.Errorf("%s: %+v, want %+v", step, got, want)
		}
		if l := w.leases(); l != leases {
			t.Errorf("%s: the leases are %q, want %q", step, l, leases)
		}
	}
	check("the first reading", w.ingest(held("10.0.0.2", "bb", 0), held("10.0.0.1", "aa", 0), held("10.0.1.1", "cc", 0)),
		lease.Result{Added: 2, Outside: 1}, "10.0.0.1 active aa, 10.0.0.2 active bb")
	check("the same again", w.ingest(held("10.0.0.1", "aa", 0), held("10.0.0.2", "bb", 0)),
		lease.Result{Same: 2}, "10.0.0.1 active aa, 10.0.0.2 active bb")
	w.now = start.Add(30 * time.Minute)
	check("one renews, one is given back", w.ingest(held("10.0.0.1", "aa", 30)),
		lease.Result{Changed: 1, Removed: 1}, "10.0.0.1 active aa")
	check("another client", w.ingest(held("10.0.0.1", "dd", 30)), lease.Result{Changed: 1}, "10.0.0.1 active dd")
	stray := held("10.0.0.1", "", 30)
	stray.State = model.LeaseAbandoned
	check("somebody else has it", w.ingest(stray), lease.Result{Changed: 1}, "10.0.0.1 abandoned")
	check("a free server", w.ingest(), lease.Result{Removed: 1}, "")
	w.update(func(tx store.Tx) error { return w.scope(tx, "10.0.1.0/24") })
	check("a scope was added", w.ingest(held("10.0.1.1", "cc", 0)), lease.Result{Added: 1}, "10.0.1.1 active cc")
	const want = "Assign 10.0.0.1 aa 12:00, Assign 10.0.0.2 bb 12:00, Renew 10.0.0.1 aa 12:30, Release 10.0.0.2 bb 12:30, " +
		"Assign 10.0.0.1 dd 12:30, Conflict 10.0.0.1  12:30, Assign 10.0.1.1 cc 12:00"
	if got := w.history(); got != want {
		t.Errorf("history\n%s\nwant\n%s", got, want)
	}
}

func TestLeasesEnd(t *testing.T) {
	w := newWorld(t, model.KindISC)
	endless := held("10.0.0.3", "cc", 0)
	endless.Ends = time.Time{}
	w.ingest(held("10.0.0.1", "aa", 0), held("10.0.0.2", "bb", 30), endless)
	for _, step := range []struct {
		minute, ended int
	}{{59, 0}, {60, 1}, {60, 0}, {120, 1}, {9999, 0}} {
		w.now = start.Add(time.Duration(step.minute) * time.Minute)
		if n, err := w.Expire(t.Context()); n != step.ended || err != nil {
			t.Errorf("minute %d: %d ended, %v", step.minute, n, err)
		}
	}
	if got := w.leases(); got != "10.0.0.1 expired aa, 10.0.0.2 expired bb, 10.0.0.3 active cc" {
		t.Errorf("the leases are %s", got)
	}
	if got := w.history(); !strings.HasSuffix(got, "Expire 10.0.0.1 aa 13:00, Expire 10.0.0.2 bb 13:30") {
		t.Errorf("history %s", got)
	}
}

// TestDroppedStays tells that a lease released by a command is not taken back
// from a file that says nothing new.
func TestDroppedStays(t *testing.T) {
	w := newWorld(t, model.KindISC)
	w.ingest(held("10.0.0.1", "aa", 0))
	w.update(func(tx store.Tx) error {
		l, err := w.Schema.Leases.Get(tx, 1)
		if err != nil {
			return err
		}
		l.State, l.Dropped = model.LeaseReleased, true
		return w.Schema.Leases.Update(tx, l)
	})
	if r := w.ingest(held("10.0.0.1", "aa", 0)); r.Same != 1 || w.leases() != "10.0.0.1 released aa" {
		t.Errorf("the same reading: %+v, %s", r, w.leases())
	}
	w.now = start.Add(20 * time.Minute)
	if r := w.ingest(held("10.0.0.1", "aa", 20)); r.Changed != 1 || w.leases() != "10.0.0.1 active aa" {
		t.Errorf("a renewal: %+v, %s", r, w.leases())
	}
	if got := w.history(); got != "Assign 10.0.0.1 aa 12:00, Assign 10.0.0.1 aa 12:20" {
		t.Errorf("history %s", got)
	}
}

// TestBatches takes more leases than one transaction does.
func TestBatches(t *testing.T) {
	w := newWorld(t, model.KindISC)
	var all []model.Lease
	for third := range 5 {
		cidr := netip.AddrFrom4([4]byte{10, 1, byte(third), 0})
		w.update(func(tx store.Tx) error { return w.scope(tx, cidr.String()+"/24") })
		for last := range 250 {
			all = append(all, held(netip.AddrFrom4([4]byte{10, 1, byte(third), byte(last)}).String(), "aa", 0))
		}
	}
	if r := w.ingest(all...); r != (lease.Result{Added: 1250}) {
		t.Errorf("%+v", r)
	}
	if r := w.ingest(all...); r != (lease.Result{Same: 1250}) {
		t.Errorf("again: %+v", r)
	}
	if r := w.ingest(); r != (lease.Result{Removed: 1250}) || w.leases() != "" {
		t.Errorf("none: %+v, %s", r, w.leases())
	}
}

const iscFile = `lease 10.0.0.1 {
  starts 3 2026/03/04 11:50:00;
  ends 3 2026/03/04 12:50:00;
  binding state active;
  hardware ethernet 0:11:22:33:44:55;
  uid "\001\000\021\"3DU";
  client-hostname "pc1";
}
lease 10.0.0.2 {
  starts 3 2026/03/04 10:00:00;
  ends 3 2026/03/04 11:00:00;
  binding state active;
  hardware ethernet 00:11:22:33:44:66;
}
lease 10.0.0.3 {
  binding state free;
}
lease 10.0.0.4 {
  starts 3 2026/03/04 10:00:00;
  ends never;
  binding state active;
  dynamic-bootp;
  hardware ethernet 00:11:22:33:44:77;
}
lease 10.0.0.5 {
  binding state abandoned;
}
lease 10.0.0.6 {
  binding state backup;
}
`

const keaFile = `address,hwaddr,client_id,valid_lifetime,expire,subnet_id,fqdn_fwd,fqdn_rev,hostname,state,user_context,pool_id
10.0.0.1,00:11:22:33:44:55,01:00:11:22:33:44:55,3600,1772628600,1,0,0,pc1,0,,0
10.0.0.2,00:11:22:33:44:66,,3600,1772622000,1,0,0,,0,,0
10.0.0.3,,,3600,1772628600,1,0,0,,1,,0
10.0.0.4,00:11:22:33:44:77,,4294967295,1772622000,1,0,0,,0,,0
10.0.0.5,00:11:22:33:44:88,,3600,1772622000,1,0,0,,2,,0
`

// TestKeeper reads the lease files of both kinds of server.
func TestKeeper(t *testing.T) {
	for _, test := range []struct {
		kind             model.ServerKind
		file, want, next string
		wantNext         string
	}{
		{model.KindISC, iscFile,
			"10.0.0.1 active 00:11:22:33:44:55, 10.0.0.2 expired 00:11:22:33:44:66, 10.0.0.4 active 00:11:22:33:44:77, 10.0.0.5 abandoned",
			"lease 10.0.0.1 {\n  binding state free;\n}\n", "10.0.0.2 expired 00:11:22:33:44:66, 10.0.0.4 active 00:11:22:33:44:77, 10.0.0.5 abandoned"},
		{model.KindKea, keaFile,
			"10.0.0.1 assigned 00:11:22:33:44:55, 10.0.0.2 expired 00:11:22:33:44:66, 10.0.0.3 declined, 10.0.0.4 assigned 00:11:22:33:44:77",
			"10.0.0.1,00:11:22:33:44:55,,0,1772628600,1,0,0,,0,,0\n", "10.0.0.2 expired 00:11:22:33:44:66, 10.0.0.3 declined, 10.0.0.4 assigned 00:11:22:33:44:77"},
	} {
		t.Run(string(test.kind), func(t *testing.T) {
			w := newWorld(t, test.kind)
			file := filepath.Join(t.TempDir(), "leases")
			k := &lease.Keeper{Table: w.Table, Targets: []lease.Target{{Server: "DHCP1", File: file}, {Server: "unknown", File: file}}, Every: time.Hour, Log: zerolog.Nop()}
			k.Look(t.Context()) // no file yet
			if got := w.leases(); got != "" {
				t.Errorf("without a file: %s", got)
			}
			write := func(text string) {
				t.Helper()
				if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
					t.Fatal(err)
				}
			}
			write(test.file)
			k.Look(t.Context())
			if got := w.leases(); got != test.want {
				t.Errorf("the leases are\n%s\nwant\n%s", got, test.want)
			}
			write(test.file + test.next)
			k.Look(t.Context())
			if got := w.leases(); got != test.wantNext {
				t.Errorf("the next leases are\n%s\nwant\n%s", got, test.wantNext)
			}
			write("}\n")
			k.Look(t.Context())
			if got := w.leases(); got != test.wantNext {
				t.Errorf("a file that is none changed the leases to %s", got)
			}
			k.Start()
			if err := k.Close(); err != nil {
				t.Error(err)
			}
		})
	}
}

func TestLoadFaults(t *testing.T) {
	file := filepath.Join(t.TempDir(), "leases")
	if err := os.WriteFile(file, []byte("}\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, kind := range []model.ServerKind{model.KindISC, model.KindKea, model.KindMicrosoft, model.KindCisco} {
		if l, err := lease.Load(kind, file, start); err == nil {
			t.Errorf("%s: %v", kind, l)
		}
	}
}
