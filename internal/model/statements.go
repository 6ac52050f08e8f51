package model

// Statements are what an operator has said of an object in its server's own
// language and this service has no words for. They are kept as they are and
// written back in the object's place.
type Statements struct {
	ID       ID
	ServerID ID
	// Owner is the server as a whole, or a relationship, scope, pool, group or
	// reservation of it.
	Owner Ref
	// Part says which place of the owner they have, where it has several.
	Part StatementsPart
	// Name is the shared network of SharedNetworkPart.
	Name string
	// Text is in the language of the server's configuration file.
	Text string
}

// StatementsPart is a place for statements of an owner.
type StatementsPart uint16

// The places of a server's statements; every other owner has only the first.
const (
	BeginPart         StatementsPart = iota // before all that is known of it
	EndPart                                 // after its networks
	SharedNetworkPart                       // in a shared network
	DHCPv4Part                              // Kea: the configuration of the daemon for DHCPv4
	DHCPv6Part                              // Kea: the configuration of the daemon for DHCPv6
)
