package wsdl

import (
	"fmt"
	"net/url"
	"slices"
	"strings"
	"testing"

	"halxml/wsdl/hal"
)

const (
	soapHTTP = "http://schemas.xmlsoap.org/soap/http"
	wsdlNS   = "http://schemas.xmlsoap.org/wsdl/"
	soapNS   = "http://schemas.xmlsoap.org/wsdl/soap/"
)

// elementOf follows a message to its one part's element.
func (d *definitions) elementOf(qname string) string {
	name, ok := strings.CutPrefix(qname, "tns:")
	for _, m := range d.Messages {
		if ok && m.Name == name && len(m.Parts) == 1 {
			return strings.TrimPrefix(m.Parts[0].Element, "tns:")
		}
	}
	return ""
}

// all checks every item, and names the first that fails.
func all[T any](items []T, ok func(T) bool) error {
	for _, item := range items {
		if !ok(item) {
			return fmt.Errorf("%+v", item)
		}
	}
	return nil
}

func unique(names []string) error {
	seen := map[string]bool{}
	return all(names, func(n string) bool {
		dup := seen[n]
		seen[n] = true
		return !dup
	})
}

// TestBasicProfile checks the rules of the WS-I Basic Profile 1.1 that bind the
// description of a document/literal service, a row each. The profile knows SOAP
// 1.1 only; what it says of bindings is asked of the SOAP 1.2 one as well.
func TestBasicProfile(t *testing.T) {
	rules := []struct {
		number, says string
		check        func(d *definitions) error
	}{
		{"R2001 R2003 R2105", "one schema, in types, of the target namespace; nothing is imported", func(d *definitions) error {
			if len(d.Imports) > 0 || len(d.Schemas) != 1 || d.Schemas[0].TargetNamespace != d.TargetNamespace || len(d.Schemas[0].Imports)+len(d.Schemas[0].Includes) > 0 {
				return fmt.Errorf("%+v", d.Imports)
			}
			return nil
		}},
		{"R2800 R2801", "the schema is of XML Schema 1.0", func(d *definitions) error {
			if ns := d.Schemas[0].XMLName.Space; ns != "http://www.w3.org/2001/XMLSchema" {
				return fmt.Errorf("%s", ns)
			}
			return nil
		}},
		{"R2026 R2027", "no extension of the description is required", func(d *definitions) error {
			return all(d.Extensions, func(e extension) bool { return e.XMLName.Space == wsdlNS && e.Required == "" })
		}},
		{"R2110 R2111", "arrays are sequences and not soapenc:Array", func(d *definitions) error {
			return all(d.Schemas[0].ComplexTypes, func(c complexType) bool { return c.Content == nil && len(c.Attrs) == 0 })
		}},
		{"R2204 R2206", "a part names an element and no type", func(d *definitions) error {
			return all(d.Messages, func(m message) bool {
				return len(m.Parts) == 1 && m.Parts[0].Element != "" && m.Parts[0].Type == ""
			})
		}},
		{"R2201 R2210 R9981", "a body is one part", func(d *definitions) error {
			return all(d.Messages, func(m message) bool { return len(m.Parts) == 1 })
		}},
		{"R2303", "operations are request and response, in that order, without parameterOrder", func(d *definitions) error {
			for _, op := range d.PortTypes[0].Operations {
				if op.Input.Message == "" || op.Output.Message == "" || op.ParameterOrder != "" {
					return fmt.Errorf("%s", op.Name)
				}
				for _, other := range op.Order {
					if other.XMLName.Local != "documentation" {
						return fmt.Errorf("%s: %s", op.Name, other.XMLName.Local)
					}
				}
			}
			return nil
		}},
		{"R2304", "operations have distinct names", func(d *definitions) error {
			var names []string
			for _, op := range d.PortTypes[0].Operations {
				names = append(names, op.Name)
			}
			return unique(names)
		}},
		{"R2401", "every binding is a SOAP binding", func(d *definitions) error {
			return all(d.Bindings, func(b binding) bool { return (b.SOAP11 != nil) != (b.SOAP12 != nil) })
		}},
		{"R2701 R2702", "the transport is HTTP", func(d *definitions) error {
			return all(d.Bindings, func(b binding) bool { return b.soap().Transport == soapHTTP })
		}},
		{"R2705", "one style within a binding: document", func(d *definitions) error {
			return all(d.Bindings, func(b binding) bool {
				return b.soap().Style == "document" && all(b.Operations, func(o boundMethod) bool { return o.SOAP.Style == "document" }) == nil
			})
		}},
		{"R2706 R2707", "use is literal", func(d *definitions) error {
			return d.bodies(func(m boundMessage) bool { return len(m.Body) == 1 && m.Body[0].Use == "literal" })
		}},
		{"R2716", "a document body has no namespace, encodingStyle or parts", func(d *definitions) error {
			return d.bodies(func(m boundMessage) bool {
				b := m.Body[0]
				return b.Namespace == nil && b.EncodingStyle == nil && b.Parts == nil
			})
		}},
		{"R2738", "no header is declared, so none is mandatory", func(d *definitions) error {
			return d.bodies(func(m boundMessage) bool { return len(m.Headers) == 0 })
		}},
		{"R2710", "requests differ by the element in the body", func(d *definitions) error {
			var elements []string
			for _, op := range d.PortTypes[0].Operations {
				elements = append(elements, d.elementOf(op.Input.Message))
			}
			return unique(elements)
		}},
		{"R2712 R2206", "each message is an element of the schema", func(d *definitions) error {
			known := map[string]bool{"": false}
			for _, e := range d.Schemas[0].Elements {
				known[e.Name] = true
			}
			for _, op := range d.PortTypes[0].Operations {
				in, out := d.elementOf(op.Input.Message), d.elementOf(op.Output.Message)
				if !known[in] || !known[out] || in != op.Name || out != op.Name+"Response" {
					return fmt.Errorf("%s: %q, %q", op.Name, in, out)
				}
			}
			return nil
		}},
		{"R2718", "a binding has the operations of its port type", func(d *definitions) error {
			var want []string
			for _, op := range d.PortTypes[0].Operations {
				want = append(want, op.Name)
			}
			return all(d.Bindings, func(b binding) bool {
				var have []string
				for _, op := range b.Operations {
					have = append(have, op.Name)
				}
				return b.Type == "tns:"+d.PortTypes[0].Name && slices.Equal(have, want)
			})
		}},
		{"R2744 R2745", "the SOAP action is the namespace and the operation", func(d *definitions) error {
			return all(d.Bindings, func(b binding) bool {
				return all(b.Operations, func(o boundMethod) bool { return o.SOAP.Action == hal.Namespace+o.Name }) == nil
			})
		}},
		{"R2711", "one SOAP 1.1 address, absolute, in the first port", func(d *definitions) error {
			s := d.Services[0]
			if len(d.Services) != 1 || s.Name != "Service" || len(s.Ports) != 2 || s.Ports[0].Name != "ServiceSoap" || s.Ports[1].Name != "ServiceSoap12" {
				return fmt.Errorf("%+v", d.Services)
			}
			for _, p := range s.Ports {
				if u, err := url.Parse(p.Address.Location); err != nil || u.Scheme == "" || p.Binding != "tns:"+p.Name {
					return fmt.Errorf("%+v", p)
				}
			}
			if s.Ports[0].Address.XMLName.Space != soapNS {
				return fmt.Errorf("%+v", s.Ports[0])
			}
			return nil
		}},
		{"R2101 R2102", "a type is defined once, and every type that is used is defined", func(d *definitions) error {
			var names []string
			for _, s := range d.Schemas[0].SimpleTypes {
				names = append(names, s.Name)
			}
			for _, c := range d.Schemas[0].ComplexTypes {
				names = append(names, c.Name)
			}
			for name := range strings.FieldsSeq("string boolean unsignedInt int") {
				names = append(names, "s:"+name)
			}
			check := func(fields []element) error {
				return all(fields, func(e element) bool { return slices.Contains(names, strings.TrimPrefix(e.Type, "tns:")) })
			}
			for _, c := range d.Schemas[0].ComplexTypes {
				if err := check(c.Elements); err != nil {
					return err
				}
			}
			for _, e := range d.Schemas[0].Elements {
				if err := check(e.Complex.Elements); err != nil {
					return err
				}
			}
			return unique(names)
		}},
		{"R1014", "what is in a body is qualified", func(d *definitions) error {
			if d.Schemas[0].ElementFormDefault != "qualified" || d.TargetNamespace != hal.Namespace {
				return fmt.Errorf("%s", d.TargetNamespace)
			}
			return nil
		}},
	}
	for name, o := range map[string]Options{
		"current":           {},
		"2017":              {Profile: hal.Profile2017},
		"prefixed":          {Prefixed: true, Address: "https://h.example/halXMLCommand"},
		"prefixed, of 2017": {Prefixed: true, Profile: hal.Profile2017},
	} {
		d := parse(t, o)
		for _, r := range rules {
			if err := r.check(d); err != nil {
				t.Errorf("%s, %s: %s: %v", name, r.number, r.says, err)
			}
		}
		if text := string(Text(o)); !strings.HasPrefix(text, `<?xml version="1.0" encoding="utf-8"?>`) {
			t.Errorf("%s, R4003: not declared as UTF-8", name)
		}
	}
}

// soap is the binding's extension, of either version.
func (b binding) soap() *soapBinding {
	if b.SOAP11 != nil {
		return b.SOAP11
	}
	return b.SOAP12
}

// bodies checks every input and output of every binding.
func (d *definitions) bodies(ok func(boundMessage) bool) error {
	for _, b := range d.Bindings {
		for _, op := range b.Operations {
			if !ok(op.Input) || !ok(op.Output) {
				return fmt.Errorf("%s, %s", b.Name, op.Name)
			}
		}
	}
	return nil
}
