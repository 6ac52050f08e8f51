package soap

import (
	"bytes"
	"cmp"
	"crypto/sha256"
	_ "embed"
	"encoding/base64"
	"html/template"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"halxml/wsdl/hal"
)

//go:embed pages/pages.html
var pagesHTML string

//go:embed pages/style.css
var styleCSS string

//go:embed pages/search.js
var searchJS string

// html renders the service pages. They hold all they need, and the policy lets
// a browser load and run nothing else.
type html struct {
	profile    hal.Profile
	answered   func(operation string) bool
	templates  *template.Template
	policy     string
	operations []hal.Operation // by name
}

func newHTML(p hal.Profile, answered func(string) bool) *html {
	operations := slices.Clone(hal.Operations())
	slices.SortFunc(operations, func(a, b hal.Operation) int {
		return cmp.Compare(strings.ToLower(a.Name), strings.ToLower(b.Name))
	})
	return &html{
		profile:    p,
		answered:   answered,
		templates:  template.Must(template.New("").Parse(pagesHTML)), // a fixed text that tests render
		operations: operations,
		policy: "default-src 'none'; style-src " + hash(styleCSS) + "; script-src " + hash(searchJS) +
			"; img-src data:; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
	}
}

// hash is the source expression of a Content-Security-Policy for an inline text.
func hash(text string) string {
	sum := sha256.Sum256([]byte(text))
	return "'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) + "'"
}

// page is what all pages show.
type page struct {
	Title    string
	Path     string // of the pages, for links
	Endpoint string // the URL that takes calls
	WSDL     string
	Style    template.CSS
	Script   template.JS
}

type indexPage struct {
	page
	Search     string
	Operations []operationRow
}

type operationRow struct {
	Name, Doc string
	Answered  bool
}

type operationPage struct {
	page
	operationRow
	Request, Response []fieldRow
	Types             []typeInfo
	Samples           []sample
}

type fieldRow struct {
	Name, Type, Link, Doc string
	Required              bool
}

type typeInfo struct {
	Name, Doc string
	Values    []hal.EnumValue
	Fields    []fieldRow
}

func (h *html) show(w http.ResponseWriter, r *http.Request, base string, q query, prefixed bool) {
	prefix := ""
	pg := page{Path: r.URL.Path, Endpoint: base + Path + "?Soap", WSDL: Path + "?wsdl",
		Style: template.CSS(styleCSS), Script: template.JS(searchJS)}
	if prefixed {
		prefix = hal.Prefix
		pg.Endpoint, pg.WSDL = base+PrefixedPath, PrefixedPath+"?wsdl"
	}
	if q.op == "" {
		pg.Title = "halxml: the Micetro web-service API"
		h.render(w, r, http.StatusOK, "index", indexPage{pg, q.search, h.index(prefix, q.search)})
		return
	}
	op, _, ok := hal.LookupFold(q.op)
	if !ok {
		pg.Title = "No such operation"
		h.render(w, r, http.StatusNotFound, "missing", pg)
		return
	}
	pg.Title = prefix + op.Name
	d := describer{profile: h.profile}
	request, response := d.fields(op.Request), d.fields(op.Response)
	h.render(w, r, http.StatusOK, "operation", operationPage{
		page: pg, operationRow: h.row(prefix, op),
		Request: request, Response: response, Types: d.types,
		Samples: sampler{profile: h.profile}.all(op, prefix, pg.Endpoint),
	})
}

func (h *html) row(prefix string, op *hal.Operation) operationRow {
	return operationRow{prefix + op.Name, op.Doc, h.answered == nil || h.answered(op.Name)}
}

// index lists the operations that hold every word of search.
func (h *html) index(prefix, search string) (rows []operationRow) {
	words := strings.Fields(strings.ToLower(search))
	for i := range h.operations {
		row := h.row(prefix, &h.operations[i])
		text := strings.ToLower(row.Name + " " + row.Doc)
		if !slices.ContainsFunc(words, func(word string) bool { return !strings.Contains(text, word) }) {
			rows = append(rows, row)
		}
	}
	return rows
}

func (h *html) render(w http.ResponseWriter, r *http.Request, status int, name string, data any) {
	var b bytes.Buffer
	if err := h.templates.ExecuteTemplate(&b, name, data); err != nil {
		http.Error(w, "Internal error", http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Security-Policy", h.policy)
	w.Header().Set("Referrer-Policy", "no-referrer")
	newDocument("text/html; charset=utf-8", b.Bytes()).serve(w, r, status)
}

// describer makes rows of fields, and collects the types that they refer to.
type describer struct {
	profile hal.Profile
	types   []typeInfo
}

func (d *describer) fields(s *hal.Struct) (rows []fieldRow) {
	for i := range s.Fields {
		f := &s.Fields[i]
		if f.Extension && d.profile == hal.Profile2017 {
			continue
		}
		row := fieldRow{Name: f.Name, Type: f.Type, Doc: describe(f), Required: f.Required}
		switch {
		case f.Struct != nil:
			row.Link = f.Struct.Name
			d.add(typeInfo{Name: f.Struct.Name, Doc: f.Struct.Doc}, f.Struct)
		case f.Enum != nil:
			row.Link = f.Enum.Name
			d.add(typeInfo{Name: f.Enum.Name, Doc: f.Enum.Doc, Values: d.values(f.Enum)}, nil)
		}
		if f.List() {
			of := row.Link
			if of == "" {
				of = strings.TrimPrefix(f.Type, "ArrayOf")
			}
			row.Type = "list of " + of
		}
		rows = append(rows, row)
	}
	return rows
}

func (d *describer) values(e *hal.Enum) (values []hal.EnumValue) {
	for _, v := range e.Values {
		if !v.Extension || d.profile != hal.Profile2017 {
			values = append(values, v)
		}
	}
	return values
}

// add keeps a type, once, before those that its fields refer to.
func (d *describer) add(t typeInfo, s *hal.Struct) {
	if slices.ContainsFunc(d.types, func(have typeInfo) bool { return have.Name == t.Name }) {
		return
	}
	d.types = append(d.types, t)
	at := len(d.types) - 1
	if s != nil {
		fields := d.fields(s)
		d.types[at].Fields = fields
	}
}

func unescape(s string) string {
	v, err := url.QueryUnescape(s)
	if err != nil {
		return s
	}
	return v
}
