package hal

import (
	"strconv"

	"halxml/internal/jsonscan"
)

// list is how far a cursor is in the field that it stands on.
type list struct {
	n     int    // items begun, for paths
	other string // the first child or key that is no item
	state listState
}

type listState uint8

const (
	before  listState = iota
	inArray           // of JSON
	inWrapper
	inWrapped // in the array of a wrapper
	alone     // before the only item, which no array is around
	after
)

// begin starts a list and reports whether it is there at all: "" stands for an
// absent one in JSON, as some clients write an empty list. Others leave the array
// away where a list has one item, as PowerShell does with what came of a pipeline.
func (c *cursor) begin() bool {
	c.list = list{}
	if c.json == nil {
		return true
	}
	switch c.json.Kind() {
	case jsonscan.Array, jsonscan.None:
		c.err = c.json.Array()
		c.list.state = inArray
	case jsonscan.Object:
		if c.loneObject() {
			c.list.state = alone
			break
		}
		c.err = c.json.Object()
		c.list.state = inWrapper
	default:
		here := *c.json
		empty := here.Kind() == jsonscan.String && c.text() == ""
		f := &c.of.Fields[c.i]
		switch {
		case empty:
			return false
		case c.err == nil && (f.Struct != nil || f.Sub != ""):
			c.err = wrong("not a list")
		case c.err == nil:
			*c.json = here
			c.list.state = alone
		}
	}
	return c.err == nil
}

// loneObject reports whether the object that is next is an item of the list,
// told by its first key, and not the wrapper that SOAP has around items.
func (c *cursor) loneObject() bool {
	f := &c.of.Fields[c.i]
	if f.Struct == nil {
		return false
	}
	ahead := *c.json
	if ahead.Object() != nil {
		return false
	}
	key, ok, err := ahead.Key()
	return err == nil && ok && !f.itemNamed(key) && f.Struct.find(key, 0) >= 0
}

// item steps to the next item.
func (c *cursor) item() bool {
	if c.err != nil {
		return false
	}
	ok := false
	if c.json != nil {
		ok = c.jsonItem()
	} else {
		ok = c.xmlItem()
	}
	if ok {
		c.list.n++
	}
	return ok
}

func (c *cursor) xmlItem() bool {
	f := &c.of.Fields[c.i]
	if f.Repeated { // the cursor stands in the only item of this occurrence
		return c.list.n == 0
	}
	for c.err == nil {
		name, ok := c.name()
		switch {
		case !ok:
			c.misnamed()
			return false
		case f.itemNamed(name):
			return true
		}
		c.pass(name)
	}
	return false
}

// pass skips a child or key that is no item.
func (c *cursor) pass(name string) {
	if c.list.other == "" {
		c.list.other = name
	}
	c.skip()
}

// misnamed refuses, at its end, a list that holds something but no item: what
// the caller meant to say would get lost.
func (c *cursor) misnamed() {
	if item := c.of.Fields[c.i].Item; c.err == nil && c.list.n == 0 && c.list.other != "" && item != "" {
		c.err = wrong(quote(c.list.other) + " is not an item of the list; each is called " + quote(item))
	}
}

// jsonItem reads plain arrays, and arrays in the shape that SOAP gives them:
// {"property":[…]}, or with a lone item {"property":{…}}.
func (c *cursor) jsonItem() bool {
	for c.err == nil {
		switch c.list.state {
		case alone:
			c.list.state = after
			return true
		case after:
			return false
		case inArray, inWrapped:
			var ok bool
			if ok, c.err = c.json.Item(); ok {
				return true
			}
			if c.list.state == inArray {
				return false
			}
			c.list.state = inWrapper
		case inWrapper:
			key, ok := c.name()
			if !ok {
				c.misnamed()
				return false
			}
			f := &c.of.Fields[c.i]
			switch {
			case f.Item == "" || !f.itemNamed(key):
				c.pass(key)
			case c.json.Kind() == jsonscan.Array:
				c.err = c.json.Array()
				c.list.state = inWrapped
			case !c.json.Null():
				return true
			}
		}
	}
	return false
}

// failed adds the place in the list to an error of the item.
func (c *cursor) failed() bool {
	if c.err == nil {
		return false
	}
	c.err = within("["+strconv.Itoa(c.list.n-1)+"]", c.err)
	return true
}

func decodeItems[T any, P pointer[T]](c *cursor, to *[]T) {
	if !c.begin() {
		return
	}
	if *to == nil {
		*to = []T{}
	}
	weight := len(c.of.Fields[c.i].Struct.Fields) / 4
	for c.item() {
		if c.null() {
			continue
		}
		// An item of many fields takes much memory even where it is empty.
		if c.count(weight) != nil {
			return
		}
		*to = append(*to, *new(T))
		c.err = P(&(*to)[len(*to)-1]).decode(c.input)
		if c.failed() {
			return
		}
	}
}

func (c *cursor) count(n int) error {
	if c.xml != nil {
		c.err = c.xml.Count(n)
	} else {
		c.err = c.json.Count(n)
	}
	return c.err
}

// decodeScalars reads a list of what read returns.
func decodeScalars[T any](c *cursor, to *[]T, read func(*cursor) (T, bool)) {
	if !c.begin() {
		return
	}
	if *to == nil {
		*to = []T{}
	}
	for c.item() {
		if v, ok := read(c); ok {
			*to = append(*to, v)
		}
		if c.failed() {
			return
		}
	}
}

// string reads an item of a list of strings; a nil one keeps its place as "".
func (c *cursor) string() (string, bool) {
	if c.null() {
		return "", c.err == nil
	}
	v := c.text()
	return v, c.err == nil
}

func decodeStrings(c *cursor, to *[]string) { decodeScalars(c, to, (*cursor).string) }

func decodeBools(c *cursor, to *[]bool) { decodeScalars(c, to, (*cursor).bool) }

func decodeUints(c *cursor, to *[]uint32) { decodeScalars(c, to, (*cursor).uint) }

func decodeEnums[T ~string](c *cursor, to *[]T) {
	decodeScalars(c, to, func(c *cursor) (T, bool) {
		v, ok := c.enum()
		return T(v), ok
	})
}

// decodeRows reads an array of arrays of strings.
func decodeRows(c *cursor, to *[][]string) {
	decodeScalars(c, to, (*cursor).row)
}

func (c *cursor) row() (row []string, ok bool) {
	row = []string{}
	if c.null() {
		return row, c.err == nil
	}
	sub := c.of.Fields[c.i].Sub
	if c.json != nil {
		if c.json.Kind() != jsonscan.Array {
			c.err = wrong("not a list")
		} else {
			c.err = c.json.Array()
		}
	}
	for c.err == nil {
		more := false
		if c.json != nil {
			more, c.err = c.json.Item()
		} else {
			var name string
			if name, more = c.name(); more && name != sub {
				c.skip()
				continue
			}
		}
		if !more {
			break
		}
		if v, ok := c.string(); ok {
			row = append(row, v)
		}
	}
	return row, c.err == nil
}

// decodeProperties reads a list of properties, which JSON callers may also
// write as an object of names and values.
func decodeProperties(c *cursor, to *[]Property) {
	if c.json == nil || c.json.Kind() != jsonscan.Object {
		decodeItems(c, to)
		return
	}
	if *to == nil {
		*to = []Property{}
	}
	c.list = list{}
	c.err = c.json.Object()
	for c.err == nil {
		key, ok := c.name()
		if !ok {
			return
		}
		kind := c.json.Kind()
		if c.of.Fields[c.i].itemNamed(key) && (kind == jsonscan.Array || kind == jsonscan.Object) {
			c.wrapped(to)
			continue
		}
		p := Property{Name: Some(key)}
		if !c.json.Null() {
			decodeString(c, &p.Value)
		}
		*to = append(*to, p)
		c.err = within(key, c.err)
	}
}

// wrapped reads the value of {"property": …}.
func (c *cursor) wrapped(to *[]Property) {
	if c.json.Kind() == jsonscan.Array {
		c.err = c.json.Array()
		c.list = list{state: inArray}
	} else {
		c.list = list{state: after}
	}
	for c.list.state == after || c.item() {
		var p Property
		if c.list.state == after {
			c.list.n = 1
		}
		c.err = p.decode(c.input)
		if c.failed() {
			return
		}
		*to = append(*to, p)
		if c.list.state == after {
			return
		}
	}
}
