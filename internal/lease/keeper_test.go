package lease_test

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/rs/zerolog"

	"halxml/internal/lease"
	"halxml/internal/model"
	"halxml/store"
)

// counted counts the updates of a store.
type counted struct {
	store.Store
	updates int
}

func (c *counted) Update(ctx context.Context, fn func(store.Tx) error) error {
	c.updates++
	return c.Store.Update(ctx, fn)
}

// kept is a world whose keeper reads files in a directory of the test.
type kept struct {
	*world
	*lease.Keeper
	dir   string
	store *counted
}

func newKept(t *testing.T, kind model.ServerKind, files ...string) *kept {
	k := &kept{world: newWorld(t, kind), dir: t.TempDir()}
	k.store = &counted{Store: k.world.Store}
	k.world.Table.Store = k.store
	k.Keeper = &lease.Keeper{Table: k.world.Table, Every: time.Hour, Log: zerolog.Nop()}
	for _, name := range files {
		k.Targets = append(k.Targets, lease.Target{Server: "dhcp1", File: filepath.Join(k.dir, name)})
	}
	return k
}

// write writes a lease file that was last changed some time before now.
func (k *kept) write(name, text string, ago time.Duration) {
	k.t.Helper()
	file := filepath.Join(k.dir, name)
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		k.t.Fatal(err)
	}
	if err := os.Chtimes(file, k.now, k.now.Add(-ago)); err != nil {
		k.t.Fatal(err)
	}
}

// look lets the keeper look once and returns the leases then.
func (k *kept) look() string {
	k.t.Helper()
	k.Look(k.t.Context())
	return k.leases()
}

func iscLease(addr string) string {
	return "lease " + addr + " {\n  starts 3 2026/03/04 11:50:00;\n  ends never;\n  binding state active;\n  hardware ethernet 00:11:22:33:44:55;\n}\n"
}

const (
	one = "10.0.0.1 active 00:11:22:33:44:55"
	two = one + ", 10.0.0.2 active 00:11:22:33:44:55"
)

// TestAKeeperThatFindsNothingNewDoesNothing looks again and again.
func TestAKeeperThatFindsNothingNewDoesNothing(t *testing.T) {
	k := newKept(t, model.KindISC, "leases")
	k.write("leases", iscLease("10.0.0.1"), time.Minute)
	if got := k.look(); got != one {
		t.Fatalf("leases %s", got)
	}
	before := k.store.updates
	// Of the same size and age, which a file with news never is.
	k.write("leases", iscLease("10.0.0.9"), time.Minute)
	for range 3 {
		if got := k.look(); got != one {
			t.Errorf("a file that has not changed was read: %s", got)
		}
	}
	if k.store.updates != before {
		t.Errorf("%d updates for nothing", k.store.updates-before)
	}
	// One that has just been written may change within the same tick of the clock.
	k.write("leases", iscLease("10.0.0.1"), time.Second)
	k.look()
	k.write("leases", iscLease("10.0.0.2"), time.Second)
	if got := k.look(); got != strings.Replace(one, "0.1", "0.2", 1) {
		t.Errorf("leases %s", got)
	}
}

// TestABusyLeaseFileRests takes a second for each reading.
func TestABusyLeaseFileRests(t *testing.T) {
	k := newKept(t, model.KindISC, "leases")
	slow := false
	k.world.Table.Now = func() time.Time {
		if slow {
			k.now = k.now.Add(time.Second)
		}
		return k.now
	}
	k.write("leases", iscLease("10.0.0.1"), time.Minute)
	slow = true
	k.look()
	slow = false
	k.write("leases", iscLease("10.0.0.1")+iscLease("10.0.0.2"), 0)
	k.now = k.now.Add(10 * time.Second)
	if got := k.look(); got != one {
		t.Errorf("a file that takes long was read again at once: %s", got)
	}
	k.now = k.now.Add(5 * time.Minute)
	if got := k.look(); got != two {
		t.Errorf("leases %s", got)
	}
	// A clock that was put back keeps no file from being read.
	k.write("leases", iscLease("10.0.0.1"), 0)
	k.now = k.now.Add(-24 * time.Hour)
	if got := k.look(); got != one {
		t.Errorf("leases %s", got)
	}
}

// TestLeasesOfAScopeThatComesLater are in a file that does not change again.
func TestLeasesOfAScopeThatComesLater(t *testing.T) {
	k := newKept(t, model.KindISC, "leases")
	k.write("leases", iscLease("10.0.0.1")+iscLease("10.0.1.1"), time.Minute)
	if got := k.look(); got != one {
		t.Errorf("leases %s", got)
	}
	k.update(func(tx store.Tx) error { return k.scope(tx, "10.0.1.0/24") })
	if got := k.look(); got != one+", 10.0.1.1 active 00:11:22:33:44:55" {
		t.Errorf("leases %s", got)
	}
}

// TestProtocolsAreKeptApart reads both files of a Kea server.
func TestProtocolsAreKeptApart(t *testing.T) {
	const (
		head4 = "address,hwaddr,client_id,valid_lifetime,expire,subnet_id,fqdn_fwd,fqdn_rev,hostname,state,user_context,pool_id\n"
		row4  = "10.0.0.1,00:11:22:33:44:55,,3600,1772628600,1,0,0,,0,,0\n"
		head6 = "address,duid,valid_lifetime,expire,subnet_id,pref_lifetime,lease_type,iaid,prefix_len,fqdn_fwd,fqdn_rev,hostname,hwaddr,state,user_context\n"
		row6  = "2001:db8::1,00:01:00:01:aa,3600,1772628600,2,1800,0,1,128,0,0,,,0,\n"

		lease4 = "10.0.0.1 assigned 00:11:22:33:44:55"
		lease6 = "2001:db8::1 assigned 00:01:00:01:aa"
	)
	k := newKept(t, model.KindKea, "4.csv", "6.csv")
	k.update(func(tx store.Tx) error { return k.scope(tx, "2001:db8::/64") })
	for _, step := range []struct{ file, text, want string }{
		{"6.csv", head6 + row6, lease6},
		{"4.csv", head4 + row4, lease4 + ", " + lease6},
		{"6.csv", head6, lease4},
		{"6.csv", head6 + row6, lease4 + ", " + lease6},
		{"4.csv", head4, lease6},
		{"4.csv", head4 + row4, lease4 + ", " + lease6},
		// What is not even begun says nothing of either.
		{"6.csv", "", lease4 + ", " + lease6},
		{"4.csv", "", lease4 + ", " + lease6},
	} {
		k.write(step.file, step.text, time.Minute)
		if got := k.look(); got != step.want {
			t.Errorf("%q in %s: %s, want %s", step.text, step.file, got, step.want)
		}
	}
}
