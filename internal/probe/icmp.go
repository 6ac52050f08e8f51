package probe

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"net"
	"net/netip"
	"os"
	"syscall"
	"time"

	"golang.org/x/net/icmp"
	"golang.org/x/net/ipv4"
	"golang.org/x/net/ipv6"
)

// family is what differs between ICMP and ICMPv6.
type family struct {
	datagram, raw  string // networks: for anybody that the system lets, and for the privileged
	any            string
	request, reply icmp.Type
	protocol       int // of the messages, as IANA numbers it
}

func familyOf(host netip.Addr) family {
	if host.Is4() {
		return family{"udp4", "ip4:icmp", "0.0.0.0", ipv4.ICMPTypeEcho, ipv4.ICMPTypeEchoReply, 1}
	}
	return family{"udp6", "ip6:ipv6-icmp", "::", ipv6.ICMPTypeEchoRequest, ipv6.ICMPTypeEchoReply, 58}
}

// open opens a socket for echo requests, and says how a host is addressed on it.
func (f family) open(host netip.Addr) (*icmp.PacketConn, net.Addr, error) {
	if conn, err := icmp.ListenPacket(f.datagram, f.any); err == nil {
		return conn, &net.UDPAddr{IP: host.AsSlice()}, nil
	}
	conn, err := icmp.ListenPacket(f.raw, f.any)
	if err != nil {
		return nil, nil, fmt.Errorf("%w: %w", ErrNotPermitted, err)
	}
	return conn, &net.IPAddr{IP: host.AsSlice()}, nil
}

// echo sends echo requests: one, and another after half of the time that ctx
// leaves, for the first is lost where a router must look for the host.
func (p *Prober) echo(ctx context.Context, host netip.Addr) (alive bool, took time.Duration, err error) {
	f := familyOf(host)
	conn, to, err := f.open(host)
	if err != nil {
		return false, 0, err
	}
	defer conn.Close()
	stop := context.AfterFunc(ctx, func() { _ = conn.SetDeadline(time.Unix(1, 0)) })
	defer stop()
	nonce := make([]byte, 24)
	if _, err := io.ReadFull(p.o.Rand, nonce); err != nil {
		return false, 0, err
	}
	id := int(binary.BigEndian.Uint16(nonce))
	var sent [2]time.Time
	for seq := 0; seq < len(sent) && ctx.Err() == nil; seq++ {
		m := icmp.Message{Type: f.request, Body: &icmp.Echo{ID: id, Seq: seq, Data: nonce}}
		b, err := m.Marshal(nil) // the system fills in ICMPv6's checksum
		if err != nil {
			return false, 0, err
		}
		sent[seq] = time.Now()
		if _, err := conn.WriteTo(b, to); err != nil {
			if absent(err) {
				err = nil
			}
			return false, 0, err
		}
		if err := conn.SetReadDeadline(sent[seq].Add(p.o.Limit / 2)); err != nil {
			return false, 0, err
		}
		if ctx.Err() != nil { // it ended before this deadline was set
			break
		}
		of, err := f.await(conn, host, nonce, seq)
		if err == nil {
			return true, time.Since(sent[of]), nil
		}
		if !errors.Is(err, os.ErrDeadlineExceeded) {
			return false, 0, err
		}
	}
	return false, 0, nil
}

// await reads until the reply to a request comes, to none after the last. It
// tells which it is.
func (f family) await(conn *icmp.PacketConn, host netip.Addr, nonce []byte, last int) (seq int, err error) {
	b := make([]byte, 1500)
	for {
		n, from, err := conn.ReadFrom(b)
		if err != nil {
			return 0, err
		}
		m, err := icmp.ParseMessage(f.protocol, b[:n])
		if err != nil || m.Type != f.reply || addrOf(from) != host {
			continue
		}
		if echo, ok := m.Body.(*icmp.Echo); ok && bytes.Equal(echo.Data, nonce) && echo.Seq <= last {
			return echo.Seq, nil
		}
	}
}

func addrOf(a net.Addr) netip.Addr {
	var ip net.IP
	switch a := a.(type) {
	case *net.UDPAddr:
		ip = a.IP
	case *net.IPAddr:
		ip = a.IP
	}
	addr, _ := netip.AddrFromSlice(ip)
	return addr.Unmap()
}

// absent reports an error that says of the host itself that it is not there.
func absent(err error) bool {
	return errors.Is(err, syscall.EHOSTUNREACH) || errors.Is(err, syscall.EHOSTDOWN)
}
