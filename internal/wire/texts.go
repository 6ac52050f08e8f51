package wire

import (
	"unsafe"

	"halxml/internal/model"
	"halxml/wsdl/hal"
)

// Texts makes the references of the items of a list without garbage: their
// memory is used again for the next item. A nil Texts makes texts that last.
type Texts struct{ memory []byte }

// Reset takes back all texts made so far.
func (t *Texts) Reset() { t.memory = t.memory[:0] }

// Ref is like the function Ref.
func (t *Texts) Ref(of model.ObjectType, id model.ID) hal.Opt[string] {
	if t == nil {
		return Ref(of, id)
	}
	if id == 0 && of != model.TypeUser {
		return hal.Opt[string]{}
	}
	start := len(t.memory)
	t.memory = model.Ref{Type: of, ID: id}.Append(t.memory)
	return hal.Some(unsafe.String(&t.memory[start], len(t.memory)-start))
}
