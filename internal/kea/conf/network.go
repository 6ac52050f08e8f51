package conf

// SharedNetwork is a group of subnets on one wire.
type SharedNetwork struct {
	Name        string   `kea:"name"`
	UserContext Object   `kea:"user-context"`
	Options     []Option `kea:"option-data"`
	Subnets4    []Subnet `kea:"subnet4"`
	Subnets6    []Subnet `kea:"subnet6"`
	Rest        Object
}

// Subnet is a subnet of either family.
type Subnet struct {
	ID           int64         `kea:"id"` // 1..MaxSubnetID; leases refer to it
	Prefix       string        `kea:"subnet"`
	ClientClass  string        `kea:"client-class"`
	UserContext  Object        `kea:"user-context"`
	Options      []Option      `kea:"option-data"`
	Pools        []Pool        `kea:"pools"`
	PDPools      []PDPool      `kea:"pd-pools"` // DHCPv6
	Reservations []Reservation `kea:"reservations"`
	Rest         Object
}

// MaxSubnetID is the largest id of a subnet.
const MaxSubnetID = 4294967294

// Pool is a run of addresses, "from - to" or a prefix.
type Pool struct {
	Range       string   `kea:"pool"`
	ClientClass string   `kea:"client-class"`
	UserContext Object   `kea:"user-context"`
	Options     []Option `kea:"option-data"`
	Rest        Object
}

// PDPool is a block of which prefixes are delegated (DHCPv6).
type PDPool struct {
	Prefix          string `kea:"prefix"`
	PrefixLength    int64  `kea:"prefix-len"`
	DelegatedLength int64  `kea:"delegated-len"`
	ClientClass     string `kea:"client-class"`
	Rest            Object
}

// Reservation is what one client is given. Exactly one of the identifiers is there.
type Reservation struct {
	HWAddress string `kea:"hw-address"`
	DUID      string `kea:"duid"`
	ClientID  string `kea:"client-id"`
	CircuitID string `kea:"circuit-id"`
	FlexID    string `kea:"flex-id"`

	IPAddress      string   `kea:"ip-address"`   // DHCPv4
	IPAddresses    []string `kea:"ip-addresses"` // DHCPv6
	Prefixes       []string `kea:"prefixes"`     // DHCPv6
	Hostname       string   `kea:"hostname"`
	NextServer     string   `kea:"next-server"`
	ServerHostname string   `kea:"server-hostname"`
	BootFileName   string   `kea:"boot-file-name"`
	UserContext    Object   `kea:"user-context"`
	Options        []Option `kea:"option-data"`
	ClientClasses  []string `kea:"client-classes"`
	Rest           Object
}

// AllSubnets are the subnets of a family (4 or 6), those of shared networks too, with their places.
func (s *Server) AllSubnets(family int) (subnets []*Subnet, paths []string) {
	add := func(list []Subnet, path string) {
		for i := range list {
			subnets = append(subnets, &list[i])
			paths = append(paths, at(path, i))
		}
	}
	key, own := "subnet4", s.Subnets4
	if family == 6 {
		key, own = "subnet6", s.Subnets6
	}
	for i := range s.SharedNetworks {
		n := &s.SharedNetworks[i]
		list := n.Subnets4
		if family == 6 {
			list = n.Subnets6
		}
		add(list, at("shared-networks", i)+"."+key)
	}
	add(own, key)
	return subnets, paths
}
