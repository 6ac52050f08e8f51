package soap_test

import (
	"bytes"
	"compress/gzip"
	"encoding/binary"
	"strings"
	"testing"
	"unicode/utf16"

	"halxml/internal/api"
	"halxml/internal/api/apitest"
	"halxml/internal/xmlscan"
	"halxml/wsdl/hal"
)

func getUser(ref string) string {
	return envelope(space11, `<GetUser xmlns="`+hal.Namespace+`"><session>`+apitest.Session+`</session><userRef>`+ref+`</userRef></GetUser>`)
}

// What is hostile or broken gets a fault of its sender, in words that name what
// is wrong, and soon.
func TestHostileInput(t *testing.T) {
	s := apitest.Start(t, nil)
	in := func(body string) string { return envelope(space11, body) }
	for name, c := range map[string]struct{ body, text string }{
		"nothing at all":      {"", "no element"},
		"white space":         {" \n", "no element"},
		"not XML":             {"hello", "text"},
		"JSON":                {`{"jsonrpc":"2.0"}`, "text"},
		"external entity":     {`<!DOCTYPE e [<!ENTITY x SYSTEM "file:///etc/passwd">]>` + getUser("&x;"), "not allowed"},
		"billion laughs":      {`<!DOCTYPE e [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;">]>` + getUser("&b;"), "not allowed"},
		"undefined entity":    {getUser("&x;"), "entity"},
		"character 0":         {getUser("&#0;"), "character"},
		"raw character 1":     {getUser("a\x01b"), "character"},
		"half a surrogate":    {getUser("&#xD800;"), "character"},
		"invalid UTF-8":       {getUser("a\xFFb"), "UTF-8"},
		"overlong UTF-8":      {getUser("a\xC0\xAFb"), "UTF-8"},
		"unclosed":            {strings.TrimSuffix(getUser("a"), "</e:Envelope>"), "ends inside"},
		"half a tag":          {getUser("a")[:100], "not closed"},
		"crossed tags":        {in("<a><b></a></b>"), "Unknown operation a"},
		"crossed tags within": {getUser("a</userRef><b><c></b></c><userRef>"), "another end tag"},
		"unbound prefix":      {in("<m:Logout/>"), "prefix"},
		"twice the attribute": {getUser(`a</userRef><b c="1" c="2"/><userRef>`), "twice"},
		"an element as value": {getUser("<b/>"), "element"},
		"twice the field":     {strings.Replace(getUser("a"), "<userRef>", "<userRef>b</userRef><userRef>", 1), "userRef: given twice"},
		"depth":               {getUser("a</userRef>" + strings.Repeat("<a>", 100_000) + "<userRef>"), "depth"},
		"attributes":          {getUser("a</userRef><b" + strings.Repeat(` c="d"`, 100_000) + "/><userRef>"), "attributes"},
		"long name":           {in("<" + strings.Repeat("a", 100_000) + "/>"), "name"},
		"long value":          {getUser(strings.Repeat("a", 2<<20)), "value"},
		"elements":            {getUser("a</userRef>" + strings.Repeat("<b/>", 600_000) + "<userRef>"), "elements"},
		"long unknown name":   {in("<" + strings.Repeat("a", 200) + "/>"), "Unknown operation aaa"},
	} {
		r := s.Post(path, type11, c.body)
		f := readFault(t, r.Text)
		if r.StatusCode != 500 || f.code != "soap:Client" || !strings.Contains(f.text, c.text) || len(f.text) > 400 {
			t.Errorf("%s: %d %+v, want %q", name, r.StatusCode, f, c.text)
		}
	}
}

// A stored control character would make every later list ill-formed.
func TestAnswersAreWellFormedWhateverIsInThem(t *testing.T) {
	s := apitest.Start(t, nil)
	for _, ref := range []string{"a&#9;b&#xD;&#10;c", "&lt;&amp;&gt;&quot;", "<![CDATA[</userRef>]]>", "ü €𝄞"} {
		r := s.Post(path, type11, getUser(ref))
		if r.StatusCode != 200 {
			t.Errorf("%s: %s", ref, r.Text)
		}
		wellFormed(t, r.Text)
	}
	r := s.Post(path, "application/json", `{"method":"GetDHCPServer","params":{"session":"`+apitest.Session+`","dhcpServerRef":"a\u0001b"}}`)
	if !strings.Contains(r.Text, `a\u0001b`) {
		t.Fatalf("JSON keeps control characters: %s", r.Text)
	}
}

func TestLimitsAreOptions(t *testing.T) {
	s := apitest.Start(t, func(o *api.Options) {
		o.MaxBody, o.MaxInflated = 2000, 3000
		o.XML = xmlscan.Limits{Value: 50}
	})
	for name, c := range map[string]struct {
		body string
		gzip bool
		text string
	}{
		"fits":                  {getUser("a"), false, ""},
		"value":                 {getUser(strings.Repeat("a", 51)), false, "limit of 50"},
		"body":                  {getUser("a") + strings.Repeat(" ", 2000), false, "larger than 2000 bytes"},
		"fits when zipped":      {getUser("a") + strings.Repeat(" ", 2200), true, ""},
		"too large when opened": {getUser("a") + strings.Repeat(" ", 3000), true, "larger than 3000 bytes"},
	} {
		headers := []string{"Content-Type", type11}
		if c.gzip {
			c.body = zipped(c.body)
			headers = append(headers, "Content-Encoding", "gzip")
		}
		r := s.Do("POST", path, c.body, headers...)
		if c.text == "" {
			if r.StatusCode != 200 {
				t.Errorf("%s: %d %s", name, r.StatusCode, r.Text)
			}
		} else if f := readFault(t, r.Text); !strings.Contains(f.text, c.text) || f.detailCode != "20010" {
			t.Errorf("%s: %+v", name, f)
		}
	}
	// What is too large for 1.2 is answered in 1.2.
	if r := s.Post(path, type12, strings.Repeat(" ", 3000)); r.StatusCode != 400 || readFault(t, r.Text).version != space12 {
		t.Errorf("1.2: %d %s", r.StatusCode, r.Text)
	}
}

func zipped(text string) string {
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	_, _ = z.Write([]byte(text))
	_ = z.Close()
	return b.String()
}

func TestGzippedRequests(t *testing.T) {
	s := apitest.Start(t, nil)
	whole := zipped(getUser("ann"))
	for name, c := range map[string]struct {
		encoding, body string
		status         int
		text           string
	}{
		"whole":       {"gzip", whole, 200, "<name>ann</name>"},
		"old name":    {"x-gzip", whole, 200, "<name>ann</name>"},
		"identity":    {"identity", getUser("ann"), 200, "<name>ann</name>"},
		"two members": {"gzip", zipped(getUser("ann")[:50]) + zipped(getUser("ann")[50:]), 200, "<name>ann</name>"},
		"not gzip":    {"gzip", getUser("ann"), 500, "not in the gzip format"},
		"cut":         {"gzip", whole[:len(whole)-12], 500, "could not be read to its end"},
		"corrupt":     {"gzip", whole[:len(whole)-6] + "xxxxxx", 500, "could not be read to its end"},
		"bomb":        {"gzip", zipped(strings.Repeat("\x00", 70<<20)), 500, "larger than 67108864 bytes"},
		"deflate":     {"deflate", whole, 415, "gzip"},
		"brotli":      {"br", whole, 415, "gzip"},
		"twice":       {"gzip, gzip", zipped(whole), 415, "gzip"},
	} {
		r := s.Do("POST", path, c.body, "Content-Type", type11, "Content-Encoding", c.encoding)
		if r.StatusCode != c.status || !strings.Contains(r.Text, c.text) {
			t.Errorf("%s: %d %.300s", name, r.StatusCode, r.Text)
		}
		if c.status == 415 && r.Header.Get("Accept-Encoding") != "gzip" {
			t.Errorf("%s: Accept-Encoding %q", name, r.Header.Get("Accept-Encoding"))
		}
	}
}

func utf16Text(s string, order binary.AppendByteOrder, mark bool) string {
	var b []byte
	if mark {
		b = order.AppendUint16(b, 0xFEFF)
	}
	for _, u := range utf16.Encode([]rune(s)) {
		b = order.AppendUint16(b, u)
	}
	return string(b)
}

// The byte order mark wins over the media type's charset, that over the XML
// declaration, and UTF-8 is what is left, or Latin-1 where it cannot be UTF-8.
func TestCharsets(t *testing.T) {
	s := apitest.Start(t, nil)
	const name = "Jörg €𝄞"
	declared := func(encoding string) string { return `<?xml version="1.0" encoding="` + encoding + `"?>` }
	latin := strings.NewReplacer("ö", "\xF6").Replace
	for label, c := range map[string]struct{ contentType, body, want string }{
		"UTF-8":                      {"text/xml; charset=utf-8", getUser(name), name},
		"UTF-8, nothing said":        {"text/xml", getUser(name), name},
		"UTF-8, quoted":              {`text/xml; charset="UTF-8"`, getUser(name), name},
		"UTF-8, marked":              {"text/xml", "\uFEFF" + declared("utf-8") + getUser(name), name},
		"UTF-16 little, marked":      {"text/xml; charset=utf-16", utf16Text(getUser(name), binary.LittleEndian, true), name},
		"UTF-16 big, marked":         {"text/xml", utf16Text(declared("UTF-16")+getUser(name), binary.BigEndian, true), name},
		"UTF-16 little, named":       {"text/xml; charset=utf-16le", utf16Text(getUser(name), binary.LittleEndian, false), name},
		"UTF-16 big, unmarked":       {"text/xml", utf16Text(getUser(name), binary.BigEndian, false), name},
		"UTF-16, no media type":      {"", utf16Text(getUser(name), binary.LittleEndian, true), name},
		"Latin-1, named":             {"text/xml; charset=ISO-8859-1", latin(getUser("Jörg")), "Jörg"},
		"Latin-1, declared":          {"text/xml", declared("iso-8859-1") + latin(getUser("Jörg")), "Jörg"},
		"charset beats declaration":  {"text/xml; charset=utf-8", declared("iso-8859-1") + getUser("Jörg"), "Jörg"},
		"mark beats charset":         {"text/xml; charset=iso-8859-1", "\uFEFF" + getUser("Jörg"), "Jörg"},
		"ASCII":                      {"text/xml; charset=us-ascii", getUser("Joerg"), "Joerg"},
		"Latin-1 that says nothing":  {"text/xml", latin(getUser("Jörg")), "Jörg"},
		"Latin-1 declared as UTF-8":  {"text/xml", declared("utf-8") + latin(getUser("Jörg")), ""},
		"UTF-8 declared as UTF-16":   {"text/xml", declared("utf-16") + getUser(name), name},
		"Latin-1 that says UTF-8":    {"text/xml; charset=utf-8", latin(getUser("Jörg")), ""},
		"ASCII that is not":          {"text/xml; charset=us-ascii", getUser("Jörg"), ""},
		"an encoding we do not know": {"text/xml; charset=koi8-r", getUser("Joerg"), ""},
		"declared and unknown":       {"text/xml", declared("koi8-r") + getUser("Joerg"), ""},
		"half of UTF-16":             {"text/xml", utf16Text(getUser(name), binary.LittleEndian, true) + "\x00", ""},
	} {
		r := s.Post(path, c.contentType, c.body)
		if c.want == "" {
			if f := readFault(t, r.Text); f.code != "soap:Client" || f.detailCode != "20012" {
				t.Errorf("%s: %+v", label, f)
			}
		} else if r.StatusCode != 200 || !strings.Contains(r.Text, "<name>"+c.want+"</name>") {
			t.Errorf("%s: %d %s", label, r.StatusCode, r.Text)
		}
	}
}
