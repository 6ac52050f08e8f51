package deliver

import (
	"context"
	"fmt"
	"slices"
	"time"

	"halxml/internal/errs"
	"halxml/internal/host"
	"halxml/internal/host/channel"
	"halxml/internal/intake"
	"halxml/internal/kea"
	"halxml/internal/kea/check"
	"halxml/internal/kea/conf"
	"halxml/internal/model"
	"halxml/internal/snapshot"
	"halxml/store"
)

// Kea is what is known of a Kea server besides what is stored: which daemons it
// has and at which sockets they take commands. The zero Kea is a server whose
// daemons are not known.
type Kea struct {
	DHCPv4, DHCPv6   bool
	Socket4, Socket6 string // paths; "" when they are asked elsewhere
	Hooks            string // the folder of Kea's libraries
}

// keaKey is the key of a service's relationship.
func keaKey(s model.ServiceType) string {
	if s == model.DHCPv6 {
		return channel.DHCPv6
	}
	return channel.DHCPv4
}

// kea renders the daemons of a Kea server.
func (r *Renderer) kea(tx store.Tx, s *model.Server) (*Rendering, error) {
	operator, err := r.operator(s)
	if err != nil {
		return nil, err
	}
	known := named(r.Kea, s)
	all := &conf.File{}
	out := &Rendering{Server: *s}
	for _, d := range []struct {
		service  model.ServiceType
		has      bool
		socket   string
		operator *conf.Server
	}{{model.DHCPv4, known.DHCPv4, known.Socket4, operator.Dhcp4}, {model.DHCPv6, known.DHCPv6, known.Socket6, operator.Dhcp6}} {
		snap, err := snapshot.Kea(tx, r.Schema, s, d.service)
		if err != nil {
			return nil, err
		}
		said := d.operator != nil || snap.Settings.Base != nil || speaks(&snap)
		switch {
		case d.has:
		case known.DHCPv4 || known.DHCPv6:
			if said {
				out.Notes = append(out.Notes, fmt.Sprintf("Server %s has no daemon for %s in the configuration of the service; what is stored for it is not delivered", s.Name, d.service))
			}
			continue
		case !said && d.service == model.DHCPv6:
			continue
		}
		snap.Settings.Base = over(snap.Settings.Base, d.operator)
		snap.Settings.HooksFolder = known.Hooks
		if b := snap.Settings.Base; b == nil || b.ControlSocket == nil && len(b.ControlSockets) == 0 {
			snap.Settings.ControlSocket = d.socket
		}
		made, err := kea.Render(snap)
		if err != nil {
			return nil, err
		}
		if d.service == model.DHCPv6 {
			all.Dhcp6 = made.File.Dhcp6
		} else {
			all.Dhcp4 = made.File.Dhcp4
		}
		out.Files = append(out.Files, File{Service: d.service, Text: made.Text})
		for _, n := range made.Notes {
			out.Notes = append(out.Notes, n.Text)
		}
	}
	out.tree, out.Text = keaText{all}, out.Files[0].Text
	if len(out.Files) > 1 {
		out.Text = conf.Print(all)
	}
	return out, nil
}

// speaks reports whether something is stored for the snapshot's service alone.
func speaks(snap *kea.Snapshot) bool {
	v6 := snap.Service == model.DHCPv6
	return slices.ContainsFunc(snap.Scopes, func(s kea.Scope) bool { return s.Range.From.Is6() == v6 }) ||
		slices.ContainsFunc(snap.Relationships, func(r kea.Relationship) bool { return (r.ServiceType == model.DHCPv6) == v6 })
}

// operator is what the operator says of a server's daemons.
func (r *Renderer) operator(s *model.Server) (*conf.File, error) {
	text := r.preamble(s)
	if text == "" {
		return &conf.File{}, nil
	}
	f, err := conf.Parse("preamble", []byte(text), nil)
	if err != nil {
		return nil, errs.Errorf(errs.Invalid, "The preamble of server %s is no configuration of Kea: %s", s.Name, err)
	}
	return f, nil
}

// over puts the operator's keys over those of a configuration; either may be
// nil.
func over(base, operator *conf.Server) *conf.Server {
	if base == nil || operator == nil {
		if base == nil {
			return operator
		}
		return base
	}
	of := func(s *conf.Server) conf.Object {
		v, _ := (&conf.File{Dhcp4: s}).Value().Get("Dhcp4")
		o, _ := v.(conf.Object)
		return o
	}
	all := of(base)
	for _, m := range of(operator) {
		all.Set(m.Key, m.Value)
	}
	f, err := conf.FromValue(conf.Object{{Key: "Dhcp4", Value: all}})
	if err != nil {
		return operator // both were read before, so no key has another type now
	}
	return f.Dhcp4
}

// keaText is the configuration of a Kea server's daemons.
type keaText struct{ *conf.File }

func parseKea(text []byte) language {
	f, err := conf.Parse("configuration", text, nil)
	if err != nil {
		return nil
	}
	return keaText{f}
}

// part is the configuration of one daemon.
type part struct {
	*conf.Server
	key    string
	family int
}

func (c keaText) parts() (all []part) {
	if c.Dhcp4 != nil {
		all = append(all, part{c.Dhcp4, channel.DHCPv4, 4})
	}
	if c.Dhcp6 != nil {
		all = append(all, part{c.Dhcp6, channel.DHCPv6, 6})
	}
	return all
}

// faults are those that Kea or package check would find, and what would cut the
// server off: a daemon without a control socket takes no further commands, one
// without interfaces no clients.
func (c keaText) faults() []string {
	lines := keaErrors(check.File(c.File))
	for _, p := range c.parts() {
		if p.ControlSocket == nil && len(p.ControlSockets) == 0 {
			lines = append(lines, p.key+": there is no control-socket; say it in the server's preamble")
		}
		if p.Interfaces == nil {
			lines = append(lines, p.key+": there is no interfaces-config, so that the server would listen nowhere; say it in the server's preamble, or import its file")
		}
	}
	return lines
}

func (c keaText) misfits(partner language) []string {
	return keaErrors(check.Pair(c.File, partner.(keaText).File))
}

func keaErrors(findings []check.Finding) (lines []string) {
	for _, x := range findings {
		if x.Severity == check.Error {
			lines = append(lines, x.String())
		}
	}
	return lines
}

func (c keaText) peers() map[string]string {
	peers := map[string]string{}
	for _, p := range c.parts() {
		for _, ha := range p.HA() {
			text := ha.Mode
			for _, end := range ha.Peers {
				text += "\n" + end.Name + " " + end.Role + " " + end.URL
			}
			peers[p.key] = text
		}
	}
	return peers
}

func (c keaText) silence(key string) (d time.Duration) {
	for _, p := range c.parts() {
		for _, ha := range p.HA() {
			if p.key == key && ha.MaxResponseDelay != nil {
				d = time.Duration(*ha.MaxResponseDelay) * time.Millisecond
			}
		}
	}
	return d
}

func (c keaText) blank() bool {
	for _, p := range c.parts() {
		subnets, _ := p.AllSubnets(p.family)
		if len(subnets)+len(p.Reservations)+len(p.ClientClasses)+len(p.Options)+len(p.HA()) > 0 {
			return false
		}
	}
	return true
}

// against leaves out the defaults that a running daemon fills in.
func (c keaText) against(live, wanted []byte) (was, is []byte) {
	f, err := conf.Parse("live", live, nil)
	if err != nil {
		return live, wanted
	}
	return conf.Print(kea.Reduced(f, c.File)), conf.Print(c.File)
}

// liveKeaHash is what the channel to a Kea server says of a configuration.
func liveKeaHash(text []byte) host.Hash {
	f, err := conf.Parse("configuration", text, nil)
	if err != nil {
		return ""
	}
	return channel.HashOf(f)
}

// readKea reads configurations of Kea's daemons.
func (t *texts) readKea() (*intake.Intake, error) {
	var sources []kea.Source
	for n, text := range t.all {
		f, err := conf.Parse(t.servers[n].Name, text, nil)
		if err != nil {
			return nil, errs.Errorf(errs.Invalid, "%s", err)
		}
		sources = append(sources, kea.Source{Server: t.servers[n].Name, Name: t.servers[n].Name, File: f})
	}
	return kea.ReadRunning(sources), nil
}

// changedKea is a live configuration without the defaults that the daemons fill
// in, as far as they can be told: ran is what they said of themselves when they
// ran with what was wanted of them, nil when nobody knows.
func changedKea(live, wanted, ran []byte) []byte {
	var files [3]*conf.File
	for i, text := range [][]byte{live, wanted, ran} {
		f, err := conf.Parse("configuration", text, nil)
		if err != nil {
			f = nil
		}
		files[i] = f
	}
	switch {
	case files[0] == nil || files[1] == nil:
		return live
	case files[2] == nil:
		return conf.Print(kea.Reduced(files[0], files[1]))
	}
	return conf.Print(kea.Changed(files[0], files[1], files[2]))
}

// remember keeps what Kea servers say that they run with while that is what was
// delivered: a change by somebody else can be told from it.
func (d *Deliverer) remember(ctx context.Context) {
	for _, t := range d.targets {
		s, seen := d.stateOf(t)
		if t.reloader() == nil || !t.active() || !seen || !s.Running || !s.Reachable || t.record.Live == "" || string(s.Config) != t.record.Live || t.ranAs == s.Config {
			continue
		}
		if text, ok, err := t.Host.Live(ctx); err == nil && ok && liveKeaHash(text) == s.Config {
			t.ran, t.ranAs = text, s.Config
		}
	}
}
