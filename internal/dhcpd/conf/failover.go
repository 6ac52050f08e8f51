package conf

import "strconv"

// FailoverPeer declares one side of a failover relationship. dhcpd lets the last setting of a kind win.
type FailoverPeer struct {
	Meta
	Name     string
	Settings []*PeerSetting
	// Tail holds the comments after the last setting.
	Tail []string
}

// PeerSetting is one statement of a FailoverPeer.
type PeerSetting struct {
	Meta
	Key   PeerKey
	Value string
}

// FailoverRef is `failover peer "NAME";` in a pool or shared network. With None it is the pool statement `no failover
// peer`, which dhcpd reads only without a semicolon.
type FailoverRef struct {
	Meta
	Name string
	None bool
}

// PeerKey names a setting of a failover peer as it is written.
type PeerKey string

// The settings that the parser of dhcpd knows (server/confpars.c).
const (
	PeerPrimary            PeerKey = "primary"
	PeerSecondary          PeerKey = "secondary"
	PeerAddress            PeerKey = "address"
	PeerPort               PeerKey = "port"
	PeerPeerAddress        PeerKey = "peer address"
	PeerPeerPort           PeerKey = "peer port"
	PeerMaxResponseDelay   PeerKey = "max-response-delay"
	PeerMaxUnackedUpdates  PeerKey = "max-unacked-updates"
	PeerPeerResponseDelay  PeerKey = "peer max-response-delay"
	PeerPeerUnackedUpdates PeerKey = "peer max-unacked-updates"
	PeerMCLT               PeerKey = "mclt"
	PeerSplit              PeerKey = "split"
	PeerHBA                PeerKey = "hba"
	PeerLoadBalance        PeerKey = "load balance max seconds"
	PeerAutoPartnerDown    PeerKey = "auto-partner-down"
	PeerMaxLeaseMisbalance PeerKey = "max-lease-misbalance"
	PeerMaxLeaseOwnership  PeerKey = "max-lease-ownership"
	PeerMinBalance         PeerKey = "min-balance"
	PeerMaxBalance         PeerKey = "max-balance"
)

// Setting returns the last setting of that kind, nil when there is none.
func (p *FailoverPeer) Setting(key PeerKey) *PeerSetting {
	for i := len(p.Settings) - 1; i >= 0; i-- {
		if p.Settings[i].Key == key {
			return p.Settings[i]
		}
	}
	return nil
}

// Secondary reports the role. A peer without a role is primary, as dhcpd has it.
func (p *FailoverPeer) Secondary() bool {
	for i := len(p.Settings) - 1; i >= 0; i-- {
		switch p.Settings[i].Key {
		case PeerPrimary:
			return false
		case PeerSecondary:
			return true
		}
	}
	return false
}

// Text returns the value of the last setting of that kind, "" when there is none.
func (p *FailoverPeer) Text(key PeerKey) string {
	if s := p.Setting(key); s != nil {
		return s.Value
	}
	return ""
}

// Number returns the value of the last setting of that kind. ok is false when it is absent or no decimal number that
// fits in 64 bits; what dhcpd makes of such a number is undefined.
func (p *FailoverPeer) Number(key PeerKey) (n int64, ok bool) {
	s := p.Setting(key)
	if s == nil {
		return 0, false
	}
	n, err := strconv.ParseInt(s.Value, 10, 64)
	return n, err == nil
}
