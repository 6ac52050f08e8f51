package conf

import (
	"path"
	"slices"
	"strconv"
)

// The libraries that high availability needs: the second sends leases to the partner with commands of the first.
const (
	LeaseCommandsLibrary = "libdhcp_lease_cmds.so"
	HALibrary            = "libdhcp_ha.so"
)

// Modes of high availability.
const (
	LoadBalancing = "load-balancing" // primary and secondary share the clients
	HotStandby    = "hot-standby"    // standby takes over from primary
	PassiveBackup = "passive-backup" // backups receive leases and serve nobody
)

// Roles of peers.
const (
	Primary   = "primary"
	Secondary = "secondary"
	Standby   = "standby"
	Backup    = "backup"
)

// HA is a relationship of high availability. Times are in milliseconds.
type HA struct {
	ThisServerName    string       `kea:"this-server-name"`
	Mode              string       `kea:"mode"`
	HeartbeatDelay    *int64       `kea:"heartbeat-delay"`    // 0..65535; absent: 10000
	MaxResponseDelay  *int64       `kea:"max-response-delay"` // 0..65535; absent: 60000
	MaxAckDelay       *int64       `kea:"max-ack-delay"`      // 0..65535; absent: 10000
	MaxUnackedClients *int64       `kea:"max-unacked-clients"`
	WaitBackupAck     *bool        `kea:"wait-backup-ack"`
	MultiThreading    *HAThreading `kea:"multi-threading"`
	Peers             []Peer       `kea:"peers"`
	Rest              Object
}

// HAThreading is how the two servers talk: through their control agents, or with a listener in the daemon itself.
type HAThreading struct {
	Enable            *bool `kea:"enable-multi-threading"`
	DedicatedListener *bool `kea:"http-dedicated-listener"`
	Rest              Object
}

// Peer is one server of the relationship, this one too.
type Peer struct {
	Name         string `kea:"name"`
	URL          string `kea:"url"` // http://address:port/
	Role         string `kea:"role"`
	AutoFailover *bool  `kea:"auto-failover"`
	Rest         Object
}

// Peer returns the peer of a name, or nil.
func (h *HA) Peer(name string) *Peer {
	if i := slices.IndexFunc(h.Peers, func(p Peer) bool { return p.Name == name }); i >= 0 {
		return &h.Peers[i]
	}
	return nil
}

// Hook returns the first hook whose library file is called name, and its place, or nil.
func (s *Server) Hook(name string) (*Hook, int) {
	i := slices.IndexFunc(s.Hooks, func(h Hook) bool { return path.Base(h.Library) == name })
	if i < 0 {
		return nil, -1
	}
	return &s.Hooks[i], i
}

// HA returns the server's relationships; Kea 2.2 allows one.
func (s *Server) HA() []HA {
	if hook, _ := s.Hook(HALibrary); hook != nil && hook.Parameters != nil {
		return hook.Parameters.HighAvailability
	}
	return nil
}

// HAClass is the class of clients that a peer is to serve.
func HAClass(peer string) string { return "HA_" + peer }

func at(path string, i int) string { return path + "[" + strconv.Itoa(i) + "]" }
