package command_test

import (
	"fmt"
	"net/netip"
	"strings"
	"testing"

	"halxml/internal/jsonscan"
	"halxml/internal/model"
	"halxml/store"
	"halxml/wsdl/hal"
)

// BenchmarkCommand calls operations of a service with 10,000 scopes, from
// JSON to JSON, without HTTP.
func BenchmarkCommand(b *testing.B) {
	s := newService(b)
	const scopes = 10_000
	s.server("dhcp1", "ISC")
	schema := store.NewSchema()
	err := s.store.Update(b.Context(), func(tx store.Tx) error {
		for n := range scopes {
			p := netip.PrefixFrom(netip.AddrFrom4([4]byte{10, byte(n >> 12), byte(n >> 4), byte(n << 4)}), 28)
			to := p.Addr()
			for range 15 {
				to = to.Next()
			}
			r := &model.Range{SpaceID: model.DefaultSpace, Name: p.String(), From: p.Addr(), To: to, Subnet: true}
			if err := schema.Ranges.Insert(tx, r); err != nil {
				return err
			}
			if err := schema.Scopes.Insert(tx, &model.Scope{RangeID: r.ID, ServerID: 1, Name: fmt.Sprintf("lan-%05d", n), Enabled: true}); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		b.Fatal(err)
	}
	var out hal.Output
	var answer []byte
	call := func(b *testing.B, operation string, params func(n int) string) {
		b.ReportAllocs()
		op, _, _ := hal.Lookup(operation)
		for n := 0; b.Loop(); n++ {
			req := op.NewRequest()
			if err := req.DecodeJSON(jsonscan.New(params(n), jsonscan.DefaultLimits())); err != nil {
				b.Fatal(err)
			}
			err := s.command.Dispatch(b.Context(), &hal.Call{Operation: op, Request: req, Session: s.session, Protocol: "json"},
				func(response hal.Message) (err error) {
					answer, err = out.AppendJSON(answer[:0], response)
					return err
				})
			if err != nil {
				b.Fatal(err)
			}
		}
	}
	for _, c := range []struct {
		name, operation string
		params          func(n int) string
	}{
		{"Get", "GetDHCPScope", func(n int) string { return fmt.Sprintf(`{"dhcpScopeRef":"{#7-#%d}"}`, n*7919%scopes+1) }},
		{"GetByName", "GetDHCPScope", func(n int) string { return fmt.Sprintf(`{"dhcpScopeRef":"lan-%05d"}`, n*7919%scopes) }},
		{"RangeByAddress", "GetRangeByIPAddress", func(n int) string {
			return fmt.Sprintf(`{"addrRef":"10.%d.%d.7"}`, n%2, n%256)
		}},
		{"Ranges", "GetRanges", func(int) string { return `{"offset":5000,"limit":1000}` }},
		{"Page", "GetDHCPScopes", func(n int) string { return fmt.Sprintf(`{"offset":%d,"limit":50}`, n*7919%scopes) }},
		// A filter is spelled in another way each time, so that it is a new one.
		{"PageByNewPrefix", "GetDHCPScopes", func(n int) string {
			return fmt.Sprintf(`{"filter":"name=^lan-00%s","offset":500,"limit":50}`, strings.Repeat(" ", n%1000))
		}},
		{"PageByKnownPrefix", "GetDHCPScopes", func(int) string { return `{"filter":"name=^lan-0","offset":5000,"limit":50}` }},
		{"PageOfSearch", "GetDHCPScopes", func(n int) string {
			return fmt.Sprintf(`{"filter":"name:^lan.*7%s","limit":50}`, strings.Repeat(" ", n%1000))
		}},
		{"Change", "SetProperties", func(n int) string {
			return fmt.Sprintf(`{"ref":"{#7-#%d}","properties":{"description":"changed %d"}}`, n*7919%scopes+1, n)
		}},
		{"AddScope", "AddDHCPScope", func(n int) string {
			return fmt.Sprintf(`{"dhcpScope":{"name":"new-%d","rangeRef":"11.%d.%d.%d/28","dhcpServerRef":"dhcp1"}}`, n, n>>12, n>>4&255, n<<4&255)
		}},
	} {
		b.Run(c.name, func(b *testing.B) { call(b, c.operation, c.params) })
	}
}
