package lease

import (
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	dhcpd "halxml/internal/dhcpd/leases"
	"halxml/internal/errs"
	kea "halxml/internal/kea/leases"
	"halxml/internal/model"
)

// Load reads the lease file of a server of a kind: dhcpd.leases of ISC, or
// kea-leases4.csv or kea-leases6.csv of Kea with the files that its clean-up
// puts beside it. Errors name the line, not the file.
func Load(kind model.ServerKind, name string, now time.Time) (r Reading, err error) {
	switch {
	case kind == model.KindISC:
		f, err := os.Open(name)
		if err != nil {
			return r, err
		}
		defer f.Close()
		r.Leases, err = ReadISC(f, now)
		return r, err
	case kind.IsKea():
		set, err := loadKea(name, func(name string) (io.ReadCloser, error) { return os.Open(name) })
		if err != nil {
			return r, err
		}
		if set.Empty {
			return r, errEmpty
		}
		return Reading{FromKea(set, now), set.IPv6}, nil
	}
	return r, errs.Errorf(errs.NotSupported, "Leases of servers of type %s are not read", kind)
}

// errEmpty is of a file of Kea that does not even say which protocol's it is: the
// server is about to write it.
var errEmpty = errors.New("it is empty")

// loadKea reads files that Kea's clean-up does not move meanwhile: leases in a
// file that was missed would be taken for ended.
func loadKea(name string, open func(string) (io.ReadCloser, error)) (*kea.Set, error) {
	const tries = 5
	for range tries {
		before := placesOf(name)
		set, err := kea.Load(name, open)
		if err != nil || before.same(placesOf(name)) {
			return set, err
		}
	}
	return nil, errors.New("its files were moved while they were read")
}

// places are the lease file of Kea and those beside it, nil for what is not there.
type places [4]os.FileInfo

func placesOf(name string) (p places) {
	for i, suffix := range [len(p)]string{"", ".1", ".2", ".completed"} {
		p[i], _ = os.Stat(name + suffix) // a file that is there is opened then, and fails there
	}
	return p
}

// same reports whether the same files are in the same places.
func (p places) same(other places) bool {
	for i := range p {
		if p[i] == nil || other[i] == nil {
			if p[i] != other[i] {
				return false
			}
		} else if !os.SameFile(p[i], other[i]) {
			return false
		}
	}
	return true
}

// ReadISC reads a lease file of dhcpd.
func ReadISC(r io.Reader, now time.Time) ([]model.Lease, error) {
	f, err := dhcpd.Read(r)
	if err != nil {
		return nil, fmt.Errorf("this is no lease file of dhcpd: %w", err)
	}
	return FromISC(f, now), nil
}

// FromISC are the leases of a lease file of dhcpd, in no order, without the
// addresses that are free.
func FromISC(f *dhcpd.File, now time.Time) []model.Lease {
	var all []model.Lease
	for _, l := range f.Leases {
		var state model.LeaseState
		switch l.State {
		case dhcpd.Active:
			state = model.LeaseActive
		case dhcpd.Abandoned:
			state = model.LeaseAbandoned
		case dhcpd.Expired, dhcpd.Reset:
			state = model.LeaseExpired
		case dhcpd.Released:
			state = model.LeaseReleased
		default: // free, and backup, which is the partner's free
			continue
		}
		out := model.Lease{Addr: l.Addr, Hardware: identifier(l.Hardware), Identifier: octets(l.UID), Hostname: printable(l.Hostname),
			State: state, BOOTP: l.BOOTP}
		if !l.Starts.Never {
			out.Starts = l.Starts.Time
		}
		if !l.Ends.Never {
			out.Ends = calendar(l.Ends.Time)
		}
		all = append(all, over(out, now))
	}
	return all
}

// FromKea are the leases of Kea's lease files, in no order, without those that
// were cleared away and without delegated prefixes.
func FromKea(s *kea.Set, now time.Time) []model.Lease {
	states := map[kea.State]model.LeaseState{
		kea.Assigned: model.LeaseAssigned, kea.Declined: model.LeaseDeclined,
		kea.Released: model.LeaseReleased, kea.Registered: model.LeaseRegistered,
	}
	var all []model.Lease
	for _, l := range s.Leases {
		state, kept := states[l.State]
		if !kept || l.Type == kea.Prefix {
			continue
		}
		out := model.Lease{Addr: l.Addr, Hardware: identifier(l.HWAddress), Identifier: identifier(l.ClientID), Hostname: printable(l.Hostname),
			State: state, Starts: l.Seen, Ends: calendar(l.Expires())}
		if l.DUID != "" && state != model.LeaseDeclined { // of a declined one it stands for nobody
			out.Identifier = identifier(l.DUID)
		}
		all = append(all, over(out, now))
	}
	return all
}

// over is a lease after its end, if that is past: servers note it late.
func over(l model.Lease, now time.Time) model.Lease {
	if l.State.Held() && !l.Ends.IsZero() && !l.Ends.After(now) {
		l.State = model.LeaseExpired
	}
	return l
}

// calendar takes times that no index can order for never: those behind 2200.
func calendar(t time.Time) time.Time {
	if t.Year() >= 2200 {
		return time.Time{}
	}
	return t
}

// identifier writes octets as aa:bb:cc, however dhcpd or Kea did.
func identifier(s string) string {
	parts := strings.Split(strings.ToLower(s), ":")
	for i, p := range parts {
		if len(p) == 1 {
			parts[i] = "0" + p
		}
	}
	return strings.Join(parts, ":")
}

func octets(b []byte) string {
	if len(b) == 0 {
		return ""
	}
	digits := hex.EncodeToString(b)
	var out strings.Builder
	for i := 0; i < len(digits); i += 2 {
		if i > 0 {
			out.WriteByte(':')
		}
		out.WriteString(digits[i : i+2])
	}
	return out.String()
}

// printable is what a client calls itself, without what could not be answered
// in XML: clients send anything.
func printable(s string) string {
	const most = 255
	s = strings.Map(func(r rune) rune {
		if r < 0x20 || r >= 0x7f && r < 0xa0 || r == 0xFFFD || r == 0xFFFE || r == 0xFFFF {
			return -1
		}
		return r
	}, strings.ToValidUTF8(s, ""))
	if r := []rune(s); len(r) > most {
		s = string(r[:most])
	}
	return s
}
