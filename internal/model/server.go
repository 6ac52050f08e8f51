package model

import "strings"

// ServerKind is a DHCP server product, in the API's spelling. Kea has two: the
// one a server was added with is kept and answered.
type ServerKind string

// The server kinds that can be added.
const (
	KindMicrosoft ServerKind = "MSDHCP"
	KindISC       ServerKind = "ISC"
	KindCisco     ServerKind = "IOS"
	KindKeaOld    ServerKind = "KEA DHCPv4" // the name until 10.3
	KindKea       ServerKind = "Kea"
)

// IsKea reports either spelling.
func (k ServerKind) IsKea() bool { return k == KindKea || k == KindKeaOld }

// Same reports whether two servers are of one product.
func (k ServerKind) Same(o ServerKind) bool { return k == o || k.IsKea() && o.IsKea() }

// ServerState is what is known of a server, in the API's words.
type ServerState string

// States of a server. A server that nothing is delivered to stays Unknown.
const (
	StateUnknown     ServerState = "Unknown"
	StateOK          ServerState = "OK"
	StateUnreachable ServerState = "Unreachable"
	StateOutOfDate   ServerState = "Out of date"
	StateServiceDown ServerState = "Service Down"
	StateDisabled    ServerState = "Disabled"
)

// Server is a DHCP server.
type Server struct {
	ID              ID
	SpaceID         ID // 0 = the default one; that of all that is the server's
	Name            string
	Proxy           string // the host its agent runs on
	Address         string // an IP address, as given
	ResolvedAddress string
	Username        string
	Password        string // never answered
	EnablePassword  string // never answered
	Kind            ServerKind
	Security        string // Cisco: Telnet or SSH2
	Enabled         bool   // false = detached: kept, not delivered to
	State           ServerState
	PoliciesOff     bool // Microsoft: its policies are not in force
	Custom          []Property
}

// Ref is the server's reference.
func (s *Server) Ref() Ref { return Ref{TypeServer, s.ID} }

// Is reports whether name means this server.
func (s *Server) Is(name string) bool {
	return strings.EqualFold(FoldName(s.Name), FoldName(name))
}
