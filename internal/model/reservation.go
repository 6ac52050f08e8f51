package model

// Group is a named group of reservations that share options, or of further
// groups (ISC).
type Group struct {
	ID       ID
	ServerID ID
	ParentID ID // the group it lies in; 0 = none
	Name     string
}

// Ref is the group's reference.
func (g *Group) Ref() Ref { return Ref{TypeGroup, g.ID} }
