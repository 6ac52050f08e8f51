package model

// FailoverMode is how two servers share the work.
type FailoverMode string

// Failover modes; ISC dhcpd knows only load balance.
const (
	LoadBalance FailoverMode = "LoadBalance"
	HotStandby  FailoverMode = "HotStandby"
)

// ServiceType tells DHCPv4 from DHCPv6, for Kea's relationships.
type ServiceType string

// Service types; empty means DHCPv4.
const (
	DHCPv4 ServiceType = "DHCPv4"
	DHCPv6 ServiceType = "DHCPv6"
)

// Deconfigure is what becomes of the secondary's scopes when a scope leaves a
// relationship or the relationship is removed.
type Deconfigure string

// Deconfigure actions; empty means DeconfigureNone.
const (
	DeconfigureNone    Deconfigure = "None"
	DeconfigureDisable Deconfigure = "Disable"
	DeconfigureDelete  Deconfigure = "Delete"
)

// Relationship is a failover relationship between two servers, which dhcpd
// calls a failover peer. Its identity for callers is its name on either server.
type Relationship struct {
	ID          ID
	Name        string // case-sensitive, as in dhcpd
	PrimaryID   ID
	SecondaryID ID
	Kind        ServerKind // of both servers
	Mode        FailoverMode
	ServiceType ServiceType

	MCLT                  uint32 // maximum client lead time, seconds, 1..86400
	SafePeriod            uint32 // Microsoft: seconds before partner-down; 0 = off
	Percentage            uint32 // share of the primary, 0..100
	Port                  uint32 // the primary listens here
	SecondaryPort         uint32 // the secondary listens here
	LoadBalanceMaxSeconds uint32 // seconds
	MaxResponseDelay      uint32 // seconds
	MaxUnackedUpdates     uint32 // messages
	DedicatedEndpoints    bool   // Kea: useDedicatedPeerToPeerEndpoints
	SharedSecret          string // Microsoft; never answered
	LiveState             string // the state a server last reported; "" = none yet
}

// Defaults of a new ISC relationship (dhcpd has none for mclt and split).
const (
	DefaultMCLT                  = 3600 // seconds
	DefaultPercentage            = 50   // split 128
	DefaultStandbyPercentage     = 5    // Microsoft, HotStandby: the standby's reserve
	DefaultLoadBalanceMaxSeconds = 3
	DefaultMaxResponseDelay      = 60 // seconds
	DefaultMaxUnackedUpdates     = 10
	FirstFailoverPort            = 647 // assigned by IANA to dhcp-failover
)

// Ref is the relationship's reference, as history shows it.
func (r *Relationship) Ref() Ref { return Ref{TypeRelationship, r.ID} }

// Joins reports whether the server is one of the two.
func (r *Relationship) Joins(server ID) bool {
	return server == r.PrimaryID || server == r.SecondaryID
}

// Partner is the other server.
func (r *Relationship) Partner(server ID) ID {
	if server == r.PrimaryID {
		return r.SecondaryID
	}
	return r.PrimaryID
}

// JoinsSame reports whether two relationships join the same two servers,
// whatever the roles.
func (r *Relationship) JoinsSame(o *Relationship) bool {
	return o.Joins(r.PrimaryID) && o.Joins(r.SecondaryID)
}

// Split is dhcpd's split statement: the primary's share of 256 hash buckets.
func (r *Relationship) Split() int { return (int(r.Percentage)*256 + 50) / 100 }
