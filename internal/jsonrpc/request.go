package jsonrpc

import (
	"slices"
	"strconv"
	"strings"

	"halxml/internal/errs"
	"halxml/internal/jsonscan"
	"halxml/wsdl/hal"
)

// The ids of requests without one, and of those that are no JSON-RPC: their
// answers have nothing of it around them.
const (
	nullID     = "null"
	noEnvelope = ""
)

// members are those of a request that mean something.
var members = [...]string{"jsonrpc", "id", "method", "params"}

// request is one request object, its parameters still as they were written.
type request struct {
	id     string // as it was written
	method string
	params string // "" when there were none
	wrong  error
}

// readRequest reads the value that s stands before. Its error says that the
// text is broken; what is wrong with a request alone goes into it.
func readRequest(s *jsonscan.Scanner) (request, error) {
	q := request{id: nullID}
	if k := s.Kind(); k != jsonscan.Object && k != jsonscan.None {
		q.note("The request is not an object")
		return q, parseError(s.Skip())
	}
	if err := s.Object(); err != nil {
		return q, parseError(err)
	}
	var seen [len(members)]bool // one who checks requests on their way may see another of two
	for {
		key, ok, err := s.Key()
		if err != nil {
			return q, parseError(err)
		}
		if !ok {
			break
		}
		if i := slices.Index(members[:], key); i >= 0 {
			if seen[i] {
				q.note(strconv.Quote(members[i]) + " is given twice")
			}
			seen[i] = true
		}
		kind := s.Kind()
		raw, err := s.Raw()
		if err != nil {
			return q, parseError(err)
		}
		switch key {
		case "jsonrpc":
			// PowerShell and Python write the number where the quotes were forgotten.
			if raw != `"2.0"` && raw != "2.0" && raw != "2" && kind != jsonscan.Null {
				q.note(`"jsonrpc" is not "2.0"`)
			}
		case "id":
			switch kind {
			case jsonscan.String, jsonscan.Number, jsonscan.Null:
				q.id = raw
			default:
				q.note(`"id" is not a string, a number or null`)
			}
		case "method":
			if kind != jsonscan.String {
				q.note(`"method" is not a string`)
			} else if q.method, err = unquote(raw); err != nil {
				return q, parseError(err)
			}
		case "params":
			q.params = raw
		}
	}
	if q.method == "" {
		q.note(`"method" is missing`)
	}
	return q, nil
}

// note keeps the first thing that is wrong with the request.
func (q *request) note(text string) {
	if q.wrong == nil {
		q.wrong = invalidRequestError(text)
	}
}

// unquote is the content of a JSON string that was checked.
func unquote(raw string) (string, error) {
	if strings.IndexByte(raw, '\\') < 0 {
		return raw[1 : len(raw)-1], nil
	}
	return jsonscan.New(raw, jsonscan.Limits{}).Text()
}

// decode reads the parameters into the operation's request.
func (q *request) decode(op *hal.Operation, s *jsonscan.Scanner, limits jsonscan.Limits) (hal.Message, error) {
	m := op.NewRequest()
	if q.params == "" || q.params == "null" {
		return m, nil
	}
	if q.params[0] == '[' {
		if strings.TrimSpace(q.params[1:len(q.params)-1]) == "" {
			return m, nil // how PHP writes an object without members
		}
		return nil, &protocolError{invalidParams, errs.Invalid, "Parameters by position are not accepted; pass an object with their names"}
	}
	s.Reset(q.params, limits)
	if err := m.DecodeJSON(s); err != nil {
		return nil, paramsError(err)
	}
	return m, nil
}

// readBatch reads an array of up to limit requests, all of it before the first
// is answered.
func readBatch(s *jsonscan.Scanner, limit int) ([]request, error) {
	if err := s.Array(); err != nil {
		return nil, parseError(err)
	}
	var all []request
	for {
		ok, err := s.Item()
		if err != nil {
			return nil, parseError(err)
		}
		if !ok {
			break
		}
		if len(all) == limit {
			return nil, invalidRequestError("The batch holds more than " + strconv.Itoa(limit) + " requests")
		}
		q, err := readRequest(s)
		if err != nil {
			return nil, err
		}
		all = append(all, q)
	}
	if err := s.End(); err != nil {
		return nil, parseError(err)
	}
	if len(all) == 0 {
		return nil, invalidRequestError("The batch is empty")
	}
	return all, nil
}
