package leases

import (
	"io"
	"iter"
	"net/netip"
	"slices"
	"strconv"
	"strings"
	"time"
)

// File is what a lease file says in the end.
type File struct {
	// Leases holds the last record of each address.
	Leases map[netip.Addr]Lease
	// Peers holds the last state of each failover relationship by name.
	Peers map[string]Peer
	// Truncated is set when the file ends inside a record, which was left out.
	Truncated bool
}

// Read reads a whole lease file. Any other file is refused, lest all leases be taken for gone: the first record is one of those
// that dhcpd writes. Later ones may be unknown, as they are to dhcpd.
func Read(r io.Reader) (*File, error) {
	f := &File{Leases: map[netip.Addr]Lease{}, Peers: map[string]Peer{}}
	for entry, err := range entries(&parser{scanner: newScanner(r), first: true}) {
		switch {
		case err == ErrTruncated:
			f.Truncated = true
		case err != nil:
			return nil, err
		case entry.Lease != nil:
			f.Leases[entry.Lease.Addr] = *entry.Lease
		default:
			f.Peers[entry.Peer.Name] = *entry.Peer
		}
	}
	return f, nil
}

// Entry is one record of the log: a Lease or a Peer.
type Entry struct {
	Line  int // where the record begins
	Lease *Lease
	Peer  *Peer
}

// Entries reads the log record by record, oldest first, in constant memory. Other records (hosts, IPv6 leases …) are
// passed over. The last pair may hold an error: ErrTruncated, an *Error, or what r returned.
func Entries(r io.Reader) iter.Seq2[Entry, error] { return entries(&parser{scanner: newScanner(r)}) }

func entries(p *parser) iter.Seq2[Entry, error] {
	return func(yield func(Entry, error) bool) {
		for {
			entry, err := p.entry()
			if err == io.EOF {
				return
			}
			if !yield(entry, err) || err != nil {
				return
			}
		}
	}
}

type parser struct {
	*scanner
	first bool // the next record tells whether this is a lease file
}

// records are the first words of those that dhcpd writes.
var records = []string{"lease", "failover", "host", "group", "class", "subclass", "authoring-byte-order", "server-duid", "ia-na", "ia-ta", "ia-pd"}

// entry reads up to the end of the next record of interest. io.EOF means that there is none.
func (p *parser) entry() (Entry, error) {
	for {
		if err := p.next(); err != nil {
			return Entry{}, err
		}
		if p.kind == kindEnd && p.cut {
			return Entry{}, ErrTruncated
		}
		if p.kind == kindEnd {
			return Entry{}, io.EOF
		}
		if p.kind != kindWord {
			return Entry{}, p.errorf("a record is expected, found '%s'", p.text)
		}
		if p.first && !slices.Contains(records, p.text) {
			return Entry{}, p.errorf("a record is expected, found '%s'", p.text)
		}
		p.first = false
		entry := Entry{Line: p.line}
		var err error
		switch p.text {
		case "lease":
			entry.Lease, err = p.lease()
		case "failover":
			entry.Peer, err = p.peer()
		default:
			err = p.skipStatement()
		}
		if err != nil {
			return Entry{}, err
		}
		if entry.Lease != nil || entry.Peer != nil {
			return entry, nil
		}
	}
}

// must moves to the next token inside a record, where the file cannot end.
func (p *parser) must() error {
	if err := p.next(); err != nil {
		return err
	}
	if p.kind == kindEnd {
		return ErrTruncated
	}
	return nil
}

func (p *parser) isPunct(c string) bool { return p.kind == kindPunct && p.text == c }

// punct takes a brace or semicolon.
func (p *parser) punct(c string) error {
	if err := p.must(); err != nil {
		return err
	}
	if !p.isPunct(c) {
		return p.errorf("'%s' is expected, found '%s'", c, p.text)
	}
	return nil
}

// keyword takes that word.
func (p *parser) keyword(word string) error {
	if err := p.must(); err != nil {
		return err
	}
	if p.kind != kindWord || p.text != word {
		return p.errorf("'%s' is expected, found '%s'", word, p.text)
	}
	return nil
}

// value takes one word or string and the semicolon after it.
func (p *parser) value() (string, error) {
	if err := p.must(); err != nil {
		return "", err
	}
	if p.kind == kindPunct {
		return "", p.errorf("a value is expected, found '%s'", p.text)
	}
	v := p.text
	return v, p.punct(";")
}

// skipStatement passes the rest of a statement whose first word was just read: up to a semicolon, or to the brace that
// closes its block.
func (p *parser) skipStatement() error {
	for depth := 0; ; {
		if err := p.must(); err != nil {
			return err
		}
		switch {
		case p.isPunct("{"):
			depth++
		case p.isPunct("}"):
			if depth--; depth < 0 {
				return p.errorf("'}' closes nothing here")
			}
			if depth == 0 {
				return nil
			}
		case p.isPunct(";") && depth == 0:
			return nil
		}
	}
}

func (p *parser) lease() (*Lease, error) {
	if err := p.must(); err != nil {
		return nil, err
	}
	addr, err := netip.ParseAddr(p.text)
	if err != nil || !addr.Is4() {
		return nil, p.errorf("an IPv4 address is expected, found '%s'", p.text)
	}
	l := &Lease{Addr: addr}
	if err := p.punct("{"); err != nil {
		return nil, err
	}
	for {
		if err := p.must(); err != nil {
			return nil, err
		}
		if p.isPunct("}") {
			return l, nil
		}
		if p.kind != kindWord {
			return nil, p.errorf("a statement of the lease is expected, found '%s'", p.text)
		}
		if err := p.leaseStatement(l); err != nil {
			return nil, err
		}
	}
}

func (p *parser) leaseStatement(l *Lease) (err error) {
	switch p.text {
	case "starts":
		l.Starts, err = p.moment()
	case "ends":
		l.Ends, err = p.moment()
	case "tstp":
		l.TSTP, err = p.moment()
	case "tsfp":
		l.TSFP, err = p.moment()
	case "atsfp":
		l.ATSFP, err = p.moment()
	case "cltt":
		l.CLTT, err = p.moment()
	case "binding":
		l.State, err = p.state()
	case "next":
		if err = p.keyword("binding"); err == nil {
			l.Next, err = p.state()
		}
	case "rewind":
		if err = p.keyword("binding"); err == nil {
			l.Rewind, err = p.state()
		}
	case "hardware":
		if err = p.must(); err == nil {
			l.HardwareType = p.text
			l.Hardware, err = p.value()
		}
	case "uid":
		l.UID, err = p.uid()
	case "client-hostname":
		l.Hostname, err = p.value()
	case "reserved":
		l.Reserved, err = true, p.punct(";")
	case "bootp", "dynamic-bootp":
		l.BOOTP, err = true, p.punct(";")
	case "abandoned": // as version 3 wrote it
		l.State, err = Abandoned, p.punct(";")
	default:
		err = p.skipStatement()
	}
	return err
}

func (p *parser) state() (State, error) {
	if err := p.keyword("state"); err != nil {
		return "", err
	}
	v, err := p.value()
	return State(v), err
}

// uid reads a client identifier, a string or hexadecimal bytes with colons between.
func (p *parser) uid() ([]byte, error) {
	if err := p.must(); err != nil {
		return nil, err
	}
	id := []byte(p.text)
	switch p.kind {
	case kindPunct:
		return nil, p.errorf("a client identifier is expected, found '%s'", p.text)
	case kindWord:
		id = id[:0]
		for part := range strings.SplitSeq(p.text, ":") {
			b, err := strconv.ParseUint(part, 16, 8)
			if err != nil {
				return nil, p.errorf("'%s' is no client identifier", p.text)
			}
			id = append(id, byte(b))
		}
	}
	return id, p.punct(";")
}

func (p *parser) peer() (*Peer, error) {
	if err := p.keyword("peer"); err != nil {
		return nil, err
	}
	if err := p.must(); err != nil {
		return nil, err
	}
	if p.kind == kindPunct {
		return nil, p.errorf("the name of a failover peer is expected, found '%s'", p.text)
	}
	peer := &Peer{Name: p.text}
	if err := p.keyword("state"); err != nil {
		return nil, err
	}
	if err := p.punct("{"); err != nil {
		return nil, err
	}
	for {
		if err := p.must(); err != nil {
			return nil, err
		}
		if p.isPunct("}") {
			return peer, nil
		}
		var err error
		switch {
		case p.kind != kindWord:
			err = p.errorf("a statement of the peer is expected, found '%s'", p.text)
		case p.text == "my":
			peer.State, peer.Since, err = p.peerState()
		case p.text == "partner":
			peer.PartnerState, peer.PartnerSince, err = p.peerState()
		case p.text == "mclt":
			peer.MCLT, err = p.seconds()
		default:
			err = p.skipStatement()
		}
		if err != nil {
			return nil, err
		}
	}
}

// peerState reads `state NAME;` or `state NAME at TIME;`.
func (p *parser) peerState() (state string, since Moment, err error) {
	if err := p.keyword("state"); err != nil {
		return "", Moment{}, err
	}
	if err := p.must(); err != nil {
		return "", Moment{}, err
	}
	if p.kind != kindWord {
		return "", Moment{}, p.errorf("a failover state is expected, found '%s'", p.text)
	}
	state = p.text
	if err := p.must(); err != nil {
		return "", Moment{}, err
	}
	switch {
	case p.isPunct(";"):
		return state, Moment{}, nil
	case p.kind == kindWord && p.text == "at":
		since, err = p.moment()
		return state, since, err
	}
	return "", Moment{}, p.errorf("'at' is expected, found '%s'", p.text)
}

func (p *parser) seconds() (time.Duration, error) {
	v, err := p.value()
	if err != nil {
		return 0, err
	}
	n, err := strconv.ParseUint(v, 10, 32)
	if err != nil {
		return 0, p.errorf("a number of seconds is expected, found '%s'", v)
	}
	return time.Duration(n) * time.Second, nil
}

// moment reads `never;`, `epoch N;` or `WEEKDAY YYYY/MM/DD HH:MM:SS;`, the last in UTC (dhcpd.leases(5)).
func (p *parser) moment() (Moment, error) {
	var words [3]string
	n := 0
	for {
		if err := p.must(); err != nil {
			return Moment{}, err
		}
		if p.isPunct(";") {
			break
		}
		if p.kind != kindWord || n == len(words) {
			return Moment{}, p.errorf("';' is expected after a time, found '%s'", p.text)
		}
		words[n] = p.text
		n++
	}
	switch {
	case n == 1 && words[0] == "never":
		return Moment{Never: true}, nil
	case n == 2 && words[0] == "epoch":
		if seconds, err := strconv.ParseInt(words[1], 10, 64); err == nil {
			return Moment{Time: time.Unix(seconds, 0).UTC()}, nil
		}
	case n == 3:
		if t, err := time.Parse("2006/1/2 15:4:5", words[1]+" "+words[2]); err == nil {
			return Moment{Time: t}, nil
		}
	}
	return Moment{}, p.errorf("'%s' is no time", strings.Join(words[:n], " "))
}
