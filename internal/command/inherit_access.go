package command

import (
	"halxml/internal/model"
	"halxml/wsdl/hal"
)

func getInheritAccess(c *call, req *hal.GetInheritAccess) (*hal.GetInheritAccessResponse, error) {
	r, err := c.rangeOf("rangeRef", req.RangeRef.V)
	if err != nil {
		return nil, err
	}
	return &hal.GetInheritAccessResponse{InheritAccess: hal.Some(r.InheritAccess)}, nil
}

// setInheritAccess says whether a range, and all ranges below it, take their
// access from their parent. It either changes all or fails: its list of errors
// is always empty.
func setInheritAccess(c *call, req *hal.SetInheritAccess) (*hal.SetInheritAccessResponse, error) {
	if err := c.note(req.SaveComment); err != nil {
		return nil, err
	}
	r, err := c.rangeOf("rangeRef", req.RangeRef.V)
	if err != nil {
		return nil, err
	}
	if !req.InheritAccess.Set && !req.InheritChildAccess.Set {
		return nil, required("inheritAccess")
	}
	out := &hal.SetInheritAccessResponse{Errors: []string{}}
	if req.InheritAccess.Set {
		if err := c.inheritAccess(r, req.InheritAccess.V); err != nil {
			return nil, err
		}
	}
	if !req.InheritChildAccess.Set {
		return out, nil
	}
	below, err := c.withBelow(r)
	if err != nil {
		return nil, err
	}
	for _, child := range below[1:] {
		if err := c.inheritAccess(child, req.InheritChildAccess.V); err != nil {
			return nil, err
		}
	}
	return out, nil
}

func (c *call) inheritAccess(r *model.Range, inherit bool) error {
	if r.InheritAccess == inherit {
		return nil
	}
	r.InheritAccess = inherit
	if err := c.schema.Ranges.Update(c.tx, r); err != nil {
		return err
	}
	does := "takes its access from its parent"
	if !inherit {
		does = "has access settings of its own"
	}
	return c.record(model.Modification, r.Ref(), r.Name, "Range %s %s", r.Name, does)
}
