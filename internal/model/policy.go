package model

import "net/netip"

// Policy gives clients of a Microsoft DHCP server that meet its conditions
// addresses, options and lease times of their own.
type Policy struct {
	ID          ID
	Owner       Ref // the server or scope it belongs to
	ServerID    ID
	Name        string
	Description string
	Order       uint32 // from 1 on without gaps among the owner's policies; the lowest is tried first
	Enabled     bool
	Operator    string // the API's DHCPPolicyLogicalOperator
	Ranges      []PolicyRange
	Conditions  []PolicyCondition
	DDNS        *PolicyDDNS  // nil = as the owner does it
	Lease       *PolicyLease // nil = as the owner does it
}

// PolicyRange is a block of a scope's addresses for the clients of a policy.
type PolicyRange struct{ From, To netip.Addr }

// Overlaps reports whether two ranges share an address.
func (r PolicyRange) Overlaps(o PolicyRange) bool {
	return r.From.Compare(o.To) <= 0 && o.From.Compare(r.To) <= 0
}

// PolicyCondition compares a property of the client with values; with NotEqual
// none of them may match.
type PolicyCondition struct {
	Type       string // the API's DHCPPolicyConditionType
	Comparison string // Equal or NotEqual
	Values     []string
}

// PolicyDDNS is how the DNS records of a policy's clients are kept.
type PolicyDDNS struct {
	Enabled        bool
	AlwaysUpdate   bool
	DiscardRecords bool
	ForceForOthers bool // for clients that cannot ask for it
	DisablePTR     bool
	UseSuffix      bool
	Suffix         string
}

// PolicyLease is the lease time of a policy's clients.
type PolicyLease struct {
	Setting string // the API's DHCPPolicyLeaseDurationType
	Seconds uint32 // with Limited
}
