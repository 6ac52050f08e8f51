package check

import (
	"strconv"
	"strings"

	"halxml/internal/dhcpd/conf"
)

// defaultPort is the port dhcpd takes for either end when the file names none.
const defaultPort = 647

// Bounds of the numbers of a peer. dhcpd reads them with atoi into 32 bits and wraps in silence, so the lower and upper
// bounds are those that survive.
const (
	maxPort  = 65535
	maxInt32 = 1<<31 - 1
	maxMCLT  = 1<<32 - 1
	// longMCLT is a day: nobody who writes more can want it, a returning server is silent for so long.
	longMCLT = 86400
)

// peer is a declared failover peer and who refers to it.
type peer struct {
	decl  *conf.FailoverPeer
	pools []*pool
}

func (c *checker) peer(s *conf.FailoverPeer) {
	if old := c.peers[s.Name]; old != nil {
		c.errorf(RulePeerName, s.Pos, "Failover peer %s is already declared at %s", conf.Quote(s.Name), old.decl.Pos)
		return
	}
	p := &peer{decl: s}
	c.peers[s.Name] = p
	c.order = append(c.order, p)
	if !plainPeerName(s.Name) {
		c.warnf(RulePeerName, s.Pos, "Failover peer %s has a name beyond 63 letters, digits, dots, dashes and underscores", conf.Quote(s.Name))
	}
	c.peerRole(s)
	c.peerNumbers(s)
}

// plainPeerName reports whether the name is of the form that cannot go wrong between files, logs and OMAPI.
func plainPeerName(s string) bool {
	if s == "" || len(s) > 63 {
		return false
	}
	for i := range len(s) {
		c := s[i]
		if !(c|0x20 >= 'a' && c|0x20 <= 'z' || c >= '0' && c <= '9' || c == '.' || c == '-' || c == '_') {
			return false
		}
	}
	return true
}

func (c *checker) peerRole(s *conf.FailoverPeer) {
	split, hba := s.Setting(conf.PeerSplit), s.Setting(conf.PeerHBA)
	if s.Secondary() {
		for _, balance := range []*conf.PeerSetting{split, hba} {
			if balance != nil {
				c.errorf(RulePeer, balance.Pos, "'%s' belongs to the primary; this side of %s is secondary", balance.Key, conf.Quote(s.Name))
			}
		}
		if mclt := s.Setting(conf.PeerMCLT); mclt != nil {
			c.warnf(RulePeer, mclt.Pos, "'mclt' has no effect on a secondary, which takes the primary's value")
		}
	} else {
		if s.Setting(conf.PeerPrimary) == nil {
			c.warnf(RulePeer, s.Pos, "Failover peer %s has no role; dhcpd takes it for the primary", conf.Quote(s.Name))
		}
		if split == nil && hba == nil {
			c.errorf(RulePeer, s.Pos, "The primary of %s needs 'split' or 'hba'", conf.Quote(s.Name))
		}
		if split != nil && hba != nil {
			c.warnf(RulePeer, s.Pos, "Failover peer %s has both 'split' and 'hba'; the last one counts", conf.Quote(s.Name))
		}
		if s.Setting(conf.PeerMCLT) == nil {
			c.errorf(RulePeer, s.Pos, "The primary of %s needs 'mclt'", conf.Quote(s.Name))
		}
	}
	if s.Setting(conf.PeerPeerAddress) == nil {
		c.errorf(RulePeer, s.Pos, "Failover peer %s needs 'peer address'", conf.Quote(s.Name))
	}
	if own, other := s.Text(conf.PeerAddress), s.Text(conf.PeerPeerAddress); own != "" && strings.EqualFold(own, other) &&
		port(s, conf.PeerPort) == port(s, conf.PeerPeerPort) {
		c.errorf(RulePeer, s.Pos, "Failover peer %s has one address and port for both partners", conf.Quote(s.Name))
	}
	if s.Setting(conf.PeerLoadBalance) == nil {
		c.warnf(RulePeer, s.Pos, "Failover peer %s has no 'load balance max seconds'; dhcpd turns load balancing off", conf.Quote(s.Name))
	}
}

// port is the port that dhcpd uses, by default 647.
func port(s *conf.FailoverPeer, key conf.PeerKey) int64 {
	if n, ok := s.Number(key); ok && n != 0 {
		return n
	}
	return defaultPort
}

func (c *checker) peerNumbers(s *conf.FailoverPeer) {
	for _, set := range s.Settings {
		switch set.Key {
		case conf.PeerPrimary, conf.PeerSecondary, conf.PeerAddress, conf.PeerPeerAddress:
			continue
		case conf.PeerHBA:
			if why := badHBA(set.Value); why != "" {
				c.errorf(RulePeer, set.Pos, "'hba' must be 32 hexadecimal bytes with colons between, but %s", why)
			}
			continue
		}
		n, err := strconv.ParseInt(set.Value, 10, 64)
		low, high := int64(0), int64(maxInt32)
		switch set.Key {
		case conf.PeerPort, conf.PeerPeerPort:
			low, high = 1, maxPort
		case conf.PeerSplit:
			high = 256
		case conf.PeerMCLT:
			low, high = 1, maxMCLT
			if s.Secondary() {
				continue
			}
		}
		switch {
		case err != nil || n < low || n > high:
			c.errorf(RulePeer, set.Pos, "'%s' is %s, but must be from %d to %d", set.Key, set.Value, low, high)
		case set.Key == conf.PeerMCLT && n > longMCLT:
			c.warnf(RulePeer, set.Pos, "'mclt' is %d seconds, more than a day: a server that returns is silent for so long", n)
		case set.Key == conf.PeerLoadBalance && n == 0:
			c.warnf(RulePeer, set.Pos, "'load balance max seconds' is 0; dhcpd turns load balancing off")
		}
	}
}

func badHBA(value string) string {
	bytes := strings.Split(value, ":")
	if len(bytes) != 32 {
		return "there are " + strconv.Itoa(len(bytes))
	}
	for _, b := range bytes {
		if _, err := strconv.ParseUint(b, 16, 8); err != nil {
			return "'" + b + "' is none"
		}
	}
	return ""
}

func (c *checker) reference(s *conf.FailoverRef, at place) {
	switch {
	case at.kind == inPool && at.included, at.kind != inPool && at.kind != inShared:
		c.misplaced(s, "A reference to a failover peer", at)
		return
	case s.None:
		return
	}
	p := c.peers[s.Name]
	if p == nil {
		c.errorf(RulePeerUnknown, s.Pos, "Failover peer %s is not declared before this line", conf.Quote(s.Name))
		return
	}
	if at.pool == nil {
		return
	}
	if at.pool.peer != nil {
		c.warnf(RulePeerTwice, s.Pos, "The pool refers to a failover peer already; the last reference counts")
	}
	at.pool.peer = p
	p.pools = append(p.pools, at.pool)
}

func (c *checker) finishPeers() {
	for _, p := range c.order {
		if len(p.pools) == 0 {
			c.errorf(RulePeerUnused, p.decl.Pos, "No pool refers to failover peer %s; dhcpd does not start with such a peer", conf.Quote(p.decl.Name))
		}
	}
	for _, s := range c.spans {
		if s.pool != nil && s.pool.peer != nil && s.node.DynamicBOOTP {
			c.errorf(RulePeerBOOTP, s.node.Pos, "'dynamic-bootp' is not possible in a pool with a failover peer")
		}
	}
}
