package app

import (
	"strings"

	"halxml/internal/command"
	"halxml/wsdl/hal"
)

// Operation is what an engineer wants to know of an operation of the interface.
type Operation struct {
	Name       string
	Doc        string
	Parameters []string
	Reason     string // why it is not answered; "" when it is
}

// Operations are all operations, in the WSDL's order.
func Operations() []Operation {
	names, why := command.Unanswered()
	reasons := map[string]string{}
	for i, name := range names {
		reasons[name] = why[i]
	}
	var all []Operation
	for _, op := range hal.Operations() {
		o := Operation{Name: op.Name, Doc: op.Doc, Reason: reasons[op.Name]}
		for _, f := range op.Request.Fields {
			o.Parameters = append(o.Parameters, f.Name)
		}
		all = append(all, o)
	}
	return all
}

// LookUp finds an operation by its name in any case, with or without the
// prefix of Micetro's documents.
func LookUp(name string) (Operation, bool) {
	if op, _, ok := hal.LookupFold(name); ok {
		for _, o := range Operations() {
			if o.Name == op.Name {
				return o, true
			}
		}
	}
	return Operation{}, false
}

// Takes tells whether the operation has a parameter; JSON-RPC reads the names
// of parameters in any case.
func (o Operation) Takes(parameter string) bool {
	for _, p := range o.Parameters {
		if strings.EqualFold(p, parameter) {
			return true
		}
	}
	return false
}
