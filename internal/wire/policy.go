package wire

import (
	"halxml/internal/model"
	"halxml/wsdl/hal"
)

// Policy is a policy of a scope or server.
func Policy(p *model.Policy) hal.DHCPPolicy {
	out := hal.DHCPPolicy{
		Name:            hal.Some(p.Name),
		Description:     text(p.Description),
		Order:           hal.Some(p.Order),
		Enabled:         hal.Some(p.Enabled),
		LogicalOperator: hal.Some(hal.DHCPPolicyLogicalOperator(p.Operator)),
		Ranges:          make([]hal.DHCPPolicyRange, len(p.Ranges)),
		Conditions:      make([]hal.DHCPPolicyCondition, len(p.Conditions)),
	}
	for i, r := range p.Ranges {
		out.Ranges[i] = hal.DHCPPolicyRange{From: Address(r.From), To: Address(r.To)}
	}
	for i, k := range p.Conditions {
		out.Conditions[i] = hal.DHCPPolicyCondition{
			ConditionType:  hal.Some(hal.DHCPPolicyConditionType(k.Type)),
			ComparisonType: hal.Some(hal.DHCPPolicyComparisonType(k.Comparison)),
			Values:         append([]string{}, k.Values...),
		}
	}
	if d := p.DDNS; d != nil {
		out.DDNSSettings = &hal.DHCPPolicyDDNSSettings{
			Enabled: hal.Some(d.Enabled), AlwaysUpdate: hal.Some(d.AlwaysUpdate), DiscardRecords: hal.Some(d.DiscardRecords),
			ForceForNoneRequestingClients: hal.Some(d.ForceForOthers), DisablePTRUpdates: hal.Some(d.DisablePTR),
			UseDNSSuffix: hal.Some(d.UseSuffix), DNSSuffix: text(d.Suffix),
		}
	}
	if l := p.Lease; l != nil {
		out.LeaseDuration = &hal.DHCPPolicyLeaseDuration{
			LeaseSetting:  hal.Some(hal.DHCPPolicyLeaseDurationType(l.Setting)),
			LeaseDuration: hal.Opt[uint32]{V: l.Seconds, Set: l.Seconds != 0},
		}
	}
	return out
}
