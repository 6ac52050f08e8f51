package wire

import (
	"halxml/internal/model"
	"halxml/wsdl/hal"
)

// Exclusion is an exclusion of a scope.
func Exclusion(e *model.Exclusion) hal.DHCPExclusion {
	return hal.DHCPExclusion{
		Ref:          hal.Some(e.Ref().String()),
		Name:         text(e.Name),
		From:         Address(e.From),
		To:           Address(e.To),
		DHCPScopeRef: Ref(model.TypeScope, e.ScopeID),
	}
}
