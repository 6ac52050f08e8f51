package deliver

import (
	"errors"
	"slices"

	"halxml/internal/dhcpd"
	"halxml/internal/dhcpd/conf"
	"halxml/internal/errs"
	"halxml/internal/host"
	"halxml/internal/intake"
	"halxml/internal/model"
	"halxml/store"
)

// texts are configurations of one kind of server, to be read together: those
// that are to be adopted, then those of their partners.
type texts struct {
	kind    model.ServerKind
	servers []*model.Server
	all     [][]byte
}

// rendered is what the service would deliver to servers that are to be adopted
// and to their partners; bare is without what the former say in their language.
func (d *Deliverer) rendered(tx store.Tx, asked []*found, bare bool) (*texts, error) {
	out := &texts{kind: asked[0].server.Kind}
	seen := map[model.ID]bool{}
	add := func(id model.ID) error {
		if seen[id] {
			return nil
		}
		seen[id] = true
		s, err := d.o.Schema.Servers.Get(tx, id)
		out.servers = append(out.servers, s)
		return err
	}
	for _, f := range asked {
		if f.server.Kind.IsKea() != out.kind.IsKea() {
			return nil, errs.Errorf(errs.Invalid, "servers: %s and %s are of different types; adopt them one by one", asked[0].server.Name, f.server.Name)
		}
		if err := add(f.server.ID); err != nil {
			return nil, err
		}
	}
	for _, f := range asked {
		for r, err := range d.o.Schema.RelationshipsByServer.Begin(tx, store.Key{}.ID(f.server.ID)) {
			if err == nil {
				err = add(r.Partner(f.server.ID))
			}
			if err != nil {
				return nil, err
			}
		}
	}
	for n, s := range out.servers {
		r := *d.renderer
		r.bare = bare && n < len(asked)
		made, err := r.Server(tx, s)
		if err != nil {
			return nil, err
		}
		out.all = append(out.all, made.Text)
	}
	return out, nil
}

// with are the same texts, but others for the servers that are to be adopted.
func (t *texts) with(asked []*found, text func(*found) []byte) *texts {
	out := *t
	out.all = slices.Clone(t.all)
	for n, f := range asked {
		if other := text(f); other != nil {
			out.all[n] = other
		}
	}
	return &out
}

// read reads the texts. Includes of the servers that are to be adopted must be
// among those known, if that is given: what others include cannot be read here.
func (t *texts) read(known []map[string]bool) (*intake.Intake, error) {
	if t.kind.IsKea() {
		return t.readKea()
	}
	sources := make([]dhcpd.Source, len(t.all))
	var unknown []intake.Finding
	for n, text := range t.all {
		f, err := conf.Parse(t.servers[n].Name+" dhcpd.conf", text, nil)
		if syntax := (*conf.SyntaxError)(nil); errors.As(err, &syntax) {
			return nil, errs.Errorf(errs.Invalid, "%s", syntax)
		}
		if err != nil {
			return nil, err
		}
		if n < len(known) {
			for s := range f.All() {
				if i, ok := s.(*conf.Include); ok && !known[n][i.Path] {
					unknown = append(unknown, intake.Finding{Kind: intake.Refused, Place: intake.Place{File: i.Pos.File, Line: i.Pos.Line},
						Text: "the file " + i.Path + " is included, which the service cannot read; put its statements in the place of the include"})
				}
			}
		}
		sources[n] = dhcpd.Source{Server: t.servers[n].Name, File: f}
	}
	in := dhcpd.Read(sources)
	in.Findings = append(in.Findings, unknown...)
	return in, nil
}

// includes are the files that texts include, those to be adopted alone.
func (t *texts) includes(count int) (out []map[string]bool) {
	for _, text := range t.all[:count] {
		files := map[string]bool{}
		out = append(out, files)
		if t.kind.IsKea() {
			continue
		}
		f, err := conf.Parse("dhcpd.conf", text, nil)
		if err != nil {
			continue // read tells
		}
		for s := range f.All() {
			if i, ok := s.(*conf.Include); ok {
				files[i.Path] = true
			}
		}
	}
	return out
}

// readings reads all that is to be compared.
func (d *Deliverer) readings(tx store.Tx, asked []*found, replace bool) (*intake.Readings, error) {
	kept, err := d.rendered(tx, asked, false)
	if err != nil {
		return nil, err
	}
	made, err := d.rendered(tx, asked, true)
	if err != nil {
		return nil, err
	}
	known := kept.includes(len(asked))
	wanted := slices.Clone(kept.all)
	live := func(f *found) []byte {
		if !f.server.Kind.IsKea() {
			return f.text
		}
		if f.base != nil {
			return changedKea(f.text, f.base, f.ran)
		}
		n := slices.Index(asked, f)
		return changedKea(f.text, wanted[n], nil)
	}
	out := &intake.Readings{}
	for _, r := range []struct {
		to    **intake.Intake
		from  *texts
		known []map[string]bool
	}{
		{&out.Now, kept.with(asked, live), known},
		{&out.Kept, kept, nil},
		{&out.Made, made, nil},
		{&out.Base, kept.with(asked, func(f *found) []byte { return f.base }), nil},
	} {
		if *r.to, err = r.from.read(r.known); err != nil {
			return nil, err
		}
	}
	if out.Now.Refusals() > 0 {
		return out, nil
	}
	for n, f := range asked {
		if f.base != nil {
			continue
		}
		base, now := out.Base.Servers[n], out.Now.Servers[n]
		d.withoutPreamble(f, base, now)
		lost := intake.Without(out.Base.Facts(base), out.Now.Facts(now))
		if len(lost) > 0 && !replace {
			return nil, errs.Errorf(errs.Conflict, "It is not known what was last delivered to server %s, and the service keeps what the server's configuration does not say (%s): "+
				"adopting it would undo that. halxml adopt --replace does, halxml deploy --overwrite keeps what the service has", f.server.Name, lost[0].Text)
		}
	}
	return out, nil
}

// withoutPreamble takes out of what is taken for delivered what the operator's
// preamble says and the server's configuration does not: it was never there.
func (d *Deliverer) withoutPreamble(f *found, base, now *intake.Server) {
	text := d.renderer.preamble(f.server)
	if text == "" || f.server.Kind.IsKea() {
		return
	}
	file, err := conf.Parse("preamble", []byte(text), nil)
	if err != nil {
		return
	}
	said := dhcpd.Read([]dhcpd.Source{{Server: f.server.Name, File: file}}).Servers[0]
	base.Begin = intake.Subtract(base.Begin, intake.Subtract(said.Begin, now.Begin))
	base.Options = slices.DeleteFunc(base.Options, func(o model.Option) bool {
		return slices.Contains(said.Options, o) && !slices.Contains(now.Options, o)
	})
	for _, p := range intake.MatchScopes(said.Scopes, now.Scopes) {
		if p.Now == nil {
			base.Scopes = slices.DeleteFunc(base.Scopes, func(s *intake.Scope) bool {
				return s.Prefix == p.Was.Prefix && len(s.Pools)+len(s.Hosts)+len(s.Options) == 0
			})
		}
	}
}

// liveHash is what a host's state says when a text is live.
func liveHash(kind model.ServerKind, text []byte) host.Hash {
	if kind.IsKea() {
		return liveKeaHash(text)
	}
	return host.HashOf(text)
}
