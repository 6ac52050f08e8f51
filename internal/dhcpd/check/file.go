package check

import (
	"halxml/internal/dhcpd/conf"
)

// The rules of File, in the order of the files that implement them.
const (
	RuleMisplaced     Rule = "misplaced"      // a statement where dhcpd does not take it
	RuleInclude       Rule = "include"        // an include dhcpd reads otherwise than it looks
	RuleClass         Rule = "class"          // a class that is not declared
	RulePeer          Rule = "peer"           // a failover peer's settings
	RulePeerName      Rule = "peer-name"      // a name twice, or one that makes trouble
	RulePeerUnknown   Rule = "peer-unknown"   // a reference to a peer that is not declared before it
	RulePeerUnused    Rule = "peer-unused"    // a peer that no pool refers to
	RulePeerTwice     Rule = "peer-twice"     // several references in one pool
	RulePeerBOOTP     Rule = "peer-bootp"     // dynamic BOOTP in a failover pool
	RulePoolEmpty     Rule = "pool-empty"     // a pool without a range
	RuleNetworkEmpty  Rule = "network-empty"  // a shared network without a subnet, or without a name
	RuleNetworkName   Rule = "network-name"   // a shared network's name twice
	RuleSubnet        Rule = "subnet"         // address and mask that do not fit
	RuleSubnetOverlap Rule = "subnet-overlap" // two subnets that share addresses
	RuleRange         Rule = "range"          // a range outside its subnet
	RuleRangeReversed Rule = "range-reversed" // last address before the first
	RuleRangeEdge     Rule = "range-edge"     // network or broadcast address inside
	RuleRangeOverlap  Rule = "range-overlap"  // an address in two ranges
	RuleHostName      Rule = "host-name"      // a host name twice
	RuleHostAddress   Rule = "host-address"   // fixed-address twice, or inside a range
	RuleHostHardware  Rule = "host-hardware"  // hardware twice
)

// File judges one configuration. Findings come in file order.
func File(f *conf.File) []Finding {
	c := newChecker()
	c.collect(f)
	c.finishPeers()
	c.finishNetworks()
	c.finishHosts()
	return c.findings.sorted(c.files)
}

// kind is the declaration a statement stands in, as dhcpd's parser distinguishes them.
type kind uint8

const (
	inRoot kind = iota
	inShared
	inSubnet
	inPool
	inGroup
	inHost
	inClass
)

func (k kind) String() string {
	return [...]string{"at the outer level", "in a shared network", "in a subnet", "in a pool", "in a group", "in a host", "in a class"}[k]
}

// place is where the walk stands.
type place struct {
	kind     kind
	shared   *network
	subnet   *subnet
	pool     *pool
	host     *host
	included bool // inside a file that a pool includes
}

// checker walks one tree and keeps what the rules need.
type checker struct {
	findings
	files    map[string]int // file name → order of first appearance
	peers    map[string]*peer
	order    []*peer
	classes  map[string]bool
	networks []*network
	subnets  []*subnet
	pools    []*pool
	spans    []*span
	hosts    []*host
}

func newChecker() *checker {
	return &checker{files: map[string]int{}, peers: map[string]*peer{}, classes: map[string]bool{}}
}

func (c *checker) collect(f *conf.File) {
	c.block(&f.Block, place{})
}

func (c *checker) block(b *conf.Block, at place) {
	for _, s := range b.Statements {
		pos := s.Place().Pos
		if _, ok := c.files[pos.File]; !ok {
			c.files[pos.File] = len(c.files)
		}
		c.statement(s, at)
	}
}

func (c *checker) misplaced(s conf.Statement, what string, at place) {
	where := at.kind.String()
	if at.included {
		where = "in a file that a pool includes"
	}
	c.errorf(RuleMisplaced, s.Place().Pos, "%s cannot stand %s", what, where)
}

func (c *checker) statement(s conf.Statement, at place) {
	switch s := s.(type) {
	case *conf.Include:
		c.include(s, at)
	case *conf.FailoverPeer:
		if at.kind != inRoot && at.kind != inShared {
			c.misplaced(s, "A failover peer", at)
			return
		}
		c.peer(s)
	case *conf.FailoverRef:
		c.reference(s, at)
	case *conf.SharedNetwork:
		c.sharedNetwork(s, at)
	case *conf.Subnet:
		c.subnet(s, at)
	case *conf.Subnet6:
		c.block(&s.Block, place{kind: inSubnet, shared: at.shared})
	case *conf.Pool:
		c.pool(s, at)
	case *conf.Pool6:
		c.block(&s.Block, place{kind: inPool, shared: at.shared})
	case *conf.Range:
		c.addressRange(s, at)
	case *conf.Permit:
		c.permit(s, at)
	case *conf.Group:
		if at.kind == inHost || at.kind == inClass {
			c.misplaced(s, "A group", at)
		}
		inner := at
		inner.kind, inner.pool = inGroup, nil
		c.block(&s.Block, inner)
	case *conf.Host:
		c.host(s, at)
	case *conf.Hardware:
		c.hardware(s, at)
	case *conf.FixedAddress:
		c.fixedAddress(s, at)
	case *conf.Class:
		if at.kind == inClass {
			c.misplaced(s, "A class", at)
		}
		c.classes[s.Name] = true
		c.block(&s.Block, place{kind: inClass})
	case *conf.Subclass:
		if at.kind == inClass {
			c.misplaced(s, "A subclass", at)
		}
		if !c.classes[s.Class] {
			c.errorf(RuleClass, s.Pos, "Class %s is not declared before this line", conf.Quote(s.Class))
		}
		c.block(&s.Block, place{kind: inClass})
	case *conf.OptionDefinition:
		if at.kind != inRoot {
			c.misplaced(s, "The definition of an option", at)
		}
	case *conf.OptionSpace:
		if at.kind != inRoot {
			c.misplaced(s, "The definition of an option space", at)
		}
	case *conf.Parameter:
		if at.kind == inHost && (s.Name == "authoritative" || s.Name == "not authoritative") {
			c.misplaced(s, "'"+s.Name+"'", at)
		}
	}
}

func (c *checker) include(s *conf.Include, at place) {
	if s.Path == "" || s.Path[0] != '/' {
		c.warnf(RuleInclude, s.Pos, "The path of the included file is relative: dhcpd looks in the directory it is started in")
	}
	// dhcpd reads a file that a pool includes without knowing the pool: what only pools take is refused there.
	at.included = at.included || at.kind == inPool
	c.block(&s.Block, at)
}

func (c *checker) permit(s *conf.Permit, at place) {
	if at.included && s.Action != conf.Ignore {
		c.misplaced(s, "A permit", at)
	}
	if s.Who == conf.PermitMembers && !c.classes[s.Class] {
		c.errorf(RuleClass, s.Pos, "Class %s is not declared before this line", conf.Quote(s.Class))
	}
	if at.pool != nil {
		at.pool.permits = append(at.pool.permits, string(s.Action)+" "+string(s.Who)+" "+s.Class+s.After)
	}
}
