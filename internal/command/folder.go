package command

import (
	"halxml/internal/errs"
	"halxml/internal/filter"
	"halxml/internal/model"
	"halxml/internal/wire"
	"halxml/store"
	"halxml/wsdl/hal"
)

// folderRow is a listed folder.
type folderRow struct{ *model.Folder }

var folderFields = filter.NewSet([]filter.Field[folderRow]{
	{Name: "ref", Kind: filter.Ref, Text: func(r folderRow) string { return r.Ref().String() }},
	{Name: "name", Kind: filter.Text, Text: func(r folderRow) string { return r.Name }},
	{Name: "contentType", Kind: filter.Enum, Text: func(r folderRow) string { return r.ContentType.String() }},
	{Name: "parentRef", Kind: filter.Ref, Text: func(r folderRow) string { return wire.Ref(model.TypeFolder, r.ParentID).V }},
}, nil)

// folder finds a folder by reference or unique name.
func (c *call) folder(field, text string) (*model.Folder, error) {
	return byRefOrName(c, c.schema.Folders, c.schema.FoldersByName, model.TypeFolder, field, "folder", "Folders", text)
}

func getFolder(c *call, req *hal.GetFolder) (*hal.GetFolderResponse, error) {
	f, err := c.folder("folderRef", req.FolderRef.V)
	if err != nil {
		return nil, err
	}
	out := wire.Folder(f)
	return &hal.GetFolderResponse{Folder: &out}, nil
}

func getFolders(c *call, req *hal.GetFolders) (*hal.GetFoldersResponse, error) {
	f, err := find(c, catalog[model.Folder, folderRow]{
		kind: model.TypeFolder, fields: folderFields, table: c.schema.Folders, alone: true,
		texts: []textIndex[model.Folder]{{"name", c.schema.FoldersByName}},
		row:   func(f *model.Folder) folderRow { return folderRow{f} },
	}, listing{req.Filter, req.SortBy, req.Offset, req.Limit, req.SortOrder})
	if err != nil {
		return nil, err
	}
	return &hal.GetFoldersResponse{
		TotalResults: hal.Some(uint32(f.total)),
		FoldersFrom: answer(c, c.schema.Folders, f, func(f *model.Folder, out *hal.Folder) error {
			*out = wire.Folder(f)
			return nil
		}),
	}, nil
}

func addFolder(c *call, req *hal.AddFolder) (*hal.AddFolderResponse, error) {
	if err := c.note(req.SaveComment); err != nil {
		return nil, err
	}
	in := req.Folder
	switch {
	case in == nil:
		return nil, required("folder")
	case !in.ContentType.Set:
		return nil, required("folder.contentType")
	}
	f := &model.Folder{Name: in.Name.V}
	f.ContentType, _ = model.ObjectTypeOf(string(in.ContentType.V))
	if f.ContentType != model.TypeRange && f.ContentType != model.TypeScope {
		return nil, errs.Errorf(errs.NotSupported, "folder.contentType: folders hold objects of type %s or %s, not %s", model.TypeRange, model.TypeScope, f.ContentType)
	}
	if in.ParentRef.V != "" {
		parent, err := c.folder("folder.parentRef", in.ParentRef.V)
		if err != nil {
			return nil, err
		}
		f.ParentID = parent.ID
	}
	f.SpaceID = c.space()
	if err := c.checkFolder("folder.", f); err != nil {
		return nil, err
	}
	if err := c.schema.Folders.Insert(c.tx, f); err != nil {
		return nil, err
	}
	if err := c.record(model.Creation, f.Ref(), f.Name, "Folder %s for objects of type %s added", f.Name, f.ContentType); err != nil {
		return nil, err
	}
	return &hal.AddFolderResponse{Ref: hal.Some(f.Ref().String())}, nil
}

// checkFolder holds a folder's rules: a name that its parent has once, and a
// parent for objects of the same type that does not lie inside the folder.
func (c *call) checkFolder(prefix string, f *model.Folder) (err error) {
	if f.Name, err = referableName(prefix+"name", f.Name); err != nil {
		return err
	}
	for id := f.ParentID; id != 0; {
		parent, err := c.schema.Folders.Get(c.tx, id)
		switch {
		case err != nil:
			return err
		case parent.ContentType != f.ContentType:
			return invalid(prefix+"parentRef", "the folder %s is for objects of type %s", quote(parent.Name), parent.ContentType)
		case parent.ID == f.ID:
			return invalid(prefix+"parentRef", "the folder %s would lie inside itself", quote(f.Name))
		}
		id = parent.ParentID
	}
	place := keyOf(f.SpaceID).ID(model.ID(f.ContentType)).ID(f.ParentID)
	for o, err := range c.schema.FoldersByParent.Find(c.tx, place.Text(model.FoldName(f.Name))) {
		if err != nil {
			return err
		}
		if o.ID != f.ID {
			return conflict(prefix+"name", "there is a folder %s in that place already", quote(o.Name))
		}
	}
	return nil
}

// placementOf says in which folder an object lies, or is nil.
func (c *call) placementOf(object model.Ref) (*model.Placement, error) {
	for p, err := range c.schema.PlacementsByObject.Find(c.tx, store.RefKey(object)) {
		return p, err
	}
	return nil, nil
}

// leaveFolder takes an object that is removed out of its folder.
func (c *call) leaveFolder(object model.Ref) error {
	p, err := c.placementOf(object)
	if err != nil || p == nil {
		return err
	}
	return c.schema.Placements.Delete(c.tx, p.ID)
}

// placeInFolder puts objects into a folder, out of the one they lie in.
func placeInFolder(c *call, req *hal.PlaceInFolder) (*hal.PlaceInFolderResponse, error) {
	if err := c.note(req.SaveComment); err != nil {
		return nil, err
	}
	f, err := c.folder("folderRef", req.FolderRef.V)
	if err != nil {
		return nil, err
	}
	if len(req.ObjRefs) == 0 {
		return nil, required("objRefs")
	}
	for _, text := range req.ObjRefs {
		o, err := c.objectOf(f.ContentType, "objRefs", text)
		if err != nil {
			return nil, err
		}
		p, err := c.placementOf(o.ref())
		switch {
		case err != nil:
			return nil, err
		case p == nil:
			err = c.schema.Placements.Insert(c.tx, &model.Placement{FolderID: f.ID, Object: o.ref()})
		case p.FolderID == f.ID:
			continue
		default:
			p.FolderID = f.ID
			err = c.schema.Placements.Update(c.tx, p)
		}
		if err != nil {
			return nil, err
		}
		if err := c.record(model.Modification, o.ref(), o.title(), "%s placed in the folder %s", o.title(), f.Name); err != nil {
			return nil, err
		}
	}
	return &hal.PlaceInFolderResponse{}, nil
}

// removeFromFolder takes objects out of a folder, or out of whichever they lie
// in.
func removeFromFolder(c *call, req *hal.RemoveFromFolder) (*hal.RemoveFromFolderResponse, error) {
	if err := c.note(req.SaveComment); err != nil {
		return nil, err
	}
	var f *model.Folder
	var err error
	if req.FolderRef.V != "" {
		if f, err = c.folder("folderRef", req.FolderRef.V); err != nil {
			return nil, err
		}
	}
	if len(req.ObjRefs) == 0 {
		return nil, required("objRefs")
	}
	for _, text := range req.ObjRefs {
		var o object
		if f != nil {
			o, err = c.objectOf(f.ContentType, "objRefs", text)
		} else {
			o, err = c.object("objRefs", text, hal.Opt[hal.ObjectType]{})
		}
		if err != nil {
			return nil, err
		}
		p, err := c.placementOf(o.ref())
		switch {
		case err != nil:
			return nil, err
		case p == nil:
			return nil, invalid("objRefs", "%s lies in no folder", quote(text))
		case f != nil && p.FolderID != f.ID:
			return nil, invalid("objRefs", "%s does not lie in the folder %s", quote(text), f.Name)
		}
		from, err := c.schema.Folders.Get(c.tx, p.FolderID)
		if err != nil {
			return nil, err
		}
		if err := c.schema.Placements.Delete(c.tx, p.ID); err != nil {
			return nil, err
		}
		if err := c.record(model.Modification, o.ref(), o.title(), "%s taken out of the folder %s", o.title(), from.Name); err != nil {
			return nil, err
		}
	}
	return &hal.RemoveFromFolderResponse{}, nil
}

// placedIn are the ids of the objects in a folder, ascending.
func (c *call) placedIn(f *model.Folder) (ids []model.ID, err error) {
	for p, err := range c.schema.PlacementsByFolder.Begin(c.tx, keyOf(f.ID)) {
		if err != nil {
			return nil, err
		}
		ids = append(ids, p.Object.ID)
	}
	return ids, nil
}

// getObjectsInFolder lists what lies in a folder, but not in folders in it.
func getObjectsInFolder(c *call, req *hal.GetObjectsInFolder) (*hal.GetObjectsInFolderResponse, error) {
	f, err := c.folder("folderRef", req.FolderRef.V)
	if err != nil {
		return nil, err
	}
	ids, err := c.placedIn(f)
	if err != nil {
		return nil, err
	}
	out := &hal.GetObjectsInFolderResponse{Objects: make([]hal.Object, len(ids)), TotalResults: hal.Some(uint32(len(ids)))}
	for i, id := range ids {
		o, err := c.objectOf(f.ContentType, "folderRef", model.Ref{Type: f.ContentType, ID: id}.String())
		if err != nil {
			return nil, err
		}
		out.Objects[i] = wire.Object(o.ref(), o.title())
	}
	return out, nil
}

func getFolderForObject(c *call, req *hal.GetFolderForObject) (*hal.GetFolderForObjectResponse, error) {
	o, err := c.object("ref", req.Ref.V, req.ObjType)
	if err != nil {
		return nil, err
	}
	p, err := c.placementOf(o.ref())
	if err != nil || p == nil {
		return &hal.GetFolderForObjectResponse{}, err
	}
	return &hal.GetFolderForObjectResponse{Folder: wire.Ref(model.TypeFolder, p.FolderID)}, nil
}

// removeFolder removes a folder and those in it; the objects in them stay. One
// with folders in it needs force.
func (c *call) removeFolder(f *model.Folder, force bool) error {
	var inner []*model.Folder
	for i, err := range c.schema.FoldersByParent.Begin(c.tx, keyOf(f.SpaceID).ID(model.ID(f.ContentType)).ID(f.ID)) {
		if err != nil {
			return err
		}
		inner = append(inner, i)
	}
	if len(inner) > 0 && !force {
		return inUse("ref", "folder %s still has %s in it; remove them first or set forceRemoval", quote(f.Name), count(len(inner), "folder"))
	}
	for _, i := range inner {
		if err := c.removeFolder(i, force); err != nil {
			return err
		}
	}
	ids, err := c.placedIn(f)
	if err != nil {
		return err
	}
	for _, id := range ids {
		if err := c.leaveFolder(model.Ref{Type: f.ContentType, ID: id}); err != nil {
			return err
		}
	}
	if err := c.schema.Folders.Delete(c.tx, f.ID); err != nil {
		return err
	}
	text := "Folder " + f.Name + " removed"
	if len(ids) > 0 {
		text += "; " + count(len(ids), "object") + " left it"
	}
	return c.record(model.Deletion, f.Ref(), f.Name, "%s", text)
}

// folderObject is a folder for the generic commands.
type folderObject struct {
	c *call
	*model.Folder
}

func (o *folderObject) ref() model.Ref            { return o.Folder.Ref() }
func (o *folderObject) title() string             { return o.Name }
func (o *folderObject) custom() *[]model.Property { return nil }
func (o *folderObject) remove(force bool) error   { return o.c.removeFolder(o.Folder, force) }

func (o *folderObject) properties() []property {
	f := o.Folder
	return []property{
		{name: "name", value: f.Name, set: words(&f.Name)},
		{name: "contentType", value: f.ContentType.String()},
		{name: "parentRef", value: wire.Ref(model.TypeFolder, f.ParentID).V, set: func(v string) error {
			if v == "" {
				f.ParentID = 0
				return nil
			}
			parent, err := o.c.folder("properties.parentRef", v)
			if err != nil {
				return err
			}
			f.ParentID = parent.ID
			return nil
		}},
	}
}

func (o *folderObject) save(changes string) (string, error) {
	c, f := o.c, o.Folder
	if err := c.checkFolder("properties.", f); err != nil {
		return "", err
	}
	if err := c.schema.Folders.Update(c.tx, f); err != nil {
		return "", err
	}
	return "", c.record(model.Modification, f.Ref(), f.Name, "Folder %s modified: %s", f.Name, changes)
}

// getCustomFilters answers that no filter was saved: the interface has no
// command that saves one.
func getCustomFilters(*call, *hal.GetCustomFilters) (*hal.GetCustomFiltersResponse, error) {
	return &hal.GetCustomFiltersResponse{Filters: []hal.CustomFilter{}, TotalResults: hal.Some[uint32](0)}, nil
}
