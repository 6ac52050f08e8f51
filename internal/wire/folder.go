package wire

import (
	"halxml/internal/model"
	"halxml/wsdl/hal"
)

// Folder is a folder, without what lies in it.
func Folder(f *model.Folder) hal.Folder {
	return hal.Folder{
		Ref:         hal.Some(f.Ref().String()),
		Name:        hal.Some(f.Name),
		ContentType: hal.Some(hal.ObjectType(f.ContentType.String())),
		ParentRef:   Ref(model.TypeFolder, f.ParentID),
	}
}
