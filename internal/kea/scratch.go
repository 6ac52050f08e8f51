package kea

import (
	"net/netip"
	"path"
	"strings"

	"halxml/internal/kea/conf"
)

// Scratch is a configuration for a trial start of a daemon beside the one that serves: the only way to make Kea look at
// its libraries and their parameters before it has to run with them. The trial listens nowhere, keeps no leases, takes
// commands in folder only and logs to its standard output; high availability is configured, but has no listener and does
// not reach its partner, which would take it for the server that serves. f is not changed.
func Scratch(f *conf.File, folder string) *conf.File {
	out := f.Clone()
	for _, s := range []*conf.Server{out.Dhcp4, out.Dhcp6} {
		if s == nil {
			continue
		}
		s.Interfaces = &conf.Interfaces{Rest: conf.Object{{Key: "interfaces", Value: conf.List{}}}}
		s.ControlSockets = nil
		s.ControlSocket = &conf.ControlSocket{Type: "unix", Name: path.Join(folder, "socket")}
		s.LeaseDatabase = &conf.Database{Type: "memfile", Rest: conf.Object{{Key: "persist", Value: false}}}
		for _, key := range []string{"hosts-database", "hosts-databases", "config-control", "loggers", "dhcp-ddns"} {
			s.Rest.Delete(key)
		}
		if s == out.Dhcp6 { // its own would be in a file that the trial need not be able to write
			s.Rest.Set("server-id", conf.Object{{Key: "type", Value: "EN"}, {Key: "enterprise-id", Value: int64(2495)}, {Key: "identifier", Value: "01"}, {Key: "persist", Value: false}})
		}
		for i := range s.HA() {
			ha := &s.HA()[i]
			for j := range ha.Peers {
				// A URL that Kea does not understand stays, for Kea to say so.
				p := &ha.Peers[j]
				_, err := netip.ParseAddrPort(strings.TrimSuffix(strings.TrimPrefix(p.URL, "http://"), "/"))
				if err == nil && p.Name != ha.ThisServerName {
					p.URL = "http://127.0.0.1:9/" // nobody is there
				}
			}
			if threads := s.HA()[i].MultiThreading; threads != nil && threads.DedicatedListener != nil {
				threads.DedicatedListener = pointer(false)
			}
		}
	}
	return out
}
