package command

import (
	"errors"
	"maps"
	"slices"
	"strings"

	"halxml/internal/intake"
	"halxml/internal/model"
	"halxml/store"
)

// passageKey tells places apart, as the store does.
type passageKey struct {
	owner model.Ref
	part  model.StatementsPart
	name  string // of a shared network
}

// passage is a place for statements in the server's own language.
type passage struct {
	intake.Block
	passageKey
	title string // for history
	at    intake.Place
	// Whole objects that stand in the place verbatim, since the rules refuse them:
	// those that do, and what is done to them. file is where they stand in the file.
	verbatim, file intake.Statements
	gone, came     intake.Statements
	// pool is the pool whose place it is, whose name is a comment in it.
	pool *model.Pool
}

// place is the passage of an owner, which is read when it is first asked for.
func (a *adopter) place(owner model.Ref, part model.StatementsPart, name string, read func() *passage) *passage {
	key := passageKey{owner, part, name}
	if b := a.known[key]; b != nil {
		return b
	}
	b := read()
	b.passageKey = key
	a.known[key], a.blocks = b, append(a.blocks, b)
	return b
}

// standing are objects as they stand in a file, but those that made has too:
// they are objects of the service, whatever else is said of them.
func standing(hosts []*intake.Held, pools []*intake.PoolRange, in *intake.Scope, made *reading) (out intake.Statements) {
	for _, h := range hosts {
		if h.Verbatim != "" && (made == nil || made.host(h) == nil) {
			out.Add(h.Order, h.Verbatim)
		}
	}
	for _, p := range pools {
		if p.Verbatim != "" && p.N == 0 && (made == nil || made.pool(in, p) == nil) {
			out.Add(p.Order, p.Verbatim)
		}
	}
	return out
}

// scopeBlock is the place of a scope's statements.
func (a *adopter) scopeBlock(s *model.Scope, in *intake.Scope) *passage {
	return a.place(s.Ref(), model.BeginPart, "", func() *passage {
		b := &passage{title: "DHCP scope " + s.Name, at: in.Place}
		part := func(r *reading, to *intake.Statements, made *reading) intake.Statements {
			of := r.scope(in)
			if of == nil {
				return nil
			}
			*to = of.Statements
			return standing(intake.HeldBy(of.Hosts, of, nil), intake.Ranges(of.Pools), of, made)
		}
		part(a.base, &b.Base, nil)
		b.file = part(a.now, &b.Now, nil)
		b.verbatim = part(a.kept, &b.Kept, a.made)
		part(a.made, &b.Made, nil)
		return b
	})
}

// groupBlock is the place of a group's statements.
func (a *adopter) groupBlock(g *model.Group, at intake.Place) *passage {
	return a.place(g.Ref(), model.BeginPart, "", func() *passage {
		b := &passage{title: "DHCP group " + g.Name, at: at}
		part := func(r *reading, to *intake.Statements, made *reading) intake.Statements {
			of := r.groups[model.FoldName(g.Name)]
			if of == nil {
				return nil
			}
			*to = of.Statements
			return standing(intake.HeldBy(of.Hosts, nil, of.Group), nil, nil, made)
		}
		part(a.base, &b.Base, nil)
		b.file = part(a.now, &b.Now, nil)
		b.verbatim = part(a.kept, &b.Kept, a.made)
		part(a.made, &b.Made, nil)
		return b
	})
}

// endBlock is the place behind the server's networks.
func (a *adopter) endBlock() *passage {
	return a.place(a.server.Ref(), model.EndPart, "", func() *passage {
		return &passage{
			Block: intake.Block{Base: a.base.End, Now: a.now.End, Kept: a.kept.End, Made: a.made.End},
			title: "DHCP server " + a.server.Name, at: a.now.Place, file: standing(intake.HeldBy(a.now.Hosts, nil, nil), nil, nil, nil),
			verbatim: standing(intake.HeldBy(a.kept.Hosts, nil, nil), nil, nil, a.made),
		}
	})
}

// whole takes what is said of the server as a whole.
func (a *adopter) whole() error {
	a.endBlock()
	a.place(a.server.Ref(), model.BeginPart, "", func() *passage {
		return &passage{
			Block: intake.Block{Base: a.base.Begin, Now: a.now.Begin, Kept: a.kept.Begin, Made: a.made.Begin},
			title: "DHCP server " + a.server.Name, at: a.now.Place,
		}
	})
	for _, r := range []*reading{a.base, a.now} {
		for _, name := range slices.Sorted(maps.Keys(r.Networks)) {
			a.place(a.server.Ref(), model.SharedNetworkPart, name, func() *passage {
				of := func(r *reading) intake.Statements {
					if n := r.Networks[name]; n != nil {
						return *n
					}
					return nil
				}
				return &passage{Block: intake.Block{Base: of(a.base), Now: of(a.now), Kept: of(a.kept), Made: of(a.made)}, title: "shared network " + name, at: a.now.Place}
			})
		}
	}
	return a.optionsChanged(a.server.Ref(), a.now.Place, a.base.Options, a.now.Options)
}

// flush stores the statements of all places that were changed.
func (a *adopter) flush() error {
	for _, b := range a.blocks {
		edit := b.Edit()
		edit.Gone, edit.Came = append(edit.Gone, b.gone...), append(edit.Came, b.came...)
		if len(edit.Gone)+len(edit.Came) == 0 && !b.Moved() {
			continue
		}
		own, order := b.Own(), slices.Clone(b.Now)
		for _, s := range b.verbatim {
			own.Add(s.Order, s.Text)
		}
		for _, s := range b.file {
			order.Add(s.Order, s.Text)
		}
		out, lost := edit.Apply(own, order)
		if err := a.generated(b, lost, &out); err != nil {
			return err
		}
		a.tell(b, edit, out)
		if slices.EqualFunc(own, out, func(x, y intake.Statement) bool { return x.Text == y.Text }) {
			continue
		}
		if err := a.storeStatements(b, out); err != nil {
			return err
		}
	}
	return nil
}

// tell says what became of the statements of a place.
func (a *adopter) tell(b *passage, edit intake.Edit, out intake.Statements) {
	for _, s := range edit.Came {
		if !slices.ContainsFunc(out, func(o intake.Statement) bool { return o.Text == s.Text }) || slices.ContainsFunc(b.came, func(o intake.Statement) bool { return o == s }) {
			continue // taken as something else, or told already
		}
		at, ok := a.lines[s.Order]
		if !ok {
			at = b.at
		}
		a.found.Note(intake.Kept, at, b.title+": "+firstLine(s.Text))
	}
	for _, s := range edit.Gone {
		a.found.Note(intake.Kept, a.gone(), b.title+": removed: "+firstLine(s.Text))
	}
}

// firstLine is how a statement begins, without its comments.
func firstLine(text string) string {
	line, rest, _ := strings.Cut(text, "\n")
	for strings.HasPrefix(line, "#") && rest != "" {
		line, rest, _ = strings.Cut(rest, "\n")
	}
	if rest != "" {
		line += " …"
	}
	return line
}

// storeStatements stores the statements of a place in their new form.
func (a *adopter) storeStatements(b *passage, out intake.Statements) error {
	known, err := a.schema.StatementsByOwner.First(a.tx, store.RefKey(b.owner).ID(a.server.ID).ID(model.ID(b.part)).Text(b.name))
	switch {
	case err != nil && !errors.Is(err, store.ErrNotFound):
		return err
	case err != nil && len(out) == 0:
		return nil
	case err != nil:
		err = a.schema.Statements.Insert(a.tx, &model.Statements{ServerID: a.server.ID, Owner: b.owner, Part: b.part, Name: b.name, Text: out.Text()})
	case len(out) == 0:
		err = a.schema.Statements.Delete(a.tx, known.ID)
	default:
		known.Text = out.Text()
		err = a.schema.Statements.Update(a.tx, known)
	}
	if err != nil {
		return err
	}
	a.touch(a.server.ID)
	return a.record(model.Modification, a.server.Ref(), a.server.Name, "Statements of %s in the language of its server adopted, %s", b.title, count(len(out), "statement"))
}

// leaseTimes are what the option of the lease time is written as.
var leaseTimes = [...]string{"default-lease-time ", "max-lease-time "}

// leaseTime is that option.
const leaseTime = 51

// generated takes the loss of statements that the service has made of what it
// keeps: the lease time, the name of a pool. Any other belongs to what the file
// does not tell: the operator's preamble, classes, options of user classes.
func (a *adopter) generated(b *passage, lost intake.Statements, out *intake.Statements) error {
	time := false
	for _, s := range lost {
		switch {
		case strings.HasPrefix(s.Text, leaseTimes[0]) || strings.HasPrefix(s.Text, leaseTimes[1]):
			time = true
		case b.pool != nil && s.Text == "# "+b.pool.Name:
			b.pool.Name = poolSpan(b.pool)
			if i := slices.IndexFunc(*out, func(s intake.Statement) bool {
				return strings.HasPrefix(s.Text, "# ") && !strings.Contains(s.Text, "\n")
			}); i >= 0 {
				b.pool.Name = strings.TrimPrefix((*out)[i].Text, "# ")
				*out = slices.Delete(*out, i, i+1)
			}
			if err := a.poolChanged(b.pool, "name "+b.pool.Name); err != nil {
				return err
			}
		default:
			a.found.Note(intake.Refused, a.gone(), b.title+": "+firstLine(s.Text)+" is gone, which the service writes because of its configuration (preamble), a class, or an option of a class; change it there")
		}
	}
	if !time {
		return nil
	}
	o, err := a.optionOwnerOf(b.owner.Type, "ref", b.owner.String())
	if err != nil {
		return err
	}
	set, err := a.optionSet(o, nil)
	if err != nil {
		return err
	}
	i := slices.IndexFunc(set.Options, func(o model.Option) bool { return o.Number == leaseTime && o.Vendor == "" && o.User == "" })
	if i < 0 {
		a.found.Note(intake.Refused, a.gone(), b.title+": the lease time is gone, which the service writes because of its configuration (preamble); change it there")
		return nil
	}
	before := slices.Clone(set.Options)
	var values [2]string
	for n, word := range leaseTimes {
		for _, s := range b.Now {
			if value, ok := strings.CutPrefix(s.Text, word); ok {
				values[n] = strings.TrimSuffix(value, ";")
			}
		}
	}
	was := set.Options[i].Value
	set.Options = slices.Delete(set.Options, i, i+1)
	kept := func(s intake.Statement, word, value string) bool { return s.Text == word+value+";" }
	if values[0] != "" && values[0] == values[1] && strings.Trim(values[0], "0123456789") == "" {
		set.Options = slices.Insert(set.Options, i, model.Option{OptionID: model.OptionID{Number: leaseTime}, Value: values[0]})
		*out = slices.DeleteFunc(*out, func(s intake.Statement) bool {
			return kept(s, leaseTimes[0], values[0]) || kept(s, leaseTimes[1], values[1])
		})
	} else { // one of the two is as before, and the operator's now
		for n, word := range leaseTimes {
			if values[n] == was {
				out.Add(0, word+was+";")
			}
		}
	}
	return a.setOptions(o, set, before, b.at)
}

// daemons takes what is said of Kea's daemons beside all objects, which are
// written over the configuration that is kept of them: that becomes the live
// one, where what is rendered now says another thing.
func (a *adopter) daemons(is *intake.Server) error {
	came := subtract(subtract(a.now.Other, is.Other), subtract(a.base.Other, a.kept.Other))
	gone := subtract(subtract(is.Other, a.now.Other), subtract(a.kept.Other, a.base.Other))
	if len(came)+len(gone) == 0 {
		return nil
	}
	for _, part := range slices.Sorted(maps.Keys(a.now.Daemons)) {
		text := a.now.Daemons[part]
		b := &passage{passageKey: passageKey{owner: a.server.Ref(), part: part}, title: "DHCP server " + a.server.Name}
		if err := a.storeStatements(b, intake.Statements{{Text: text}}); err != nil {
			return err
		}
	}
	for _, s := range came {
		a.said.Note(intake.Kept, a.now.Place, s)
	}
	for _, s := range gone {
		a.said.Note(intake.Kept, a.now.Place, "removed: "+s)
	}
	return nil
}

// subtract are the texts that others lack.
func subtract(all, others []string) []string {
	there := make(map[string]bool, len(others))
	for _, o := range others {
		there[o] = true
	}
	return slices.DeleteFunc(slices.Clone(all), func(s string) bool { return there[s] })
}
