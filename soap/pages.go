package soap

import (
	"net/http"
	"strings"
	"sync"

	"halxml/wsdl"
	"halxml/wsdl/hal"
)

// Paths that documents name. They take POST in all formats.
const (
	Path         = "/_mmwebext/mmwebext.dll"
	PrefixedPath = "/halXMLCommand"
)

// Pages answer GET: the WSDL, and pages for people.
type Pages struct {
	profile hal.Profile
	base    func(*http.Request) string
	html    *html

	mu    sync.Mutex
	wsdls map[wsdl.Options]*document
}

// NewPages returns Pages of a profile. base is the scheme, host and port under
// which the sender of a request knows the service; answered tells which
// operations are more than known, nil means all.
func NewPages(p hal.Profile, base func(*http.Request) string, answered func(operation string) bool) *Pages {
	return &Pages{profile: p, base: base, html: newHTML(p, answered), wsdls: map[wsdl.Options]*document{}}
}

// Endpoint answers GET and HEAD of a URL that takes calls: with the WSDL when
// the query asks for it, else with the service pages. prefixed chooses the
// spelling of names.
func (p *Pages) Endpoint(prefixed bool) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if q := parseQuery(r.URL.RawQuery); q.wsdl {
			p.serveWSDL(w, r, prefixed)
		} else {
			p.html.show(w, r, p.base(r), q, prefixed)
		}
	})
}

// WSDL answers GET and HEAD with the WSDL whatever the query is.
func (p *Pages) WSDL() http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { p.serveWSDL(w, r, false) })
}

// wsdlsKept bounds the variants of the WSDL that are kept ready: callers make
// them by the names they use for this host.
const wsdlsKept = 16

func (p *Pages) serveWSDL(w http.ResponseWriter, r *http.Request, prefixed bool) {
	o := wsdl.Options{Profile: p.profile, Prefixed: prefixed, Address: p.base(r) + Path + "?Soap"}
	if prefixed {
		o.Address = p.base(r) + PrefixedPath
	}
	p.mu.Lock()
	d := p.wsdls[o]
	p.mu.Unlock()
	if d == nil {
		d = newDocument("text/xml; charset=utf-8", wsdl.Text(o))
		p.mu.Lock()
		if len(p.wsdls) >= wsdlsKept {
			clear(p.wsdls)
		}
		p.wsdls[o] = d
		p.mu.Unlock()
	}
	d.serve(w, r, http.StatusOK)
}

// query is what a URL asks for.
type query struct {
	wsdl   bool
	op     string // of the page of one operation
	search string
}

// parseQuery reads a query as Micetro's clients write it, with several question
// marks: ?wsdl?server=x, ?WSDL?server=x?ns=mm.
func parseQuery(raw string) (q query) {
	for part := range strings.FieldsFuncSeq(raw, func(c rune) bool { return c == '?' || c == '&' }) {
		key, value, _ := strings.Cut(part, "=")
		switch strings.ToLower(key) {
		case "wsdl", "singlewsdl":
			q.wsdl = true
		case "op":
			q.op = unescape(value)
		case "q":
			q.search = unescape(value)
		}
	}
	return q
}
