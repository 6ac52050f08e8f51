package dhcpd

import (
	"net/netip"
	"slices"
	"strings"

	"halxml/internal/dhcpd/conf"
	"halxml/internal/intake"
	"halxml/internal/model"
)

// host reads a host statement. One that is not known by one Ethernet address or client identifier, or whose address is a
// name, stays as it is.
func (r *reader) host(h *conf.Host, to *[]*intake.Host, fallback *intake.Statements) {
	list, tail := flat(&h.Block)
	h.Block = conf.Block{Statements: list, Tail: tail}
	out := &intake.Host{}
	out.Name, out.Type = h.Name, model.ReserveBoth
	words, ok := r.hostWords(out, list)
	if !ok {
		r.keep(fallback, h)
		return
	}
	out.Place = r.at(h)
	out.Verbatim = text(h)
	r.comments(&out.Statements, &h.Meta)
	options := r.options(list)
	for _, st := range list {
		option, isOption := st.(*conf.Option)
		switch {
		case words[st]:
			r.comments(&out.Statements, st.Place())
		case isOption:
			r.option(option, options, &out.Options, &out.Statements)
		default:
			r.keep(&out.Statements, st)
		}
	}
	r.comment(&out.Statements, tail)
	*to = append(*to, out)
	r.in.Note(intake.Taken, out.Place, "host "+h.Name)
}

// hostWords takes the statements of a host that are fields of a reservation.
func (r *reader) hostWords(out *intake.Host, list []conf.Statement) (words map[conf.Statement]bool, ok bool) {
	words = map[conf.Statement]bool{}
	var hardware *conf.Hardware
	var identifier *conf.Option
	var fixed *conf.FixedAddress
	fields := map[string]*string{"ddns-hostname": &out.DDNSHostName, "filename": &out.Filename, "server-name": &out.ServerName}
	for _, st := range list {
		switch s := st.(type) {
		case *conf.Hardware:
			if hardware != nil || s.Type != "ethernet" {
				return nil, false
			}
			hardware = s
		case *conf.Option:
			if strings.EqualFold(s.Name, "dhcp-client-identifier") {
				if identifier != nil {
					return nil, false
				}
				identifier = s
			}
		case *conf.FixedAddress:
			if fixed != nil {
				return nil, false
			}
			fixed = s
			if out.Addresses, ok = ipv4s(s.Addresses); !ok {
				return nil, false
			}
			words[st] = true
		case *conf.Parameter:
			if once(list, s.Name) && r.hostParameter(s, fields, out) {
				words[st] = true
			}
		}
	}
	switch {
	case hardware != nil:
		mac, ok := hardware.MAC()
		if n := (len(mac) + 1) / 3; !ok || n < 6 || n > 20 {
			return nil, false
		}
		out.Client, out.Method = mac, model.ByHardwareAddress
		words[hardware] = true
	case identifier != nil:
		if out.Client, ok = clientIdentifier(identifier.Value); !ok {
			return nil, false
		}
		out.Method = model.ByClientIdentifier
		words[identifier] = true
	default:
		return nil, false
	}
	return words, true
}

// once reports whether a parameter is set at one place of a block only, outside conditions too.
func once(list []conf.Statement, name string) bool {
	n := 0
	for _, st := range list {
		switch s := st.(type) {
		case *conf.Parameter:
			if s.Name == name {
				n++
			}
		case *conf.Opaque:
			if strings.Contains(strings.ToLower(s.Text), name) {
				return false
			}
		}
	}
	return n == 1
}

// hostParameter takes a parameter that is a field of a reservation, if Render writes it back alike.
func (r *reader) hostParameter(s *conf.Parameter, fields map[string]*string, out *intake.Host) bool {
	if s.Name == "next-server" {
		a, err := netip.ParseAddr(s.Value)
		if err == nil && a.Is4() || hostName(s.Value) && strings.Trim(s.Value, "0123456789.") != "" {
			out.NextServer = s.Value
			return true
		}
		return false
	}
	field := fields[s.Name]
	if field == nil {
		return false
	}
	value, ok := quotedText(s.Value)
	most := map[string]int{"filename": 127, "server-name": 63, "ddns-hostname": 253}[s.Name]
	if !ok || value == "" || len(value) > most || s.Name == "ddns-hostname" && !hostName(strings.TrimSuffix(value, ".")) {
		return false
	}
	*field = value
	return true
}

// quotedText reads a text that is one quoted string and that the API can show; Quote writes it back.
func quotedText(text string) (string, bool) {
	if len(text) < 2 || text[0] != '"' || text[len(text)-1] != '"' {
		return "", false
	}
	value := conf.Unquote(text[1 : len(text)-1])
	if conf.Quote(value) != text || !plain(value) || strings.TrimSpace(value) != value {
		return "", false
	}
	return value, true
}

// clientIdentifier reads the identifier of a host into the form in which it is kept.
func clientIdentifier(text string) (string, bool) {
	if value, ok := quotedText(text); ok {
		return value, value != "" && len(value) <= 255 && !octets.MatchString(strings.ToLower(strings.ReplaceAll(value, "-", ":")))
	}
	parts := strings.Split(strings.ToLower(text), ":")
	for i, p := range parts {
		if len(p) == 1 {
			parts[i] = "0" + p
		}
	}
	value := strings.Join(parts, ":")
	return value, octets.MatchString(value) && len(value) <= 255
}

// peer keeps a peer declaration that is no relationship of the intake; the others were read when the files were joined.
func (r *reader) peer(p *conf.FailoverPeer) {
	if !r.peers[p.Name] {
		r.keep(&r.server.Begin, p)
	}
}

// definition keeps the declaration of an option, unless it is one of the server's definitions.
func (r *reader) definition(s *conf.OptionDefinition) {
	if slices.Contains(r.names.taken, s) {
		at := r.at(s)
		r.in.Note(intake.Taken, at, "definition of option "+s.Name)
		r.comment(&r.server.Begin, slices.Concat(own(s.Comments), trailing(&s.Meta)))
		return
	}
	r.keep(&r.server.Begin, s)
}
