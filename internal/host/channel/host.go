// Package channel is for a Kea server what package host is for an ISC server:
// what a delivery does there. It speaks to the control channels of the server's
// daemons, here or on another machine, and touches no file of theirs. It
// decides nothing, and it knows neither the store nor other servers.
package channel

import (
	"context"
	"errors"
	"net/netip"
	"strings"
	"sync"
	"time"

	"halxml/internal/dhcpd/leases"
	"halxml/internal/host"
	"halxml/internal/kea/conf"
	"halxml/internal/kea/control"
)

// Config says where a server's daemons take commands; one of the two is there.
type Config struct {
	DHCPv4, DHCPv6 *control.Target
	// Trial starts a daemon of this machine with a configuration file, to see
	// whether it can: {daemon} in its words stands for dhcp4 or dhcp6, {file}
	// for the file. Without it there is no trial.
	Trial []string
	// Start and Stop start and stop the server's daemons. Without them nobody
	// here does.
	Start, Stop []string
	// Interval is how often the daemons are asked; half a second when 0.
	Interval time.Duration
}

// The relationships of a server have no names in Kea: there is one for each
// service, under these keys of host.State.Peers.
const (
	DHCPv4 = "DHCPv4"
	DHCPv6 = "DHCPv6"
)

// Host is one Kea server. Its methods may be called at the same time.
type Host struct {
	config  Config
	daemons []*daemon
	look    chan struct{}

	busy     sync.Mutex // held while configurations or processes are changed
	staged   *conf.File
	text     host.Hash  // of what staged was read from
	previous *conf.File // what Swap has replaced
	kept     bool       // what Swap put in place is in the daemons' files

	mu     sync.Mutex // guards what follows, and the daemons' memories
	state  host.State
	seen   bool
	report func(host.State)
}

// daemon is one of a server's daemons.
type daemon struct {
	key     string // DHCPv4 or DHCPv6
	service control.Service
	client  *control.Client
	socket  bool // it is asked at a socket of this machine

	// What was last seen.
	pid          int64
	since, until time.Time // between them it was configured: it tells whole seconds only
	checked      time.Time
	hash         host.Hash
	peer         *host.Peer
}

// New is a Host of a server. Nothing is asked until it is used. The error says
// what is wrong with a target.
func New(c Config) (*Host, error) {
	if c.Interval <= 0 {
		c.Interval = 500 * time.Millisecond
	}
	h := &Host{config: c, look: make(chan struct{}, 1)}
	for _, d := range []struct {
		key     string
		service control.Service
		target  *control.Target
	}{{DHCPv4, control.Dhcp4, c.DHCPv4}, {DHCPv6, control.Dhcp6, c.DHCPv6}} {
		if d.target == nil {
			continue
		}
		target := *d.target
		if target.URL != "" {
			target.Service = d.service
		}
		client, err := control.New(target)
		if err != nil {
			return nil, err
		}
		h.daemons = append(h.daemons, &daemon{key: d.key, service: d.service, client: client, socket: target.Socket != ""})
	}
	if len(h.daemons) == 0 {
		return nil, errors.New("channel: a server without daemons")
	}
	return h, nil
}

// of is the part of a configuration that is a daemon's, nil when there is none.
func (d *daemon) of(f *conf.File) *conf.File {
	part := &conf.File{Dhcp4: f.Dhcp4}
	if d.key == DHCPv6 {
		part = &conf.File{Dhcp6: f.Dhcp6}
	}
	if part.Dhcp4 == nil && part.Dhcp6 == nil {
		return nil
	}
	return part
}

// get asks all daemons for their configurations.
func (h *Host) get(ctx context.Context) (*conf.File, host.Hash, error) {
	all := &conf.File{}
	var hash host.Hash
	for _, d := range h.daemons {
		f, err := d.client.ConfigGet(ctx)
		if err != nil {
			return nil, "", h.fault(err, "the configuration cannot be asked for", nil)
		}
		if f.Dhcp4 != nil && d.key == DHCPv4 {
			all.Dhcp4 = f.Dhcp4
		}
		if f.Dhcp6 != nil && d.key == DHCPv6 {
			all.Dhcp6 = f.Dhcp6
		}
		hash = joined(hash, hashOf(d.of(f)))
	}
	return all, hash, nil
}

// HashOf is the hash that a Host tells of the configuration of its daemons.
func HashOf(f *conf.File) host.Hash {
	var hash host.Hash
	for _, d := range []*daemon{{key: DHCPv4}, {key: DHCPv6}} {
		if part := d.of(f); part != nil {
			hash = joined(hash, hashOf(part))
		}
	}
	return hash
}

func hashOf(f *conf.File) host.Hash {
	if f == nil {
		return ""
	}
	return host.HashOf(conf.Compact(f.Value()))
}

// joined is the hash of what two daemons run with; that of one is its own.
func joined(a, b host.Hash) host.Hash {
	if a == "" {
		return b
	}
	return host.HashOf([]byte(string(a) + " " + string(b)))
}

// Live is what the daemons run with, as they say it.
func (h *Host) Live(ctx context.Context) (text []byte, ok bool, err error) {
	f, _, err := h.get(ctx)
	if err != nil {
		return nil, false, err
	}
	return conf.Print(f), true, nil
}

// Stage lets the daemons judge a configuration: a trial start first, since their
// own check looks at no library.
func (h *Host) Stage(ctx context.Context, text []byte) (host.Verdict, error) {
	h.busy.Lock()
	defer h.busy.Unlock()
	f, err := conf.Parse("configuration", text, nil)
	if err != nil {
		return host.Verdict{Lines: []string{err.Error()}}, nil
	}
	h.staged, h.text = f, host.HashOf(text)
	for _, d := range h.daemons {
		part := d.of(f)
		if part == nil {
			return host.Verdict{Lines: []string{"there is nothing for the daemon of " + d.key}}, nil
		}
		if len(h.config.Trial) > 0 {
			lines, err := d.trial(ctx, h.config.Trial, part)
			if lines = hide(lines, f); err != nil || len(lines) > 0 {
				return host.Verdict{Lines: lines}, err
			}
		}
		var refusal *control.Refusal
		switch err := d.client.ConfigTest(ctx, part); {
		case errors.As(err, &refusal):
			return host.Verdict{Lines: hide(host.Complaints([]byte(refusal.Text)), f)}, nil
		case err != nil:
			return host.Verdict{}, h.fault(err, "the configuration cannot be tested", f)
		}
	}
	return host.Verdict{Accepted: true}, nil
}

// Unstage forgets what Stage was given.
func (h *Host) Unstage(context.Context) error {
	h.busy.Lock()
	defer h.busy.Unlock()
	h.staged = nil
	return nil
}

// Swap lets the daemons run with the staged configuration, if what they run
// with is still from. Their files stay as they are until Keep.
func (h *Host) Swap(ctx context.Context, from, to host.Hash) error {
	h.busy.Lock()
	defer h.busy.Unlock()
	if h.staged == nil || h.text != to {
		return &host.Fault{Text: "the configuration that was judged is another one"}
	}
	before, hash, err := h.get(ctx)
	if err != nil {
		return err
	}
	if hash != from {
		return &host.Fault{Text: "the configuration was changed meanwhile"}
	}
	h.previous, h.kept = before, false
	err = h.set(ctx, h.staged)
	if err == nil {
		err = h.verify(ctx, h.staged)
	}
	if err != nil {
		// A daemon that refuses a configuration may have unloaded libraries already.
		if again := h.set(ctx, before); again != nil {
			err = &host.Fault{Text: "the configuration before cannot be put back", Lines: strings.Split(err.Error(), "\n"), Unsure: true}
		}
	}
	h.changed(ctx)
	return err
}

// set makes all daemons run with a configuration.
func (h *Host) set(ctx context.Context, f *conf.File) error {
	for _, d := range h.daemons {
		if err := d.client.ConfigSet(ctx, d.of(f)); err != nil {
			return h.fault(err, "the server does not take the configuration", f)
		}
	}
	return nil
}

// verify holds what the daemons say that they run with against what was set.
func (h *Host) verify(ctx context.Context, f *conf.File) error {
	now, _, err := h.get(ctx)
	if err != nil {
		return err
	}
	if lines := missing(f, now); len(lines) > 0 {
		return &host.Fault{Text: "the server took the configuration and runs with another one", Lines: lines}
	}
	return nil
}

// Restore lets the daemons run again with what Swap has replaced.
func (h *Host) Restore(ctx context.Context, to host.Hash) error {
	h.busy.Lock()
	defer h.busy.Unlock()
	defer h.changed(ctx)
	if _, now, err := h.get(ctx); err == nil && now == to {
		return nil
	}
	if h.previous == nil {
		return &host.Fault{Text: "the configuration before is not known any more"}
	}
	if err := h.set(ctx, h.previous); err != nil {
		return err
	}
	if h.kept {
		return h.write(ctx)
	}
	return nil
}

// Keep lets the daemons write what they run with to their files.
func (h *Host) Keep(ctx context.Context) error {
	h.busy.Lock()
	defer h.busy.Unlock()
	h.kept = true
	return h.write(ctx)
}

func (h *Host) write(ctx context.Context) error {
	for _, d := range h.daemons {
		if err := d.client.ConfigWrite(ctx); err != nil {
			return h.fault(err, "the server cannot write its configuration file", nil)
		}
	}
	return nil
}

// Release lets the daemon forget the lease of an address. told is false when
// there is no such daemon, it does not answer, or it has not loaded the library
// for that.
func (h *Host) Release(ctx context.Context, addr netip.Addr) (told bool, err error) {
	for _, d := range h.daemons {
		if (d.key == DHCPv6) != addr.Is6() {
			continue
		}
		err := d.client.DeleteLease(ctx, addr)
		var refusal *control.Refusal
		switch {
		case err == nil:
			return true, nil
		case errors.As(err, &refusal) && refusal.Result != control.Unsupported && !d.down(err):
			return false, h.fault(err, "the server does not release "+addr.String(), nil)
		}
	}
	return false, ctx.Err()
}

// Leases has none: Kea's are in other files, which package lease reads.
func (h *Host) Leases(context.Context) (*leases.File, error) {
	return nil, &host.Fault{Text: "the leases of a Kea server are read from its lease file"}
}
