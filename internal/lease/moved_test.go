package lease

import (
	"io"
	"net/netip"
	"os"
	"path/filepath"
	"testing"
)

// TestCleanUpsHideNoLeases has Kea's clean-up begin while its files are read:
// the rows of before move to a file that was not there when it was looked for.
func TestCleanUpsHideNoLeases(t *testing.T) {
	const head = "address,hwaddr,client_id,valid_lifetime,expire,subnet_id,fqdn_fwd,fqdn_rev,hostname,state,user_context\n"
	const row = "10.0.0.1,02:00:00:00:00:01,,4294967295,1772622000,1,0,0,,0,\n"
	name := filepath.Join(t.TempDir(), "leases")
	put := func(text string) {
		t.Helper()
		if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	put(head + row)
	moved := 0
	move := func(at string, often int) func(string) (io.ReadCloser, error) {
		return func(file string) (io.ReadCloser, error) {
			if file == name+at && moved < often {
				moved++
				if err := os.Rename(name, name+".1"); err != nil {
					t.Fatal(err)
				}
				put(head)
			}
			return os.Open(file)
		}
	}
	set, err := loadKea(name, move("", 1))
	if err != nil || moved != 1 || len(set.Leases) != 1 || set.Leases[netip.MustParseAddr("10.0.0.1")].HWAddress != "02:00:00:00:00:01" {
		t.Errorf("%d moves, %+v, %v", moved, set, err)
	}
	// Files that never rest tell nothing.
	moved = 0
	if set, err := loadKea(name, move("", 1<<30)); err == nil {
		t.Errorf("after %d moves: %+v", moved, set)
	}
}
