package kea

import (
	"cmp"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"math"
	"net/netip"
	"slices"
	"strconv"
	"strings"

	"halxml/internal/errs"
	"halxml/internal/kea/conf"
	"halxml/internal/model"
	"halxml/internal/option"
)

// timers are the options that Kea sends by itself, from parameters of a network or of the whole daemon.
var timers = map[uint32]string{51: "valid-lifetime", 58: "renew-timer", 59: "rebind-timer"}

// rapidCommit is the DHCPv6 option that Kea takes as a parameter of all subnets of a wire, so not from one scope.
const rapidCommit = 14

// place is where options are set.
type place struct {
	model.Ref
	name string
	// rest takes the parameters that stand for options; nil where Kea has none.
	rest *conf.Object
}

// options writes the options of a place, by number. What has no set is left to Base; else the options are the domain's, and
// an option of Base stays only as what else it says of an option of the same number.
func (r *renderer) options(at place, base []conf.Option) ([]conf.Option, error) {
	set := r.sets[at.Ref]
	if set == nil {
		return base, nil
	}
	list := slices.Clone(set.Options)
	slices.SortFunc(list, func(a, b model.Option) int {
		return cmp.Or(cmp.Compare(a.Number, b.Number), cmp.Compare(a.Vendor, b.Vendor), cmp.Compare(a.User, b.User))
	})
	var out []conf.Option
	for _, o := range list {
		d, ok := r.catalog.Find(o.Vendor, o.Number)
		switch {
		case o.Vendor != "" || o.User != "":
			r.note(Option, at.Ref, "Option "+o.OptionID.String()+" of "+at.name+" is for a class of clients, which a Kea server's configuration does not express.")
			continue
		case !ok:
			return nil, errs.Errorf(errs.Invalid, "Option %s of %s has no definition.", o.OptionID, at.name)
		}
		items, err := d.Values(o.Value)
		if err != nil {
			return nil, errs.Errorf(errs.Invalid, "Option %s of %s: %s.", o.OptionID, at.name, err)
		}
		if r.parameter(at, o.Number, items[0]) {
			continue
		}
		written, err := write(d, items)
		if err != nil {
			return nil, errs.Errorf(errs.Invalid, "Option %s of %s: %s.", o.OptionID, at.name, err)
		}
		if i := slices.IndexFunc(base, func(b conf.Option) bool {
			return b.Code == written.Code && (b.Space == "" || strings.HasPrefix(b.Space, "dhcp"))
		}); i >= 0 {
			written.AlwaysSend, written.Name, written.Space, written.Rest = base[i].AlwaysSend, base[i].Name, base[i].Space, slices.Clone(base[i].Rest)
			written.Rest.Delete("data")
		}
		out = append(out, written)
	}
	return out, nil
}

// parameter writes an option that Kea has a parameter for, or notes that the place has none. A parameter of Base stays when
// the domain has no such option: it may be the operator's.
func (r *renderer) parameter(at place, number uint32, value string) bool {
	key, isTimer := timers[number]
	isTimer = isTimer && !r.snap.v6()
	switch {
	case isTimer && at.rest != nil:
		seconds, _ := strconv.ParseInt(value, 10, 64) // checked by the definition
		at.rest.Set(key, seconds)
	case isTimer, r.snap.v6() && number == rapidCommit:
		r.note(Option, at.Ref, fmt.Sprintf("Option %d of %s is left out: Kea sends it by itself, and has no parameter for it there.", number, at.name))
	default:
		return false
	}
	return true
}

// write writes the values of an option: as text where every Kea knows the option as the domain does, else as bytes.
func write(d option.Definition, items []string) (conf.Option, error) {
	out := conf.Option{Code: int64(d.Number)}
	if plain(d) && !slices.ContainsFunc(items, func(s string) bool { return strings.ContainsAny(s, `,\`) }) {
		out.Data = strings.Join(items, ", ")
		return out, nil
	}
	b, err := octets(d, items)
	if err != nil {
		return out, err
	}
	out.CSVFormat, out.Data = pointer(false), strings.ToUpper(hex.EncodeToString(b))
	return out, nil
}

// plain reports whether every version of Kea from 1.3 on has a definition of the option whose format is d's. Other
// options are known to some versions in one format, to others in another or not at all: bytes are right for all.
func plain(d option.Definition) bool {
	standard, ok := option.Find(d.V6, d.Number)
	switch {
	case !ok || d != standard || d.Raw || d.Type == model.OptionHex:
		return false
	case d.V6:
		return true
	}
	return d.Number <= 119 && d.Number != 108 || slices.Contains([]uint32{137, 138, 141, 213}, d.Number)
}

// octets are the bytes of an option on the wire.
func octets(d option.Definition, items []string) ([]byte, error) {
	var b []byte
	for i, s := range items {
		switch d.Type {
		case model.OptionAddress, model.OptionHostOrAddr:
			a, err := netip.ParseAddr(s)
			if err != nil {
				return nil, fmt.Errorf("%q is a host name, and a Kea server looks up none", s)
			}
			b = append(b, a.AsSlice()...)
		case model.OptionBoolean:
			if s == "true" {
				b = append(b, 1)
			} else {
				b = append(b, 0)
			}
		case model.OptionInteger:
			n, _ := strconv.ParseInt(s, 10, 64) // checked by the definition
			switch {
			case d.Max <= math.MaxUint8:
				b = append(b, byte(n))
			case d.Max <= math.MaxUint16:
				b = binary.BigEndian.AppendUint16(b, uint16(n))
			default:
				b = binary.BigEndian.AppendUint32(b, uint32(n))
			}
		case model.OptionHex:
			raw, err := hex.DecodeString(s)
			if err != nil {
				return nil, err
			}
			b = append(b, raw...)
		default:
			switch {
			case d.Domain:
				for label := range strings.SplitSeq(strings.TrimSuffix(s, "."), ".") {
					b = append(append(b, byte(len(label))), label...)
				}
				b = append(b, 0)
				continue
			case i > 0:
				b = append(b, ',')
			}
			b = append(b, s...)
		}
	}
	return b, nil
}
