package model_test

import (
	"math"
	"net/netip"
	"testing"

	"halxml/internal/model"
)

func TestAvailable(t *testing.T) {
	type block [2]string
	for _, c := range []struct {
		name              string
		pools, exclusions []block
		want              uint32
	}{
		{"nothing", nil, nil, 0},
		{"no pool", nil, []block{{"10.0.0.1", "10.0.0.9"}}, 0},
		{"no exclusion", []block{{"10.0.0.1", "10.0.0.10"}, {"10.0.0.20", "10.0.0.20"}}, nil, 11},
		{"beside", []block{{"10.0.0.10", "10.0.0.19"}}, []block{{"10.0.0.1", "10.0.0.9"}, {"10.0.0.20", "10.0.0.30"}}, 10},
		{"at both ends", []block{{"10.0.0.10", "10.0.0.19"}}, []block{{"10.0.0.5", "10.0.0.10"}, {"10.0.0.19", "10.0.0.30"}}, 8},
		{"inside", []block{{"10.0.0.10", "10.0.0.19"}}, []block{{"10.0.0.12", "10.0.0.12"}, {"10.0.0.14", "10.0.0.16"}}, 6},
		{"all", []block{{"10.0.0.10", "10.0.0.19"}}, []block{{"10.0.0.0", "10.0.0.255"}}, 0},
		{"over two pools", []block{{"10.0.0.10", "10.0.0.19"}, {"10.0.0.30", "10.0.0.39"}}, []block{{"10.0.0.18", "10.0.0.32"}}, 15},
		{"one for each pool", []block{{"10.0.0.10", "10.0.0.19"}, {"10.0.0.30", "10.0.0.39"}}, []block{{"10.0.0.10", "10.0.0.10"}, {"10.0.0.39", "10.0.0.40"}}, 18},
		{"the last address", []block{{"255.255.255.250", "255.255.255.255"}}, []block{{"255.255.255.254", "255.255.255.255"}}, 4},
		{"more than can be told", []block{{"2001:db8::", "2001:db8::ffff:ffff:ffff"}}, []block{{"2001:db8::", "2001:db8::1"}}, math.MaxUint32},
		{"few of many left", []block{{"2001:db8::", "2001:db8::ffff:ffff:ffff"}}, []block{{"2001:db8::", "2001:db8::ffff:ffff:fffd"}}, 2},
	} {
		var pools []*model.Pool
		for _, b := range c.pools {
			pools = append(pools, &model.Pool{From: netip.MustParseAddr(b[0]), To: netip.MustParseAddr(b[1])})
		}
		var exclusions []*model.Exclusion
		for _, b := range c.exclusions {
			exclusions = append(exclusions, &model.Exclusion{From: netip.MustParseAddr(b[0]), To: netip.MustParseAddr(b[1])})
		}
		if got := model.Available(pools, exclusions); got != c.want {
			t.Errorf("%s: %d, want %d", c.name, got, c.want)
		}
	}
}

func TestAddresses(t *testing.T) {
	for _, c := range []struct {
		from, to string
		want     uint32
	}{
		{"10.0.0.1", "10.0.0.1", 1},
		{"10.0.0.0", "10.255.255.255", 1 << 24},
		{"0.0.0.0", "255.255.255.254", math.MaxUint32},
		{"0.0.0.0", "255.255.255.255", math.MaxUint32},
		{"::", "::ffff:fffd", math.MaxUint32 - 1},
		{"::ffff:ffff:ffff:ffff", "::1:0:0:0:1", 3},
		{"2001:db8::", "2001:db8:1::", math.MaxUint32},
	} {
		if got := model.Addresses(netip.MustParseAddr(c.from), netip.MustParseAddr(c.to)); got != c.want {
			t.Errorf("%s to %s: %d, want %d", c.from, c.to, got, c.want)
		}
	}
}
