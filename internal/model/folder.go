package model

// Folder gathers ranges or scopes for the eye; nothing else depends on it.
type Folder struct {
	ID          ID
	SpaceID     ID
	Name        string
	ContentType ObjectType // of the objects in it, and in the folders in it
	ParentID    ID         // the folder it lies in; 0 = none
}

// Ref is the folder's reference.
func (f *Folder) Ref() Ref { return Ref{TypeFolder, f.ID} }

// Placement says in which folder an object lies: one at most.
type Placement struct {
	ID       ID
	FolderID ID
	Object   Ref
}
