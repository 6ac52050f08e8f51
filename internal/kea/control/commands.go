package control

import (
	"context"
	"fmt"
	"net/netip"
	"time"

	"halxml/internal/errs"
	"halxml/internal/kea/conf"
	"halxml/internal/kea/leases"
)

// run is Do for commands of which only success will do; a *Refusal says that it was not.
func (c *Client) run(ctx context.Context, command string, arguments conf.Value) (conf.Value, error) {
	reply, err := c.Do(ctx, command, arguments)
	if err != nil {
		return nil, err
	}
	if reply.Result != Success {
		return nil, &Refusal{command, reply.Result, reply.Text}
	}
	return reply.Arguments, nil
}

// ConfigGet asks for the configuration that the daemon runs with, its defaults filled in.
func (c *Client) ConfigGet(ctx context.Context) (*conf.File, error) {
	v, err := c.run(ctx, "config-get", nil)
	if err != nil {
		return nil, err
	}
	f, err := conf.FromValue(v)
	if err != nil {
		return nil, errs.Wrap(err, errs.Malformed, "The configuration of the Kea server cannot be read.")
	}
	return f, nil
}

// ConfigTest asks whether the daemon would take a configuration. It looks at no library: package check must have looked
// before.
func (c *Client) ConfigTest(ctx context.Context, f *conf.File) error {
	_, err := c.run(ctx, "config-test", daemons(f))
	return err
}

// ConfigSet makes the daemon run with a configuration; its file stays as it is until ConfigWrite. If it is refused, set
// the previous one again at once: a daemon that refuses high availability has by then unloaded the library that runs.
func (c *Client) ConfigSet(ctx context.Context, f *conf.File) error {
	_, err := c.run(ctx, "config-set", daemons(f))
	return err
}

// ConfigWrite makes the daemon write its configuration to its file.
func (c *Client) ConfigWrite(ctx context.Context) error {
	_, err := c.run(ctx, "config-write", nil)
	return err
}

// ConfigReload makes the daemon read its file again.
func (c *Client) ConfigReload(ctx context.Context) error {
	_, err := c.run(ctx, "config-reload", nil)
	return err
}

// daemons leaves away what later versions answer besides, such as a hash, and do not take back.
func daemons(f *conf.File) conf.Value { return (&conf.File{Dhcp4: f.Dhcp4, Dhcp6: f.Dhcp6}).Value() }

// Status is what a daemon says of itself.
type Status struct {
	PID    int64
	Uptime time.Duration
	// Reload is how long ago it was configured.
	Reload time.Duration
	HA     []HAStatus
}

// HAStatus is what a daemon says of a relationship. States are spelled as Kea does: waiting, syncing, ready,
// load-balancing, hot-standby, partner-down, communication-recovery, terminated …
type HAStatus struct {
	Mode    string
	Local   Peer
	Partner Peer // as last heard of
	// Interrupted: the partner does not answer.
	Interrupted bool
}

// Peer is one side of a relationship.
type Peer struct {
	Name   string // of a partner, since Kea 2.5
	Role   string
	State  string
	Scopes []string // the peers whose clients this one serves now
}

// StatusGet asks how the daemon is.
func (c *Client) StatusGet(ctx context.Context) (*Status, error) {
	v, err := c.run(ctx, "status-get", nil)
	if err != nil {
		return nil, err
	}
	seconds := func(key string) time.Duration { return time.Duration(number(v, key)) * time.Second }
	s := &Status{PID: number(v, "pid"), Uptime: seconds("uptime"), Reload: seconds("reload")}
	list, _ := member(v, "high-availability").(conf.List)
	for _, item := range list {
		local := member(item, "ha-servers", "local")
		remote := member(item, "ha-servers", "remote")
		interrupted, _ := member(remote, "communication-interrupted").(bool)
		s.HA = append(s.HA, HAStatus{
			Mode:        text(item, "ha-mode"),
			Local:       Peer{text(local, "server-name"), text(local, "role"), text(local, "state"), names(member(local, "scopes"))},
			Partner:     Peer{text(remote, "server-name"), text(remote, "role"), text(remote, "last-state"), names(member(remote, "last-scopes"))},
			Interrupted: interrupted,
		})
	}
	return s, nil
}

// Heartbeat is what partners tell each other.
type Heartbeat struct {
	State  string
	Scopes []string
}

// HAHeartbeat asks for the state of the relationship as a partner does. Without one the command is Unsupported.
func (c *Client) HAHeartbeat(ctx context.Context) (*Heartbeat, error) {
	v, err := c.run(ctx, "ha-heartbeat", nil)
	if err != nil {
		return nil, err
	}
	return &Heartbeat{State: text(v, "state"), Scopes: names(member(v, "scopes"))}, nil
}

// Leases4 asks for all leases of DHCPv4, or for those of some subnets.
func (c *Client) Leases4(ctx context.Context, subnets ...uint32) ([]leases.Lease, error) {
	var arguments conf.Value
	if len(subnets) > 0 {
		list := conf.List{}
		for _, id := range subnets {
			list = append(list, int64(id))
		}
		arguments = conf.Object{{Key: "subnets", Value: list}}
	}
	reply, err := c.Do(ctx, "lease4-get-all", arguments)
	if err != nil {
		return nil, err
	}
	if reply.Result != Success && reply.Result != Empty {
		return nil, &Refusal{"lease4-get-all", reply.Result, reply.Text}
	}
	list, _ := member(reply.Arguments, "leases").(conf.List)
	out := make([]leases.Lease, 0, len(list))
	for _, v := range list {
		addr, err := netip.ParseAddr(text(v, "ip-address"))
		if err != nil {
			return nil, errs.Wrap(fmt.Errorf("lease4-get-all: %w", err), errs.Malformed, "A lease of the Kea server cannot be read.")
		}
		l := leases.Lease{
			Addr: addr, HWAddress: text(v, "hw-address"), ClientID: text(v, "client-id"), Hostname: text(v, "hostname"),
			Valid: uint32(number(v, "valid-lft")), Seen: time.Unix(number(v, "cltt"), 0).UTC(), SubnetID: uint32(number(v, "subnet-id")),
			State: leases.State(number(v, "state")),
		}
		l.FQDNForward, _ = member(v, "fqdn-fwd").(bool)
		l.FQDNReverse, _ = member(v, "fqdn-rev").(bool)
		if context := member(v, "user-context"); context != nil {
			l.UserContext = string(conf.Compact(context))
		}
		out = append(out, l)
	}
	return out, nil
}

// DeleteLease lets the daemon forget the lease of an address. It is done when there was none. Without the library of lease
// commands the refusal is Unsupported.
func (c *Client) DeleteLease(ctx context.Context, addr netip.Addr) error {
	command := "lease4-del"
	if addr.Is6() {
		command = "lease6-del"
	}
	reply, err := c.Do(ctx, command, conf.Object{{Key: "ip-address", Value: addr.String()}})
	if err == nil && reply.Result != Success && reply.Result != Empty {
		err = &Refusal{command, reply.Result, reply.Text}
	}
	return err
}

// member follows keys into objects; what is not there is nil.
func member(v conf.Value, keys ...string) conf.Value {
	for _, key := range keys {
		o, _ := v.(conf.Object)
		v, _ = o.Get(key)
	}
	return v
}

func text(v conf.Value, key string) string {
	s, _ := member(v, key).(string)
	return s
}

func number(v conf.Value, key string) int64 {
	n, _ := member(v, key).(int64)
	return n
}

func names(v conf.Value) (out []string) {
	list, _ := v.(conf.List)
	for _, item := range list {
		if s, ok := item.(string); ok {
			out = append(out, s)
		}
	}
	return out
}
