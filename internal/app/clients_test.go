package app

import (
	"errors"
	"fmt"
	"net/netip"
	"testing"

	"go4.org/netipx"

	"halxml/internal/host/hosttest"
)

// clients are the DHCP clients of a lab, each of which asks once; none without
// a lab.
type clients struct {
	lab   *hosttest.Lab
	asked byte
}

// serves wants a new client on each network to get an address of that range,
// where there can be clients.
func (c *clients) serves(t *testing.T, what string, ranges ...string) {
	t.Helper()
	for network, r := range ranges {
		c.asked++
		c.serve(t, what, network, fmt.Sprintf("02:00:00:00:01:%02x", c.asked), r)
	}
}

// serve is serves for one client.
func (c *clients) serve(t *testing.T, what string, network int, hardware, r string) {
	t.Helper()
	if c.lab == nil {
		return
	}
	address, err := c.lab.LeaseAt(network, hardware)
	if errors.Is(err, hosttest.ErrNoClient) {
		return
	}
	wanted, _ := netipx.ParseIPRange(r)
	if got, _ := netip.ParseAddr(address); err != nil || !wanted.Contains(got) {
		t.Errorf("%s: the client %s got %q, %v; want one of %s", what, hardware, address, err, r)
	}
}
