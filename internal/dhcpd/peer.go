package dhcpd

import (
	"cmp"
	"math/bits"
	"net/netip"
	"slices"
	"strconv"
	"strings"

	"halxml/internal/dhcpd/conf"
	"halxml/internal/errs"
	"halxml/internal/model"
)

// declare writes a relationship as seen from one of its two servers. dhcpd takes mclt and split from the primary and
// refuses split on a secondary. A parameter that the model leaves at 0 takes the default of a new relationship, since
// dhcpd would take another one in silence or refuse the file.
func declare(rel *Relationship, server model.ID, said *conf.Block) (*conf.FailoverPeer, error) {
	own, other := &rel.Primary, &rel.Secondary
	ownPort, otherPort := rel.Port, rel.SecondaryPort
	primary := server == rel.PrimaryID
	if !primary {
		own, other = other, own
		ownPort, otherPort = otherPort, ownPort
	}
	ownAddress, err := endpoint(own)
	if err != nil {
		return nil, err
	}
	otherAddress, err := endpoint(other)
	if err != nil {
		return nil, err
	}
	p := &conf.FailoverPeer{Name: rel.Name}
	set := func(key conf.PeerKey, value string) {
		p.Settings = append(p.Settings, &conf.PeerSetting{Key: key, Value: value})
	}
	number := func(key conf.PeerKey, value, standard uint32) {
		set(key, strconv.FormatUint(uint64(cmp.Or(value, standard)), 10))
	}
	if primary {
		set(conf.PeerPrimary, "")
	} else {
		set(conf.PeerSecondary, "")
	}
	set(conf.PeerAddress, ownAddress)
	number(conf.PeerPort, ownPort, model.FirstFailoverPort)
	set(conf.PeerPeerAddress, otherAddress)
	number(conf.PeerPeerPort, otherPort, model.FirstFailoverPort)
	number(conf.PeerMaxResponseDelay, rel.MaxResponseDelay, model.DefaultMaxResponseDelay)
	number(conf.PeerMaxUnackedUpdates, rel.MaxUnackedUpdates, model.DefaultMaxUnackedUpdates)
	number(conf.PeerLoadBalance, rel.LoadBalanceMaxSeconds, model.DefaultLoadBalanceMaxSeconds)
	if primary {
		number(conf.PeerMCLT, rel.MCLT, model.DefaultMCLT)
		set(conf.PeerSplit, strconv.Itoa(rel.Split()))
	}
	if said != nil {
		override(p, said, rel)
	}
	return p, nil
}

// override lets the operator's own settings of a peer replace or follow those that the model makes. A division of the
// load in 256 parts holds as long as the percentage of the model is what it comes to.
func override(p *conf.FailoverPeer, own *conf.Block, rel *Relationship) {
	for _, st := range own.Statements {
		set, ok := st.(*conf.PeerSetting)
		if !ok {
			continue
		}
		key := set.Key
		if key == conf.PeerSplit || key == conf.PeerHBA {
			if share, ok := Share(set); !ok || share != rel.Percentage {
				continue
			}
			key = conf.PeerSplit
		}
		if i := slices.IndexFunc(p.Settings, func(s *conf.PeerSetting) bool { return s.Key == key }); i >= 0 {
			p.Settings[i] = set
		} else {
			p.Settings = append(p.Settings, set)
		}
	}
	p.Tail = append(p.Tail, own.Tail...)
}

// Share is the percentage of the load that a primary takes by its split or hba setting, rounded.
func Share(set *conf.PeerSetting) (percentage uint32, ok bool) {
	parts := 0
	switch set.Key {
	case conf.PeerSplit:
		n, err := strconv.Atoi(set.Value)
		if err != nil || n < 0 || n > 256 {
			return 0, false
		}
		parts = n
	case conf.PeerHBA:
		for octet := range strings.SplitSeq(set.Value, ":") {
			n, err := strconv.ParseUint(octet, 16, 8)
			if err != nil {
				return 0, false
			}
			parts += bits.OnesCount64(n)
		}
	default:
		return 0, false
	}
	return uint32(parts*100+128) / 256, true
}

// endpoint is how a failover partner reaches the server: its IPv4 address, or else its name.
func endpoint(s *model.Server) (string, error) {
	for _, text := range []string{s.Address, s.ResolvedAddress} {
		if a, err := netip.ParseAddr(text); err == nil && a.Unmap().Is4() {
			return a.Unmap().String(), nil
		}
	}
	name := strings.TrimSuffix(s.Name, ".")
	if !hostName(name) {
		return "", errs.Errorf(errs.Invalid, "Server %q has no IPv4 address, and its name is no host name that a failover partner could look up.", s.Name)
	}
	return name, nil
}

// hostName reports whether dhcpd reads the text as one name.
func hostName(s string) bool {
	for label := range strings.SplitSeq(s, ".") {
		if label == "" || strings.Trim(strings.ToLower(label), "abcdefghijklmnopqrstuvwxyz0123456789-_") != "" {
			return false
		}
	}
	return s[0] != '-' && s[0] != '_'
}
