package command

import (
	"slices"

	"halxml/internal/intake"
	"halxml/internal/model"
)

// optionsChanged takes what was done to an object's options.
func (a *adopter) optionsChanged(owner model.Ref, at intake.Place, was, now []model.Option) error {
	if slices.Equal(was, now) {
		return nil
	}
	o, err := a.optionOwnerOf(owner.Type, "ref", owner.String())
	if err != nil {
		return err
	}
	set, err := a.optionSet(o, nil)
	if err != nil {
		return err
	}
	if a.server.Kind.IsKea() && set.ID == 0 {
		return nil // they are the configuration's, which is kept
	}
	before := slices.Clone(set.Options)
	of := func(all []model.Option, id model.OptionID) (string, int) {
		i := slices.IndexFunc(all, func(o model.Option) bool { return sameOption(o.OptionID, id) })
		if i < 0 {
			return "", i
		}
		return all[i].Value, i
	}
	for _, w := range was {
		if _, i := of(now, w.OptionID); i >= 0 {
			continue
		}
		switch value, i := of(set.Options, w.OptionID); {
		case i < 0:
		case value == w.Value:
			set.Options = slices.Delete(set.Options, i, i+1)
		default:
			a.changedHere(at, "option "+w.OptionID.String())
		}
	}
	for _, n := range now {
		value, before := of(was, n.OptionID)
		if before >= 0 && value == n.Value {
			continue
		}
		switch have, i := of(set.Options, n.OptionID); {
		case i < 0 && before < 0:
			set.Options = append(set.Options, n)
		case i >= 0 && have == n.Value:
		case i >= 0 && before >= 0 && have == value:
			set.Options[i].Value = n.Value
		default:
			a.changedHere(at, "option "+n.OptionID.String())
		}
	}
	slices.SortFunc(set.Options, func(a, b model.Option) int { return compareOptions(a.OptionID, b.OptionID) })
	return a.setOptions(o, set, before, at)
}

// setOptions stores a changed set.
func (a *adopter) setOptions(o *optionOwner, set *model.OptionSet, before []model.Option, at intake.Place) error {
	changes := optionChanges(before, set.Options)
	if changes == "" {
		return nil
	}
	if err := a.storeOptions(set); err != nil {
		return err
	}
	if err := a.refuse(at, a.mirrorOwner(o)); err != nil {
		return err
	}
	a.found.Note(intake.Taken, at, "options of "+o.title(nil)+": "+changes)
	return a.record(model.Modification, o.Ref, o.name, "Options of %s set: %s", o.title(nil), changes)
}
