package soap

import (
	"strings"
	"sync"

	"halxml/internal/exchange"
	"halxml/internal/xmlscan"
	"halxml/wsdl/hal"
)

// Codec speaks SOAP 1.1 and 1.2, each caller in the version it used.
type Codec struct {
	profile  hal.Profile
	limits   xmlscan.Limits
	scanners sync.Pool // of *xmlscan.Scanner
	lists    *hal.Lists
}

// maxLists bounds the answers' lists that are kept, bytes.
const maxLists = 16 << 20

// NewCodec returns a Codec that answers in a profile and refuses documents
// beyond the limits, whose zero values are defaults.
func NewCodec(p hal.Profile, limits xmlscan.Limits) *Codec {
	return &Codec{profile: p, limits: limits, lists: hal.NewLists(maxLists)}
}

// Takes implements exchange.Codec.
func (*Codec) Takes(mediaType string) bool {
	return mediaType == "text/xml" || mediaType == "application/soap+xml" || mediaType == "application/xml"
}

// Begins implements exchange.Codec.
func (*Codec) Begins(c byte) bool { return c == '<' }

// expected is the version that a media type stands for; the envelope's
// namespace decides once it is known.
func expected(mediaType string) *version {
	if mediaType == "application/soap+xml" {
		return soap12
	}
	return soap11
}

// Refuse implements exchange.Codec.
func (*Codec) Refuse(r *exchange.Request, err error, a *exchange.Answer) {
	fault(a, expected(r.MediaType), err, r.ID())
}

// Serve implements exchange.Codec.
func (c *Codec) Serve(r *exchange.Request, a *exchange.Answer) {
	asked, err := c.read(r)
	if err != nil {
		operation := ""
		if asked.operation != nil {
			operation = asked.operation.Name
		}
		r.Refused(operation, public(err))
		fault(a, asked.version, err, r.ID())
		return
	}
	v := asked.version
	a.ContentType, a.Output.Profile, a.Output.Lists = v.contentType, c.profile, c.lists
	a.Stream()
	err = r.Call(v.protocol, asked.operation, asked.request, func(response hal.Message) (err error) {
		b := append(append(a.Body[:0], v.open...), '<')
		b = append(appendResponseName(b, &asked), ` xmlns="`+hal.Namespace+`">`...)
		if b, err = a.Output.AppendXML(b, response); err == nil {
			b = appendResponseName(append(b, "</"...), &asked)
			b = append(append(b, '>'), closeEnvelope...)
		}
		a.Body = b
		return err
	})
	if err != nil && a.Reset() {
		fault(a, v, err, r.ID())
	}
}

func (c *Codec) read(r *exchange.Request) (call, error) {
	asked := call{version: expected(r.MediaType)}
	text, err := xmlscan.Transcode(r.Body, r.Charset)
	if err != nil {
		return asked, err
	}
	s, _ := c.scanners.Get().(*xmlscan.Scanner)
	if s == nil {
		s = new(xmlscan.Scanner)
	}
	s.Reset(text, c.limits)
	err = asked.read(s, strings.TrimSpace(r.Action))
	s.Reset("", xmlscan.Limits{}) // let go of the text
	c.scanners.Put(s)
	return asked, err
}

func appendResponseName(b []byte, asked *call) []byte {
	if asked.prefixed {
		b = append(b, hal.Prefix...)
	}
	return append(append(b, asked.operation.Name...), "Response"...)
}
