package hal

import "strings"

// Operations are all operations, in the WSDL's order. The slice is the
// caller's to keep and not to change.
func Operations() []Operation { return operations[:] }

// Lookup finds an operation by the local name of its request element, with or
// without Prefix, and tells whether it had the prefix.
func Lookup(local string) (op *Operation, prefixed, ok bool) {
	name, prefixed := strings.CutPrefix(local, Prefix)
	if op := find(name); op != nil && op.Name == name {
		return op, prefixed, true
	}
	return nil, false, false
}

// LookupFold is Lookup without regard to case, as JSON-RPC callers write
// method names.
func LookupFold(method string) (op *Operation, prefixed, ok bool) {
	name := method
	if len(name) > len(Prefix) && strings.EqualFold(name[:len(Prefix)], Prefix) {
		name, prefixed = name[len(Prefix):], true
	}
	if op := find(name); op != nil {
		return op, prefixed, true
	}
	return nil, false, false
}

// find searches the operations by name without case.
func find(name string) *Operation {
	lo, hi := 0, len(operationsByName)
	for lo < hi {
		mid := int(uint(lo+hi) >> 1)
		op := &operations[operationsByName[mid]]
		switch c := compareFold(op.Name, name); {
		case c == 0:
			return op
		case c < 0:
			lo = mid + 1
		default:
			hi = mid
		}
	}
	return nil
}

// compareFold compares as strings.Compare does, with ASCII letters made small.
func compareFold(a, b string) int {
	for i := 0; i < len(a) && i < len(b); i++ {
		if c, d := lower(a[i]), lower(b[i]); c != d {
			return int(c) - int(d)
		}
	}
	return len(a) - len(b)
}

func lower(c byte) byte {
	if 'A' <= c && c <= 'Z' {
		return c + 'a' - 'A'
	}
	return c
}

// sessioned are the requests with a session element.
type sessioned interface{ session() *Opt[string] }

// SessionOf is the session that a request names; "" when it has none.
func SessionOf(request Message) string {
	if r, ok := request.(sessioned); ok {
		return r.session().V
	}
	return ""
}

// SetSession puts a session into a request, and reports false for one that
// takes none.
func SetSession(request Message, session string) bool {
	r, ok := request.(sessioned)
	if ok {
		*r.session() = Some(session)
	}
	return ok
}
