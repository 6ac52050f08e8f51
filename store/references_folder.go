package store

import "halxml/internal/model"

// folders lie in folders for the same type of object, and never inside
// themselves; what lies in one is there and of its type.
func (c *references) folders() error {
	for f, err := range c.Folders.All(c.tx) {
		if err != nil {
			return err
		}
		if _, err := named(c, f.Ref(), c.Spaces, f.SpaceID); err != nil {
			return err
		}
		inside := map[model.ID]bool{f.ID: true}
		for at := f; at.ParentID != 0; {
			parent, err := named(c, at.Ref(), c.Folders, at.ParentID)
			if err != nil {
				return err
			}
			if parent == nil {
				break
			}
			if parent.SpaceID != f.SpaceID {
				c.found.addf("folder %q is in the address space %d, its parent in %d", f.Name, f.SpaceID, parent.SpaceID)
				break
			}
			if parent.ContentType != f.ContentType {
				c.found.addf("folder %q is for objects of type %s, its parent for %s", f.Name, f.ContentType, parent.ContentType)
				break
			}
			if inside[parent.ID] {
				c.found.addf("folder %q lies inside itself", f.Name)
				break
			}
			inside[parent.ID] = true
			at = parent
		}
	}
	for p, err := range c.Placements.All(c.tx) {
		if err != nil {
			return err
		}
		f, err := named(c, p.Object, c.Folders, p.FolderID)
		if err != nil {
			return err
		}
		if f != nil && f.ContentType != p.Object.Type {
			c.found.addf("%s %s lies in the folder %q, which is for objects of type %s", p.Object.Type, p.Object, f.Name, f.ContentType)
		}
		from := model.Ref{Type: model.TypeFolder, ID: p.FolderID}
		switch p.Object.Type {
		case model.TypeRange:
			var r *model.Range
			if r, err = named(c, from, c.Ranges, p.Object.ID); r != nil && f != nil && r.SpaceID != f.SpaceID {
				c.found.addf("range %q of the address space %d lies in a folder of %d", r.Name, r.SpaceID, f.SpaceID)
			}
		case model.TypeScope:
			var s *model.Scope
			if s, err = named(c, from, c.Scopes, p.Object.ID); err == nil && s != nil && f != nil {
				err = c.inSpace(p.Object, f.SpaceID, s.ServerID)
			}
		default:
			c.found.addf("%s %s lies in a folder, which its type cannot", p.Object.Type, p.Object)
		}
		if err != nil {
			return err
		}
	}
	return nil
}
