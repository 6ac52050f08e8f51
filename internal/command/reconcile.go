package command

import (
	"halxml/internal/errs"
	"halxml/internal/model"
	"halxml/wsdl/hal"
)

// reconcileScope lists where the lease database of a scope, or of all scopes of
// a server, differs from the server's other record of leases. Only Microsoft
// servers keep a second one, in the registry, and those are not reached; of the
// others there is nothing that could differ.
func reconcileScope(c *call, req *hal.ReconcileDHCPScope) (*hal.ReconcileDHCPScopeResponse, error) {
	if err := c.note(req.SaveComment); err != nil {
		return nil, err
	}
	if req.Ref.V == "" {
		return nil, required("ref")
	}
	var o object
	var err error
	if _, isRef := model.ParseRef(req.Ref.V); isRef || req.ObjType.Set {
		o, err = c.object("ref", req.Ref.V, req.ObjType)
	} else {
		o, err = c.objectAmong("ref", req.Ref.V, []model.ObjectType{model.TypeScope, model.TypeServer})
	}
	if err != nil {
		return nil, err
	}
	var server *model.Server
	switch o := o.(type) {
	case *scopeObject:
		if server, err = c.serverByID(o.ServerID); err != nil {
			return nil, err
		}
	case *serverObject:
		server = o.Server
	default:
		return nil, invalid("ref", "%s is %s; a DHCPScope or DHCPServer has leases to reconcile", quote(req.Ref.V), article(o.ref().Type))
	}
	if server.Kind == model.KindMicrosoft {
		return nil, errs.Errorf(errs.NotSupported, "ref: the server %s is of type %s, and such servers are not reached; their leases cannot be compared", quote(server.Name), server.Kind)
	}
	return &hal.ReconcileDHCPScopeResponse{DHCPScopeReconcileEntries: []hal.DHCPScopeReconcileEntry{}}, nil
}
