package main

import (
	"context"
	"encoding/binary"
	"fmt"
	"net/netip"
	"time"

	"halxml/internal/model"
	"halxml/store"
)

// The data are a company's: 10.0.0.0/8 with a /16 for each site that needs one,
// a /28 for each scope, and the scopes dealt out to the servers in turn.
const (
	servers   = 100
	scopeBits = 28
	perSite   = 1 << (scopeBits - 16) // scopes in a /16
	maxScopes = 256 * perSite
	batch     = 20_000 // scopes in a transaction
)

// filler writes data as the commands would: the same records, indexes and
// history, many in a transaction.
type filler struct {
	store  store.Store
	schema *store.Schema
	at     time.Time
}

func serverName(n int) string { return fmt.Sprintf("dhcp%02d.example.com.", n) }

// scopeName begins with the number of the scope's server and so with what a
// hundredth of all names begin with.
func scopeName(n int) string { return fmt.Sprintf("site%02d-%07d", n%servers, n) }

func block(n int) netip.Prefix {
	a := binary.BigEndian.AppendUint32(nil, 10<<24|uint32(n)<<(32-scopeBits))
	return netip.PrefixFrom(netip.AddrFrom4([4]byte(a)), scopeBits)
}

func last(p netip.Prefix) netip.Addr {
	a := p.Addr().As4()
	n := binary.BigEndian.Uint32(a[:]) | (1<<(32-p.Bits()) - 1)
	return netip.AddrFrom4([4]byte(binary.BigEndian.AppendUint32(nil, n)))
}

func (f *filler) event(tx store.Tx, ref model.Ref, name, text string) error {
	return f.schema.Events.Insert(tx, &model.Event{Time: f.at, Type: model.Creation, Object: ref, Name: name,
		Username: "administrator", Text: text})
}

func (f *filler) addRange(tx store.Tx, p netip.Prefix, parent model.ID) (*model.Range, error) {
	r := &model.Range{SpaceID: model.DefaultSpace, Name: p.String(), From: p.Addr(), To: last(p), ParentID: parent, Subnet: p.Bits() == scopeBits,
		InheritAccess: true, Created: f.at}
	if err := f.schema.Ranges.Insert(tx, r); err != nil {
		return nil, err
	}
	return r, f.event(tx, r.Ref(), r.Name, "Range "+r.Name+" added")
}

func (f *filler) addServer(tx store.Tx, name string) (*model.Server, error) {
	s := &model.Server{Name: name, Address: "127.0.0.1", ResolvedAddress: "127.0.0.1", Kind: model.KindISC, Enabled: true, State: model.StateUnknown}
	if err := f.schema.Servers.Insert(tx, s); err != nil {
		return nil, err
	}
	return s, f.event(tx, s.Ref(), s.Name, "DHCP server "+s.Name+" (ISC) added")
}

func (f *filler) addScope(tx store.Tx, s *model.Server, r *model.Range, name string) (*model.Scope, error) {
	scope := &model.Scope{RangeID: r.ID, ServerID: s.ID, Name: name, Description: "clients of the second floor", Enabled: true}
	if err := f.schema.Scopes.Insert(tx, scope); err != nil {
		return nil, err
	}
	return scope, f.event(tx, scope.Ref(), name, "DHCP scope "+name+" ("+r.Name+") added on server "+s.Name)
}

// fill stores servers and so many scopes with their ranges.
func (f *filler) fill(ctx context.Context, scopes int, tell func(done int)) error {
	var all []*model.Server
	var root, site *model.Range
	err := f.store.Update(ctx, func(tx store.Tx) (err error) {
		all = nil
		for n := range servers {
			s, err := f.addServer(tx, serverName(n))
			if err != nil {
				return err
			}
			all = append(all, s)
		}
		root, err = f.addRange(tx, netip.MustParsePrefix("10.0.0.0/8"), 0)
		return err
	})
	for from := 0; from < scopes && err == nil; from += batch {
		tell(from)
		err = f.store.Update(ctx, func(tx store.Tx) (err error) {
			for n := from; n < min(from+batch, scopes); n++ {
				if err := ctx.Err(); err != nil {
					return err
				}
				if n%perSite == 0 {
					if site, err = f.addRange(tx, netip.PrefixFrom(block(n).Addr(), 16), root.ID); err != nil {
						return err
					}
				}
				r, err := f.addRange(tx, block(n), site.ID)
				if err != nil {
					return err
				}
				if _, err := f.addScope(tx, all[n%servers], r, scopeName(n)); err != nil {
					return err
				}
			}
			return nil
		})
	}
	return err
}

// The servers of fillPools.
const (
	primary   = "primary.example.com."
	secondary = "secondary.example.com."
)

// fillPools stores two more servers, the first with so many scopes in
// 172.16.0.0/12 that have a pool each.
func (f *filler) fillPools(ctx context.Context, pools int) error {
	return f.store.Update(ctx, func(tx store.Tx) error {
		s, err := f.addServer(tx, primary)
		if err != nil {
			return err
		}
		if _, err := f.addServer(tx, secondary); err != nil {
			return err
		}
		for n := range pools {
			p := netip.PrefixFrom(netip.AddrFrom4([4]byte{172, 16 | byte(n>>12), byte(n >> 4), byte(n << 4)}), scopeBits)
			r, err := f.addRange(tx, p, 0)
			if err != nil {
				return err
			}
			scope, err := f.addScope(tx, s, r, fmt.Sprintf("pooled-%05d", n))
			if err != nil {
				return err
			}
			from := p.Addr().Next()
			pool := &model.Pool{ScopeID: scope.ID, ServerID: s.ID, Name: fmt.Sprintf("pool-%05d", n), From: from, To: from.Next().Next()}
			if err := f.schema.Pools.Insert(tx, pool); err != nil {
				return err
			}
			scope.Available = 3
			if err := f.schema.Scopes.Update(tx, scope); err != nil {
				return err
			}
		}
		return nil
	})
}

// fillAddresses stores 192.168.0.0/16 with all its addresses claimed but for
// the last hundred.
func (f *filler) fillAddresses(ctx context.Context) error {
	const free = 100
	return f.store.Update(ctx, func(tx store.Tx) error {
		r, err := f.addRange(tx, netip.MustParsePrefix("192.168.0.0/16"), 0)
		if err != nil {
			return err
		}
		for n := range 1<<16 - free {
			a := &model.Address{SpaceID: r.SpaceID, Addr: netip.AddrFrom4([4]byte{192, 168, byte(n >> 8), byte(n)}), Claimed: true}
			if err := f.schema.Addresses.Insert(tx, a); err != nil {
				return err
			}
		}
		return nil
	})
}
