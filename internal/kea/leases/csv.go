package leases

import (
	"errors"
	"fmt"
	"net/netip"
	"strconv"
	"strings"
	"time"

	"halxml/internal/kea/conf"
)

// The columns that a file must have, in any order; user_context, state and (DHCPv6) hwaddr came later.
var (
	needed4 = []string{"address", "hwaddr", "client_id", "valid_lifetime", "expire", "subnet_id", "fqdn_fwd", "fqdn_rev", "hostname"}
	needed6 = []string{"address", "duid", "valid_lifetime", "expire", "subnet_id", "pref_lifetime", "lease_type", "iaid", "prefix_len", "fqdn_fwd", "fqdn_rev", "hostname"}
)

// header is the first row: where each column is.
type header struct {
	at    map[string]int
	count int
	v6    bool
}

// readHeader reads the first row. Columns of later versions are passed over.
func readHeader(line string) (header, error) {
	h := header{at: map[string]int{}}
	for i, name := range strings.Split(line, ",") {
		if _, twice := h.at[name]; twice {
			return h, fmt.Errorf("the column %q is there twice", name)
		}
		h.at[name] = i
		h.count++
	}
	_, h.v6 = h.at["duid"]
	needed := needed4
	if h.v6 {
		needed = needed6
	}
	for _, name := range needed {
		if _, ok := h.at[name]; !ok {
			return h, fmt.Errorf("the first line lacks the column %s, so this is no lease file of Kea", name)
		}
	}
	return h, nil
}

// row is one line under its header; the first error of its fields stays.
type row struct {
	header
	fields []string
	err    error
}

func (r *row) text(column string) string {
	i, ok := r.at[column]
	if !ok {
		return ""
	}
	return r.fields[i]
}

func (r *row) number(column string, bits int) uint64 {
	text := r.text(column)
	n, err := strconv.ParseUint(text, 10, bits)
	if err != nil && r.err == nil {
		r.err = fmt.Errorf("%s is %.40q, which is no number of %d bits", column, text, bits)
	}
	return n
}

func (r *row) flag(column string) bool { return r.number(column, 1) == 1 }

// optional is the number of a column that older versions lack: then, and when it is empty, it is 0.
func (r *row) optional(column string, bits int) uint64 {
	if r.text(column) == "" {
		return 0
	}
	return r.number(column, bits)
}

// lease reads a row.
func (h header) lease(line string) (Lease, error) {
	r := row{header: h, fields: strings.Split(line, ",")}
	if len(r.fields) != h.count {
		return Lease{}, fmt.Errorf("the row has %d fields under %d columns", len(r.fields), h.count)
	}
	l := Lease{
		HWAddress: r.text("hwaddr"), ClientID: r.text("client_id"), DUID: r.text("duid"),
		Valid: uint32(r.number("valid_lifetime", 32)), SubnetID: uint32(r.number("subnet_id", 32)),
		FQDNForward: r.flag("fqdn_fwd"), FQDNReverse: r.flag("fqdn_rev"),
		Hostname: unescape(r.text("hostname")), UserContext: unescape(r.text("user_context")),
		State: State(r.optional("state", 8)),
	}
	if h.v6 {
		l.Preferred, l.Type = uint32(r.number("pref_lifetime", 32)), Type(r.number("lease_type", 2))
		l.IAID, l.PrefixLength = uint32(r.number("iaid", 32)), uint8(r.number("prefix_len", 8))
	}
	var err error
	if l.Addr, err = netip.ParseAddr(r.text("address")); err != nil || l.Addr.Is4() == h.v6 || l.Addr.Zone() != "" {
		return Lease{}, fmt.Errorf("%.40q is no address of the file's family", r.text("address"))
	}
	expire := r.number("expire", 63)
	switch {
	case expire >= uint64(l.Valid):
		expire -= uint64(l.Valid)
	case l.Valid != Infinite: // some versions write when an endless lease began
		return Lease{}, errors.New("the lease began before the first second of 1970")
	}
	const farthest = 1 << 38 // the year 10680: beyond, times overflow
	if expire > farthest {
		return Lease{}, errors.New("the lease ends beyond all calendars")
	}
	l.Seen = time.Unix(int64(expire), 0).UTC()
	if l.UserContext != "" {
		v, err := conf.ParseValue([]byte(l.UserContext))
		if _, ok := v.(conf.Object); err != nil || !ok {
			return Lease{}, errors.New("user_context is no JSON object")
		}
		l.UserContext = string(conf.Compact(v))
	}
	return l, r.err
}

// unescape undoes Kea's escapes of commas and ampersands: &#x2c and &#x26.
func unescape(s string) string {
	const tag = "&#x"
	if !strings.Contains(s, tag) {
		return s
	}
	var b strings.Builder
	for {
		before, after, found := strings.Cut(s, tag)
		b.WriteString(before)
		if !found {
			return b.String()
		}
		n, err := uint64(0), errors.New("too short")
		if len(after) >= 2 {
			n, err = strconv.ParseUint(after[:2], 16, 8)
		}
		if err != nil {
			b.WriteString(tag)
			s = after
			continue
		}
		b.WriteByte(byte(n))
		s = after[2:]
	}
}
