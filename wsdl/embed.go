package wsdl

import (
	"bytes"
	_ "embed"
	"encoding/xml"
	"slices"
	"strings"
	"sync"

	"halxml/wsdl/hal"
)

//go:embed halxmlcommand.wsdl
var source string

// Options choose a variant of the WSDL.
type Options struct {
	// Profile2017 leaves out what came after 2017.
	Profile hal.Profile
	// Prefixed puts hal.Prefix before the names of operations, elements and
	// messages and into the SOAP actions.
	Prefixed bool
	// Address is the URL that both ports name; "" keeps the one of the source.
	Address string
}

// Text is the WSDL in a variant. The slice is the caller's.
func Text(o Options) []byte {
	v := o.variant()
	if o.Address == "" {
		o.Address = v.address
	}
	return []byte(strings.Join(v.around, string(Escape(o.Address))))
}

// Around is what Text has before, between and behind the places of the address,
// which stands there as Escape writes it.
func Around(o Options) []string { return slices.Clone(o.variant().around) }

// Escape writes an address as it stands in the WSDL.
func Escape(address string) []byte {
	var b bytes.Buffer
	_ = xml.EscapeText(&b, []byte(address)) // to memory
	return b.Bytes()
}

func (o Options) variant() variant {
	n := 0
	if o.Profile == hal.Profile2017 {
		n |= 1
	}
	if o.Prefixed {
		n |= 2
	}
	return variants[n]()
}

// variants are made when they are first asked for: by bit, 2017 and prefixed.
var variants = [...]func() variant{
	sync.OnceValue(func() variant { return rewrite(source, false, false) }),
	sync.OnceValue(func() variant { return rewrite(source, true, false) }),
	sync.OnceValue(func() variant { return rewrite(source, false, true) }),
	sync.OnceValue(func() variant { return rewrite(source, true, true) }),
}

// variant is a text with places for the address.
type variant struct {
	around  []string
	address string
}

// rewrite copies the WSDL with its edits, so that all it leaves alone stays as
// it is, byte for byte.
func rewrite(text string, only2017, prefixed bool) variant {
	w := rewriter{text: text, dec: xml.NewDecoder(strings.NewReader(text)), only2017: only2017, prefixed: prefixed}
	for {
		from := int(w.dec.InputOffset())
		token, err := w.dec.Token()
		if err != nil { // the end: the source is fixed, and a test reads every variant
			break
		}
		switch t := token.(type) {
		case xml.StartElement:
			w.start(t, from, int(w.dec.InputOffset()))
		case xml.EndElement:
			w.end()
		case xml.CharData:
			w.characters(string(t))
		}
	}
	w.out.WriteString(text[w.done:])
	return variant{around: append(w.around, w.out.String()), address: w.address}
}

type rewriter struct {
	text               string
	dec                *xml.Decoder
	only2017, prefixed bool
	open               []opened
	out                strings.Builder
	done               int // how much of text is written or cut
	around             []string
	address            string
}

// opened is an element that the rewriter stands in.
type opened struct {
	name string
	from int
	cut  bool
}

func (w *rewriter) start(t xml.StartElement, from, to int) {
	parent := ""
	if n := len(w.open); n > 0 {
		parent = w.open[n-1].name
	}
	w.open = append(w.open, opened{name: t.Name.Local, from: from})
	for _, a := range t.Attr {
		switch is := t.Name.Local + "@" + a.Name.Local; {
		case is == "address@location":
			w.address = a.Value
			at := from + strings.Index(w.text[from:to], `location="`) + len(`location="`)
			w.out.WriteString(w.text[w.done:at])
			w.around = append(w.around, w.out.String())
			w.out.Reset()
			w.done = at + strings.IndexByte(w.text[at:], '"')
		case !w.prefixed:
		case is == "operation@name", is == "message@name", is == "element@name" && parent == "schema",
			is == "input@message", is == "output@message", is == "part@element", is == "operation@soapAction":
			at := from + strings.Index(w.text[from:to], a.Name.Local+`="`) + len(a.Name.Local) + 2
			for _, before := range []string{"tns:", hal.Namespace} {
				if strings.HasPrefix(a.Value, before) {
					at += len(before)
				}
			}
			w.out.WriteString(w.text[w.done:at] + hal.Prefix)
			w.done = at
		}
	}
}

// characters cuts what holds a documentation that marks an extension: the
// element, value or type two levels up.
func (w *rewriter) characters(text string) {
	n := len(w.open)
	if !w.only2017 || n < 3 || w.open[n-1].name != "documentation" || !strings.HasPrefix(text, "Since ") {
		return
	}
	if o := &w.open[n-3]; o.name == "element" || o.name == "enumeration" || o.name == "simpleType" {
		o.cut = true
	}
}

// end leaves an element; one that is cut goes with the blanks before it.
func (w *rewriter) end() {
	o := w.open[len(w.open)-1]
	w.open = w.open[:len(w.open)-1]
	within := slices.ContainsFunc(w.open, func(o opened) bool { return o.cut })
	if !o.cut || within {
		return
	}
	from := len(strings.TrimRight(w.text[:o.from], " \t\r\n"))
	w.out.WriteString(w.text[w.done:from])
	w.done = int(w.dec.InputOffset())
}
