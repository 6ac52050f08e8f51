package command

import (
	"fmt"
	"strings"

	"halxml/internal/errs"
	"halxml/internal/model"
	"halxml/wsdl/hal"
)

// Bounds of the parameters that dhcpd itself wraps or truncates silently.
const (
	maxMCLT  = 86400 // seconds
	maxShort = 65535
)

// setParameters takes a relationship's parameters from a request. Absent or 0
// is the default for a new one and keeps the stored value of another. What does
// not apply to the kind of server is ignored: strict 2017 clients must send it.
func (c *call) setParameters(r *model.Relationship, in *hal.DHCPFailoverRelationship, isNew bool) error {
	number := func(field string, to *uint32, v hal.Opt[uint32], def, most uint32) error {
		switch {
		case v.V > most:
			return invalid(relationshipField+field, "%d is not in 1..%d", v.V, most)
		case v.V != 0:
			*to = v.V
		case isNew:
			*to = def
		}
		return nil
	}
	if isNew {
		r.Mode = model.LoadBalance
	}
	if in.ServiceType.Set {
		switch {
		case r.Kind.IsKea():
			r.ServiceType = model.ServiceType(in.ServiceType.V)
		case in.ServiceType.V == hal.DHCPServiceTypeDHCPv6:
			return errs.Errorf(errs.NotSupported, "%sserviceType: a server of type %s has no DHCPv6 failover", relationshipField, r.Kind)
		}
	}
	if r.Kind != model.KindISC && in.FailoverMode.Set {
		r.Mode = model.FailoverMode(in.FailoverMode.V)
	}
	if r.Kind.IsKea() {
		if in.UseDedicatedPeerToPeerEndpoints.Set {
			r.DedicatedEndpoints = in.UseDedicatedPeerToPeerEndpoints.V
		}
		if err := number("port", &r.Port, in.Port, 0, maxShort); err != nil {
			return err
		}
		return number("secondaryPort", &r.SecondaryPort, in.SecondaryPort, 0, maxShort)
	}
	if err := number("mclt", &r.MCLT, in.MCLT, model.DefaultMCLT, maxMCLT); err != nil {
		return err
	}
	if in.Percentage.V > 100 {
		return invalid(relationshipField+"percentage", "%d is not in 0..100", in.Percentage.V)
	}
	share := uint32(model.DefaultPercentage)
	if r.Mode == model.HotStandby {
		share = model.DefaultStandbyPercentage
	}
	if err := number("percentage", &r.Percentage, in.Percentage, share, 100); err != nil {
		return err
	}
	if r.Kind == model.KindMicrosoft {
		if in.SafePeriod.V != 0 {
			r.SafePeriod = in.SafePeriod.V
		}
		if err := optionalName(relationshipField+"sharedSecret", in.SharedSecret.V); err != nil {
			return err
		}
		if in.SharedSecret.V != "" {
			r.SharedSecret = in.SharedSecret.V
		}
		return nil
	}
	if err := number("loadBalanceMaxSeconds", &r.LoadBalanceMaxSeconds, in.LoadBalanceMaxSeconds, model.DefaultLoadBalanceMaxSeconds, maxShort); err != nil {
		return err
	}
	if err := number("maxResponseDelay", &r.MaxResponseDelay, in.MaxResponseDelay, model.DefaultMaxResponseDelay, maxShort); err != nil {
		return err
	}
	if err := number("maxUnackedUpdates", &r.MaxUnackedUpdates, in.MaxUnackedUpdates, model.DefaultMaxUnackedUpdates, maxShort); err != nil {
		return err
	}
	return c.setPorts(r, in)
}

// setPorts takes or chooses the ports of an ISC relationship: dhcpd listens on
// one port for each relationship, so each is used once on a server.
func (c *call) setPorts(r *model.Relationship, in *hal.DHCPFailoverRelationship) error {
	choose := func(field string, server model.ID, port *uint32, explicit hal.Opt[uint32], preferred uint32) error {
		used, err := c.portsOf(server, r.ID)
		if err != nil {
			return err
		}
		switch {
		case explicit.V > maxShort:
			return invalid(relationshipField+field, "%d is not in 1..%d", explicit.V, maxShort)
		case explicit.V != 0:
			if other, taken := used[explicit.V]; taken {
				return conflict(relationshipField+field, "%d is the port of the failover relationship %s on the same server", explicit.V, quote(other))
			}
			*port = explicit.V
		case *port == 0:
			*port = preferred
			if _, taken := used[preferred]; taken || preferred == 0 {
				*port = model.FirstFailoverPort
				for ; *port <= maxShort; *port++ {
					if _, taken := used[*port]; !taken {
						break
					}
				}
				if *port > maxShort {
					return conflict(relationshipField+field, "every port of the server is in use")
				}
			}
		}
		return nil
	}
	if err := choose("port", r.PrimaryID, &r.Port, in.Port, 0); err != nil {
		return err
	}
	return choose("secondaryPort", r.SecondaryID, &r.SecondaryPort, in.SecondaryPort, r.Port)
}

// portsOf are the ports that a server listens on for its relationships, self
// aside, with the relationships' names.
func (c *call) portsOf(server, self model.ID) (map[uint32]string, error) {
	all, err := c.relationshipsOf(server)
	if err != nil {
		return nil, err
	}
	used := map[uint32]string{}
	for _, o := range all {
		switch {
		case o.ID == self:
		case o.PrimaryID == server:
			used[o.Port] = o.Name
		default:
			used[o.SecondaryPort] = o.Name
		}
	}
	return used, nil
}

func modifyRelationship(c *call, req *hal.ModifyDHCPFailoverRelationship) (*hal.ModifyDHCPFailoverRelationshipResponse, error) {
	if err := c.note(req.SaveComment); err != nil {
		return nil, err
	}
	in := req.DHCPFailoverRelationship
	if in == nil {
		return nil, required("dhcpFailoverRelationship")
	}
	r, err := c.relationshipToModify(in)
	if err != nil {
		return nil, err
	}
	if err := c.changeRelationship(r, in); err != nil {
		return nil, err
	}
	return &hal.ModifyDHCPFailoverRelationshipResponse{}, nil
}

// changeRelationship stores new parameters of a relationship.
func (c *call) changeRelationship(r *model.Relationship, in *hal.DHCPFailoverRelationship) error {
	if r.Kind.IsKea() {
		return errs.Errorf(errs.NotSupported, "dhcpFailoverRelationship: a relationship of Kea servers cannot be modified; remove it and add it anew")
	}
	before := *r
	if err := c.setParameters(r, in, false); err != nil {
		return err
	}
	if err := c.schema.Relationships.Update(c.tx, r); err != nil {
		return err
	}
	c.touch(r.PrimaryID, r.SecondaryID)
	return c.record(model.Modification, r.Ref(), r.Name, "Failover relationship %s modified: %s", r.Name, changesText(&before, r))
}

// relationshipToModify finds the relationship that a Modify names. Any of the
// server fields identifies it; the two servers themselves cannot be changed.
func (c *call) relationshipToModify(in *hal.DHCPFailoverRelationship) (*model.Relationship, error) {
	var primary, secondary *model.Server
	var err error
	if in.PrimaryServer.V != "" || in.PrimaryServerRef.V != "" {
		if primary, err = c.partner("primaryServer", in.PrimaryServer.V, in.PrimaryServerRef.V); err != nil {
			return nil, err
		}
	}
	if in.SecondaryServer.V != "" || in.SecondaryServerRef.V != "" {
		if secondary, err = c.partner("secondaryServer", in.SecondaryServer.V, in.SecondaryServerRef.V); err != nil {
			return nil, err
		}
	}
	named, err := c.optionalServer(relationshipField+"dhcpServerRef", in.DHCPServerRef.V)
	if err != nil {
		return nil, err
	}
	by := named
	if by == nil {
		by = primary
	}
	if by == nil {
		by = secondary
	}
	r, err := c.relationshipNamed(by, relationshipField+"name", in.Name.V)
	if err != nil {
		return nil, err
	}
	const instead = "the servers of a relationship cannot be changed; remove it and add it anew"
	if primary != nil && primary.ID != r.PrimaryID {
		return nil, invalid(relationshipField+"primaryServer", "%s is not the primary server of %s: %s", primary.Name, r.Name, instead)
	}
	if secondary != nil && secondary.ID != r.SecondaryID {
		return nil, invalid(relationshipField+"secondaryServer", "%s is not the secondary server of %s: %s", secondary.Name, r.Name, instead)
	}
	return r, nil
}

// changesText lists what differs between two states of a relationship.
func changesText(a, b *model.Relationship) string {
	var parts []string
	add := func(name string, x, y any) {
		if x != y {
			parts = append(parts, fmt.Sprintf("%s %v → %v", name, x, y))
		}
	}
	add("mode", a.Mode, b.Mode)
	add("mclt", a.MCLT, b.MCLT)
	add("safePeriod", a.SafePeriod, b.SafePeriod)
	add("percentage", a.Percentage, b.Percentage)
	add("port", a.Port, b.Port)
	add("secondaryPort", a.SecondaryPort, b.SecondaryPort)
	add("loadBalanceMaxSeconds", a.LoadBalanceMaxSeconds, b.LoadBalanceMaxSeconds)
	add("maxResponseDelay", a.MaxResponseDelay, b.MaxResponseDelay)
	add("maxUnackedUpdates", a.MaxUnackedUpdates, b.MaxUnackedUpdates)
	if a.SharedSecret != b.SharedSecret {
		parts = append(parts, "sharedSecret")
	}
	if len(parts) == 0 {
		return "nothing changed"
	}
	return strings.Join(parts, ", ")
}
