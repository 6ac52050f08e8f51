package command

import (
	"cmp"
	"errors"
	"slices"
	"strings"

	"halxml/internal/errs"
	"halxml/internal/model"
	"halxml/internal/wire"
	"halxml/store"
	"halxml/wsdl/hal"
)

// policyOwner finds the server or scope whose policies a command is about; only
// Microsoft's have any, and only for DHCPv4.
func (c *call) policyOwner(field, text string, objType hal.Opt[hal.ObjectType]) (*optionOwner, error) {
	o, err := c.optionOwner(field, text, objType)
	if err != nil {
		return nil, err
	}
	return o, carriesPolicies(field, o)
}

func carriesPolicies(field string, o *optionOwner) error {
	switch {
	case o.server.Kind != model.KindMicrosoft:
		return errs.Errorf(errs.NotSupported, "%s: a server of type %s has no policies", field, o.server.Kind)
	case o.Type != model.TypeServer && o.Type != model.TypeScope:
		return errs.Errorf(errs.NotSupported, "%s: %s has no policies", field, article(o.Type))
	case o.v6:
		return errs.Errorf(errs.NotSupported, "%s: an IPv6 scope has no policies", field)
	}
	return nil
}

// policyFor is the policy of an owner that a command on options names, nil for
// no name.
func (c *call) policyFor(field string, o *optionOwner, name string) (*model.Policy, error) {
	if strings.TrimSpace(name) == "" {
		return nil, nil
	}
	if err := carriesPolicies(field, o); err != nil {
		return nil, err
	}
	p, err := c.schema.PoliciesByOwner.First(c.tx, store.RefKey(o.Ref).Text(model.FoldName(name)))
	if errors.Is(err, store.ErrNotFound) {
		return nil, errs.Errorf(errs.NotFound, "%s: %s has no policy %s", field, o.title(nil), quote(name))
	}
	return p, err
}

// policiesOf are the policies of an owner in the order they are tried.
func (c *call) policiesOf(owner model.Ref) ([]*model.Policy, error) {
	var all []*model.Policy
	for p, err := range c.schema.PoliciesByOwner.Begin(c.tx, store.RefKey(owner)) {
		if err != nil {
			return nil, err
		}
		all = append(all, p)
	}
	slices.SortFunc(all, func(a, b *model.Policy) int { return cmp.Compare(a.Order, b.Order) })
	return all, nil
}

func getPolicies(c *call, req *hal.GetDHCPPolicies) (*hal.GetDHCPPoliciesResponse, error) {
	o, err := c.policyOwner("ownerRef", req.OwnerRef.V, req.ObjType)
	if err != nil {
		return nil, err
	}
	all, err := c.policiesOf(o.Ref)
	if err != nil {
		return nil, err
	}
	out := &hal.GetDHCPPoliciesResponse{DHCPPolicies: make([]hal.DHCPPolicy, len(all))}
	for i, p := range all {
		out.DHCPPolicies[i] = wire.Policy(p)
	}
	return out, nil
}

func addPolicy(c *call, req *hal.AddDHCPPolicy) (*hal.AddDHCPPolicyResponse, error) {
	if err := c.note(req.SaveComment); err != nil {
		return nil, err
	}
	o, err := c.policyOwner("ownerRef", req.OwnerRef.V, req.ObjType)
	if err != nil {
		return nil, err
	}
	in := req.DHCPPolicy
	if in == nil {
		return nil, required("dhcpPolicy")
	}
	if !in.LogicalOperator.Set {
		return nil, required("dhcpPolicy.logicalOperator")
	}
	p := &model.Policy{Owner: o.Ref, ServerID: o.server.ID, Enabled: true}
	if err := c.takePolicy(o, p, in); err != nil {
		return nil, err
	}
	if err := c.schema.Policies.Insert(c.tx, p); err != nil {
		return nil, err
	}
	if err := c.placePolicy(o, p, in.Order.V); err != nil {
		return nil, err
	}
	return &hal.AddDHCPPolicyResponse{}, c.policiesChanged(o, "Policy %s added to %s", p.Name, o.title(nil))
}

// modifyPolicy changes what the request gives and keeps the rest.
func modifyPolicy(c *call, req *hal.ModifyDHCPPolicy) (*hal.ModifyDHCPPolicyResponse, error) {
	if err := c.note(req.SaveComment); err != nil {
		return nil, err
	}
	o, p, err := c.namedPolicy(req.OwnerRef, req.ObjType, req.DHCPPolicyName)
	if err != nil {
		return nil, err
	}
	in := req.DHCPPolicy
	if in == nil {
		return nil, required("dhcpPolicy")
	}
	before := p.Name
	if err := c.takePolicy(o, p, in); err != nil {
		return nil, err
	}
	if err := c.schema.Policies.Update(c.tx, p); err != nil {
		return nil, err
	}
	if order := in.Order.V; order != 0 && order != p.Order {
		if err := c.placePolicy(o, p, order); err != nil {
			return nil, err
		}
	}
	text := ""
	if p.Name != before {
		text = ", now named " + p.Name
	}
	return &hal.ModifyDHCPPolicyResponse{}, c.policiesChanged(o, "Policy %s of %s modified%s", before, o.title(nil), text)
}

func removePolicy(c *call, req *hal.RemoveDHCPPolicy) (*hal.RemoveDHCPPolicyResponse, error) {
	if err := c.note(req.SaveComment); err != nil {
		return nil, err
	}
	o, p, err := c.namedPolicy(req.OwnerRef, req.ObjType, req.DHCPPolicyName)
	if err != nil {
		return nil, err
	}
	if err := c.deletePolicy(p); err != nil {
		return nil, err
	}
	if err := c.orderPolicies(o.Ref, nil); err != nil {
		return nil, err
	}
	return &hal.RemoveDHCPPolicyResponse{}, c.policiesChanged(o, "Policy %s removed from %s", p.Name, o.title(nil))
}

// namedPolicy finds the policy that Modify and Remove name.
func (c *call) namedPolicy(owner hal.Opt[string], objType hal.Opt[hal.ObjectType], name hal.Opt[string]) (*optionOwner, *model.Policy, error) {
	o, err := c.policyOwner("ownerRef", owner.V, objType)
	if err != nil {
		return nil, nil, err
	}
	if strings.TrimSpace(name.V) == "" {
		return nil, nil, required("dhcpPolicyName")
	}
	p, err := c.policyFor("dhcpPolicyName", o, name.V)
	return o, p, err
}

// policiesChanged is what follows a change of an owner's policies.
func (c *call) policiesChanged(o *optionOwner, format string, args ...any) error {
	c.touch(o.server.ID)
	if err := c.mirrorOwner(o); err != nil {
		return err
	}
	return c.record(model.Modification, o.Ref, o.name, format, args...)
}

// placePolicy gives a stored policy its place among the owner's, the others
// keeping their order: 0 means the last.
func (c *call) placePolicy(o *optionOwner, p *model.Policy, order uint32) error {
	all, err := c.policiesOf(o.Ref)
	if err != nil {
		return err
	}
	all = slices.DeleteFunc(all, func(a *model.Policy) bool { return a.ID == p.ID })
	if int64(order) > int64(len(all)+1) {
		return invalid("dhcpPolicy.order", "%d is beyond the last place, %d", order, len(all)+1)
	}
	at := len(all)
	if order != 0 {
		at = int(order) - 1
	}
	return c.orderPolicies(o.Ref, slices.Insert(all, at, p))
}

// orderPolicies numbers policies from 1 as they come; nil means all of the
// owner as they are.
func (c *call) orderPolicies(owner model.Ref, all []*model.Policy) (err error) {
	if all == nil {
		if all, err = c.policiesOf(owner); err != nil {
			return err
		}
	}
	for i, p := range all {
		if p.Order == uint32(i+1) {
			continue
		}
		p.Order = uint32(i + 1)
		if err := c.schema.Policies.Update(c.tx, p); err != nil {
			return err
		}
	}
	return nil
}

// deletePolicy deletes a policy with its options.
func (c *call) deletePolicy(p *model.Policy) error {
	set, err := c.optionsAt(p.Owner, p.ID)
	if err != nil {
		return err
	}
	if set.ID != 0 {
		if err := c.schema.OptionSets.Delete(c.tx, set.ID); err != nil {
			return err
		}
	}
	return c.schema.Policies.Delete(c.tx, p.ID)
}

// deletePolicies deletes the policies of an object that is about to be removed.
func (c *call) deletePolicies(owner model.Ref) error {
	return deleteAll(c, c.schema.Policies, c.schema.PoliciesByOwner, store.RefKey(owner))
}

func getEnforcement(c *call, req *hal.GetDHCPPolicyEnforcement) (*hal.GetDHCPPolicyEnforcementResponse, error) {
	o, err := c.policyOwner("ownerRef", req.OwnerRef.V, req.ObjType)
	if err != nil {
		return nil, err
	}
	off := o.server.PoliciesOff
	if o.scope != nil {
		off = o.scope.PoliciesOff
	}
	return &hal.GetDHCPPolicyEnforcementResponse{Enforcing: hal.Some(!off)}, nil
}

func setEnforcement(c *call, req *hal.SetDHCPPolicyEnforcement) (*hal.SetDHCPPolicyEnforcementResponse, error) {
	if err := c.note(req.SaveComment); err != nil {
		return nil, err
	}
	o, err := c.policyOwner("ownerRef", req.OwnerRef.V, req.ObjType)
	if err != nil {
		return nil, err
	}
	if !req.Enforce.Set {
		return nil, required("enforce")
	}
	off := !req.Enforce.V
	out := &hal.SetDHCPPolicyEnforcementResponse{}
	switch {
	case o.scope != nil && o.scope.PoliciesOff != off:
		o.scope.PoliciesOff = off
		err = c.schema.Scopes.Update(c.tx, o.scope)
	case o.scope == nil && o.server.PoliciesOff != off:
		o.server.PoliciesOff = off
		err = c.schema.Servers.Update(c.tx, o.server)
	default:
		return out, nil
	}
	if err != nil {
		return nil, err
	}
	if off {
		return out, c.policiesChanged(o, "Policies of %s put out of force", o.title(nil))
	}
	return out, c.policiesChanged(o, "Policies of %s put in force", o.title(nil))
}

// copyPolicies makes the policies of a scope equal to those of its counterpart
// on the failover partner, with their options.
func (c *call) copyPolicies(from, to *model.Scope) (changed bool, err error) {
	want, err := c.policiesOf(from.Ref())
	if err != nil {
		return false, err
	}
	have, err := c.policiesOf(to.Ref())
	if err != nil {
		return false, err
	}
	for _, h := range have {
		if !slices.ContainsFunc(want, func(w *model.Policy) bool { return samePolicyName(w, h) }) {
			if err := c.deletePolicy(h); err != nil {
				return false, err
			}
			changed = true
		}
	}
	for _, w := range want {
		p := *w
		p.Owner, p.ServerID, p.ID = to.Ref(), to.ServerID, 0
		if i := slices.IndexFunc(have, func(h *model.Policy) bool { return samePolicyName(w, h) }); i < 0 {
			changed = true
			err = c.schema.Policies.Insert(c.tx, &p)
		} else if p.ID = have[i].ID; !samePolicy(&p, have[i]) {
			changed = true
			err = c.schema.Policies.Update(c.tx, &p)
		}
		if err != nil {
			return false, err
		}
		moved, err := c.copyOptions(from.Ref(), to.Ref(), w.ID, p.ID)
		if err != nil {
			return false, err
		}
		changed = changed || moved
	}
	return changed, nil
}

func samePolicyName(a, b *model.Policy) bool { return model.FoldName(a.Name) == model.FoldName(b.Name) }
