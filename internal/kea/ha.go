package kea

import (
	"math"
	"net/netip"
	"path"
	"slices"
	"strings"

	"halxml/internal/errs"
	"halxml/internal/kea/conf"
	"halxml/internal/model"
)

// Ports of a relationship that names none. Partners talk through their control agents, or each daemon has a listener of
// its own, which needs a port that the agent does not have.
const (
	ControlAgentPort = 8000
	ListenerPort4    = 8001
	ListenerPort6    = 8002
)

// Delays of a new relationship, which are Kea's own, in milliseconds, and of clients that may wait in vain before the
// partner is taken to be down.
const (
	heartbeatDelay    = 10000
	maxResponseDelay  = 60000
	maxAckDelay       = 10000
	maxUnackedClients = 10
	longestDelay      = 65535
)

// firstListener is the first version with a dedicated listener.
var firstListener = Version{2, 0}

// highAvailability writes the relationship of the service into the hooks, or takes it out of them. What Base says of the
// relationship and the domain does not know, such as delays, certificates and backups, stays.
func (r *renderer) highAvailability() error {
	rel, err := r.relationship()
	if err != nil {
		return err
	}
	if rel == nil {
		r.out.Hooks = slices.DeleteFunc(r.out.Hooks, func(h conf.Hook) bool { return path.Base(h.Library) == conf.HALibrary })
		return nil
	}
	ha := conf.HA{}
	if list := r.out.HA(); len(list) > 0 {
		ha = list[0]
	}
	known := conf.HA{Peers: ha.Peers}
	ha.ThisServerName = peerName(&r.snap.Server)
	role := conf.Secondary
	switch rel.Mode {
	case model.LoadBalance, "":
		ha.Mode = conf.LoadBalancing
		r.shares = []string{conf.HAClass(peerName(&rel.Primary)), conf.HAClass(peerName(&rel.Secondary))}
	case model.HotStandby:
		ha.Mode, role = conf.HotStandby, conf.Standby
	default:
		return errs.Errorf(errs.Invalid, "Failover relationship %s has the mode %q, which a Kea server does not have.", rel.Name, rel.Mode)
	}
	delays(&ha, rel)
	port := r.listener(&ha, rel)
	ha.Peers = nil
	for _, end := range []struct {
		server *model.Server
		role   string
		port   uint32
	}{{&rel.Primary, conf.Primary, rel.Port}, {&rel.Secondary, role, rel.SecondaryPort}} {
		p := conf.Peer{Name: peerName(end.server), AutoFailover: pointer(true)}
		if base := known.Peer(p.Name); base != nil {
			p = *base
		}
		if end.port != 0 {
			p.URL, err = url(end.server, end.port)
		} else {
			p.URL, err = url(end.server, port)
		}
		if err != nil {
			return err
		}
		p.Role = end.role
		ha.Peers = append(ha.Peers, p)
	}
	for _, p := range known.Peers {
		if p.Role == conf.Backup && ha.Peer(p.Name) == nil {
			ha.Peers = append(ha.Peers, p)
		}
	}
	r.hook(ha)
	return nil
}

// relationship is the one of the snapshot's service; Kea has one at most.
func (r *renderer) relationship() (found *Relationship, err error) {
	for i := range r.snap.Relationships {
		rel := &r.snap.Relationships[i]
		switch {
		case !rel.Joins(r.snap.Server.ID):
			return nil, errs.Errorf(errs.Internal, "Server %s is no end of failover relationship %s.", r.snap.Server.Name, rel.Name)
		case (rel.ServiceType == model.DHCPv6) != r.snap.v6():
			continue
		case found != nil:
			return nil, errs.Errorf(errs.Conflict, "Server %s is in two failover relationships of one service, %s and %s; Kea has one.",
				r.snap.Server.Name, found.Name, rel.Name)
		}
		found = rel
	}
	return found, nil
}

func peerName(s *model.Server) string { return strings.TrimSuffix(s.Name, ".") }

func pointer[T any](v T) *T { return &v }

func delays(ha *conf.HA, rel *Relationship) {
	set := func(to **int64, value int64) {
		if *to == nil {
			*to = &value
		}
	}
	if rel.MaxResponseDelay != 0 {
		ha.MaxResponseDelay = pointer(min(int64(rel.MaxResponseDelay)*1000, longestDelay))
		set(&ha.HeartbeatDelay, min(heartbeatDelay, *ha.MaxResponseDelay/2))
	}
	set(&ha.HeartbeatDelay, heartbeatDelay)
	set(&ha.MaxResponseDelay, maxResponseDelay)
	set(&ha.MaxAckDelay, maxAckDelay)
	set(&ha.MaxUnackedClients, maxUnackedClients)
}

// listener says how the partners talk, and gives the port of one that has none. Both ways are written out, since later
// versions have another default.
func (r *renderer) listener(ha *conf.HA, rel *Relationship) (port uint32) {
	dedicated := rel.DedicatedEndpoints
	if dedicated && r.snap.Settings.Version.Before(firstListener) {
		dedicated = false
		r.note(Listener, rel.Ref(), "Server "+r.snap.Server.Name+" runs a version of Kea without dedicated listeners; failover relationship "+
			rel.Name+" goes through the control agent.")
	}
	if !dedicated && r.snap.Settings.Version.Before(firstListener) {
		ha.MultiThreading = nil
		return ControlAgentPort
	}
	if ha.MultiThreading == nil {
		ha.MultiThreading = &conf.HAThreading{}
	}
	ha.MultiThreading.Enable, ha.MultiThreading.DedicatedListener = pointer(dedicated), pointer(dedicated)
	if !dedicated {
		return ControlAgentPort
	}
	if r.out.MultiThreading == nil {
		r.out.MultiThreading = &conf.MultiThreading{}
	}
	r.out.MultiThreading.Enable = pointer(true) // or else the daemon starts no listener
	if r.snap.v6() {
		return ListenerPort6
	}
	return ListenerPort4
}

// url is where the partner reaches a server. Kea looks up no names.
func url(s *model.Server, port uint32) (string, error) {
	if port > math.MaxUint16 {
		return "", errs.Errorf(errs.Invalid, "The port %d of server %s is not in 1..%d.", port, s.Name, math.MaxUint16)
	}
	for _, text := range []string{s.Address, s.ResolvedAddress} {
		if a, err := netip.ParseAddr(text); err == nil && a.Zone() == "" && !a.IsUnspecified() {
			return "http://" + netip.AddrPortFrom(a.Unmap(), uint16(port)).String() + "/", nil
		}
	}
	return "", errs.Errorf(errs.Invalid, "Server %s has no IP address, and a Kea partner looks up no names.", s.Name)
}

// hook puts the relationship into its library and sees that the library of its commands is loaded before it.
func (r *renderer) hook(ha conf.HA) {
	parameters := &conf.HookParameters{HighAvailability: []conf.HA{ha}}
	if hook, _ := r.out.Hook(conf.HALibrary); hook != nil {
		if hook.Parameters != nil {
			parameters.Rest = hook.Parameters.Rest
		}
		hook.Parameters = parameters
	} else {
		r.out.Hooks = append(r.out.Hooks, conf.Hook{Library: r.library(conf.HALibrary), Parameters: parameters})
	}
	if hook, _ := r.out.Hook(conf.LeaseCommandsLibrary); hook == nil {
		_, at := r.out.Hook(conf.HALibrary)
		r.out.Hooks = slices.Insert(r.out.Hooks, at, conf.Hook{Library: r.library(conf.LeaseCommandsLibrary)})
	}
}

func (r *renderer) library(name string) string {
	folder := r.snap.Settings.HooksFolder
	if folder == "" && len(r.out.Hooks) > 0 && path.IsAbs(r.out.Hooks[0].Library) {
		folder = path.Dir(r.out.Hooks[0].Library)
	}
	if folder == "" {
		folder = DefaultHooksFolder
	}
	return path.Join(folder, name)
}
