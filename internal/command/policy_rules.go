package command

import (
	"encoding/hex"
	"reflect"
	"slices"
	"strings"

	"halxml/internal/errs"
	"halxml/internal/model"
	"halxml/wsdl/hal"
)

// maxPolicyParts bounds the ranges, the conditions and the values of one
// condition.
const maxPolicyParts = 1000

// samePolicy compares all that a policy says.
func samePolicy(a, b *model.Policy) bool { return reflect.DeepEqual(a, b) }

// takePolicy takes from a request what it gives of a policy, but its order, and
// holds the rules. A structure in which nothing is said is absent.
func (c *call) takePolicy(o *optionOwner, p *model.Policy, in *hal.DHCPPolicy) (err error) {
	const field = "dhcpPolicy."
	if p.Name, err = objectName(field+"name", in.Name.Or(p.Name)); err != nil {
		return err
	}
	all, err := c.policiesOf(o.Ref)
	if err != nil {
		return err
	}
	if slices.ContainsFunc(all, func(a *model.Policy) bool { return a.ID != p.ID && samePolicyName(a, p) }) {
		return conflict(field+"name", "%s has a policy %s already", o.title(nil), quote(p.Name))
	}
	p.Description = in.Description.Or(p.Description)
	if len(p.Description) > maxProperty {
		return errs.Errorf(errs.TooLarge, "%sdescription: longer than %d bytes", field, maxProperty)
	}
	if err := plainText(field+"description", p.Description, true); err != nil {
		return err
	}
	p.Enabled = in.Enabled.Or(p.Enabled)
	p.Operator = string(in.LogicalOperator.Or(hal.DHCPPolicyLogicalOperator(p.Operator)))
	for name, n := range map[string]int{"ranges": len(in.Ranges), "conditions": len(in.Conditions)} {
		if n > maxPolicyParts {
			return errs.Errorf(errs.TooLarge, "%s%s: more than %d", field, name, maxPolicyParts)
		}
	}
	if in.Ranges != nil {
		if p.Ranges, err = c.policyRanges(field+"ranges", o, in.Ranges); err != nil {
			return err
		}
	}
	if in.Conditions != nil {
		p.Conditions = nil
		for _, k := range in.Conditions {
			condition, err := policyCondition(field+"conditions.", k)
			if err != nil {
				return err
			}
			p.Conditions = append(p.Conditions, condition)
		}
	}
	if len(p.Conditions) == 0 {
		return invalid(field+"conditions", "a policy needs at least one")
	}
	if said := in.DDNSSettings; said != nil && (said.DNSSuffix.V != "" || *said != (hal.DHCPPolicyDDNSSettings{DNSSuffix: said.DNSSuffix})) {
		if p.DDNS, err = policyDDNS(field+"ddnsSettings.", in.DDNSSettings); err != nil {
			return err
		}
	}
	if said := in.LeaseDuration; said != nil && *said != (hal.DHCPPolicyLeaseDuration{}) {
		p.Lease, err = policyLease(field+"leaseDuration.", in.LeaseDuration)
	}
	return err
}

// policyRanges checks the addresses of a scope's policy.
func (c *call) policyRanges(field string, o *optionOwner, in []hal.DHCPPolicyRange) ([]model.PolicyRange, error) {
	if len(in) > 0 && o.scope == nil {
		return nil, invalid(field, "only the policies of scopes have addresses of their own")
	}
	var out []model.PolicyRange
	for _, one := range in {
		r, err := c.schema.Ranges.Get(c.tx, o.scope.RangeID)
		if err != nil {
			return nil, err
		}
		var p model.PolicyRange
		var ok bool
		if p.From, ok = parseAddr(one.From.V); !ok {
			return nil, invalid(field+".from", "%s is not an IP address", quote(one.From.V))
		}
		if p.To, ok = parseAddr(one.To.V); !ok {
			return nil, invalid(field+".to", "%s is not an IP address", quote(one.To.V))
		}
		switch {
		case !r.Contains(p.From):
			return nil, invalid(field+".from", "%s lies outside the scope's range %s", p.From, r.Name)
		case !r.Contains(p.To):
			return nil, invalid(field+".to", "%s lies outside the scope's range %s", p.To, r.Name)
		case p.To.Less(p.From):
			return nil, invalid(field+".to", "%s does not come after %s", p.To, p.From)
		}
		for _, other := range out {
			if p.Overlaps(other) {
				return nil, conflict(field, "%s-%s overlaps %s-%s", p.From, p.To, other.From, other.To)
			}
		}
		out = append(out, p)
	}
	return out, nil
}

// policyCondition checks a condition. A value may end in * for any ending.
func policyCondition(field string, in hal.DHCPPolicyCondition) (model.PolicyCondition, error) {
	out := model.PolicyCondition{Type: string(in.ConditionType.V), Comparison: string(in.ComparisonType.V)}
	switch {
	case !in.ConditionType.Set:
		return out, required(field + "conditionType")
	case !in.ComparisonType.Set:
		return out, required(field + "comparisonType")
	case len(in.Values) == 0:
		return out, required(field + "values")
	case len(in.Values) > maxPolicyParts:
		return out, errs.Errorf(errs.TooLarge, "%svalues: more than %d", field, maxPolicyParts)
	}
	for _, v := range in.Values {
		v, err := policyValue(field+"values", in.ConditionType.V, v)
		if err != nil {
			return out, err
		}
		out.Values = append(out.Values, v)
	}
	return out, nil
}

// policyValue checks one value: classes are told by name, all else by the bytes
// that clients send, in hexadecimal digits.
func policyValue(field string, t hal.DHCPPolicyConditionType, text string) (string, error) {
	v, err := objectName(field, text)
	if err != nil {
		return "", err
	}
	start, open := strings.CutSuffix(v, "*")
	if strings.Contains(start, "*") {
		return "", invalid(field, "%s has a * that is not at the end", quote(v))
	}
	if t == hal.DHCPPolicyConditionTypeVendorClass || t == hal.DHCPPolicyConditionTypeUserClass {
		return v, nil
	}
	raw, err := hex.DecodeString(strings.NewReplacer(":", "", "-", "", ".", "").Replace(start))
	if err != nil {
		return "", invalid(field, "%s is not hexadecimal bytes", quote(v))
	}
	if t == hal.DHCPPolicyConditionTypeMACAddress && (len(raw) > 6 || len(raw) == 6 == open) {
		return "", invalid(field, "%s is not a MAC address of 6 bytes or the start of one with *", quote(v))
	}
	v = strings.ToUpper(hex.EncodeToString(raw))
	if open {
		v += "*"
	}
	return v, nil
}

// policyDDNS reads the DNS settings of a policy.
func policyDDNS(field string, in *hal.DHCPPolicyDDNSSettings) (*model.PolicyDDNS, error) {
	d := &model.PolicyDDNS{
		Enabled: in.Enabled.V, AlwaysUpdate: in.AlwaysUpdate.V, DiscardRecords: in.DiscardRecords.Or(true),
		ForceForOthers: in.ForceForNoneRequestingClients.V, DisablePTR: in.DisablePTRUpdates.V,
		UseSuffix: in.UseDNSSuffix.V, Suffix: strings.TrimSpace(in.DNSSuffix.V),
	}
	switch {
	case d.Suffix != "" && (len(d.Suffix) > 253 || !hostname.MatchString(d.Suffix)):
		return nil, invalid(field+"dnsSuffix", "%s is not a domain name", quote(d.Suffix))
	case d.UseSuffix && d.Suffix == "":
		return nil, required(field + "dnsSuffix")
	}
	return d, nil
}

// policyLease reads the lease time of a policy; nil means none of its own.
func policyLease(field string, in *hal.DHCPPolicyLeaseDuration) (*model.PolicyLease, error) {
	switch {
	case !in.LeaseSetting.Set:
		return nil, required(field + "leaseSetting")
	case in.LeaseSetting.V == hal.DHCPPolicyLeaseDurationTypeLimited && in.LeaseDuration.V == 0:
		return nil, required(field + "leaseDuration")
	case in.LeaseSetting.V != hal.DHCPPolicyLeaseDurationTypeLimited && in.LeaseDuration.V != 0:
		return nil, invalid(field+"leaseDuration", "only the setting Limited has a duration")
	case in.LeaseSetting.V == hal.DHCPPolicyLeaseDurationTypeUndefined:
		return nil, nil
	}
	return &model.PolicyLease{Setting: string(in.LeaseSetting.V), Seconds: in.LeaseDuration.V}, nil
}
