package soap

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"

	"halxml/wsdl/hal"
)

// sample is a message that a page shows.
type sample struct{ Title, Text string }

// sampler makes up messages from the description of their fields.
type sampler struct {
	profile  hal.Profile
	required bool // show no more than is required
}

// deepest bounds how far samples follow types that hold types.
const deepest = 6

func (m sampler) all(op *hal.Operation, prefix, endpoint string) []sample {
	name := prefix + op.Name
	host, path, _ := strings.Cut(strings.SplitN(endpoint, "://", 2)[1], "/")
	post := "POST /" + path + " HTTP/1.1\nHost: " + host + "\n"
	type1, type2 := "Content-Type: text/xml; charset=utf-8\n", "Content-Type: application/soap+xml; charset=utf-8"
	action := hal.Namespace + name
	return []sample{
		{"SOAP 1.1 request", post + type1 + "SOAPAction: \"" + action + "\"\n\n" + m.envelope(namespace11, name, op.Request)},
		{"SOAP 1.1 response", "HTTP/1.1 200 OK\n" + type1 + "\n" + m.envelope(namespace11, name+"Response", op.Response)},
		{"SOAP 1.2 request", post + type2 + "; action=\"" + action + "\"\n\n" + m.envelope(namespace12, name, op.Request)},
		{"SOAP 1.2 response", "HTTP/1.1 200 OK\n" + type2 + "\n\n" + m.envelope(namespace12, name+"Response", op.Response)},
		{"JSON-RPC request", post + "Content-Type: application/json\n\n" +
			"{\n  \"jsonrpc\": \"2.0\",\n  \"id\": 1,\n  \"method\": " + strconv.Quote(name) + ",\n  \"params\": " + m.json(op.Request, "  ", 0) + "\n}"},
		{"JSON-RPC response", "HTTP/1.1 200 OK\nContent-Type: application/json; charset=utf-8\n\n" +
			"{\n  \"jsonrpc\": \"2.0\",\n  \"result\": " + m.result(op.Response) + ",\n  \"id\": 1\n}"},
		{"With curl", m.curl(op, name, endpoint)},
	}
}

func (m sampler) envelope(namespace, name string, s *hal.Struct) string {
	var b strings.Builder
	b.WriteString(xmlDeclaration + "\n<soap:Envelope xmlns:soap=\"" + namespace + "\">\n  <soap:Body>\n")
	fmt.Fprintf(&b, "    <%s xmlns=%q>\n", name, hal.Namespace)
	m.xml(&b, s, "      ", 0)
	fmt.Fprintf(&b, "    </%s>\n  </soap:Body>\n</soap:Envelope>", name)
	return b.String()
}

// shown are the fields that a sample has.
func (m sampler) shown(s *hal.Struct, depth int) (fields []*hal.Field) {
	for i := range s.Fields {
		f := &s.Fields[i]
		switch {
		case f.Extension && m.profile == hal.Profile2017, f.Kind == hal.StructKind && depth == deepest:
		case m.required && (!f.Required || f.Name == "session" && depth == 0):
		default:
			fields = append(fields, f)
		}
	}
	return fields
}

func (m sampler) xml(b *strings.Builder, s *hal.Struct, indent string, depth int) {
	for _, f := range m.shown(s, depth) {
		if f.Item == "" {
			m.element(b, f.Name, s, f, indent, depth)
			continue
		}
		fmt.Fprintf(b, "%s<%s>\n", indent, f.Name)
		m.element(b, f.Item, s, f, indent+"  ", depth)
		fmt.Fprintf(b, "%s</%s>\n", indent, f.Name)
	}
}

// element writes one value of a field of s, which an array calls otherwise.
func (m sampler) element(b *strings.Builder, name string, s *hal.Struct, f *hal.Field, indent string, depth int) {
	switch {
	case f.Kind == hal.StructKind:
		fmt.Fprintf(b, "%s<%s>\n", indent, name)
		m.xml(b, f.Struct, indent+"  ", depth+1)
		fmt.Fprintf(b, "%s</%s>\n", indent, name)
	case f.Sub != "":
		fmt.Fprintf(b, "%s<%s><%s>%s</%s></%s>\n", indent, name, f.Sub, example(s, f), f.Sub, name)
	default:
		fmt.Fprintf(b, "%s<%s>%s</%s>\n", indent, name, example(s, f), name)
	}
}

func (m sampler) result(s *hal.Struct) string {
	if len(m.shown(s, 0)) == 0 {
		return `""`
	}
	return m.json(s, "  ", 0)
}

func (m sampler) json(s *hal.Struct, indent string, depth int) string {
	var b strings.Builder
	for _, f := range m.shown(s, depth) {
		if b.Len() > 0 {
			b.WriteString(",\n")
		}
		b.WriteString(indent + "  " + strconv.Quote(f.Name) + ": " + m.value(s, f, indent+"  ", depth))
	}
	if b.Len() == 0 {
		return "{}"
	}
	return "{\n" + b.String() + "\n" + indent + "}"
}

func (m sampler) value(s *hal.Struct, f *hal.Field, indent string, depth int) string {
	var v string
	switch f.Kind {
	case hal.StructKind:
		v = m.json(f.Struct, indent, depth+1)
	case hal.BoolKind, hal.UintKind, hal.IntKind:
		v = example(s, f)
	default:
		v = strconv.Quote(example(s, f))
	}
	if f.Sub != "" {
		v = "[" + v + "]"
	}
	if f.List() {
		v = "[" + v + "]"
	}
	return v
}

// curl is a call that runs as it stands, once its values are the caller's: it
// has what is required only, and curl asks for the password.
func (m sampler) curl(op *hal.Operation, name, endpoint string) string {
	login := " -u administrator"
	if op.Name == "Login" {
		login = ""
	}
	m.required = true
	var params bytes.Buffer
	// The sampler's JSON is JSON, as a test proves.
	_ = json.Compact(&params, []byte(m.json(op.Request, "", 0)))
	return "curl -sS" + login + " -H 'Content-Type: application/json' \\\n  -d '{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"" +
		name + "\",\"params\":" + params.String() + "}' \\\n  '" + endpoint + "'"
}
