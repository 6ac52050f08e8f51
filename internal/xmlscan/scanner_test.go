package xmlscan

import (
	"errors"
	"fmt"
	"strings"
	"testing"
)

// hostile lists inputs that a service must refuse, by what is wrong with them.
func hostile() map[string]string {
	return map[string]string{
		"external entity":        `<!DOCTYPE a [<!ENTITY e SYSTEM "file:///etc/hostname">]><a>&e;</a>`,
		"parameter entity":       `<!DOCTYPE a [<!ENTITY % e SYSTEM "http://127.0.0.1/x">%e;]><a/>`,
		"internal entity":        `<!DOCTYPE a [<!ENTITY e "x">]><a>&e;</a>`,
		"billion laughs":         `<!DOCTYPE a [<!ENTITY b "x"><!ENTITY c "&b;&b;"><!ENTITY d "&c;&c;">]><a>&d;</a>`,
		"unused document type":   `<!DOCTYPE a><a/>`,
		"late document type":     `<a><!DOCTYPE a></a>`,
		"processing instruction": `<?run it?><a/>`,
		"instruction inside":     `<a><?run it?></a>`,
		"instruction in text":    `<a>x<?run it?>y</a>`,
		"duplicate attribute":    `<a b="1" b="2"/>`,
		"duplicate by namespace": `<a xmlns:p="urn:x" xmlns:q="urn:x" p:b="1" q:b="2"/>`,
		"duplicate declaration":  `<a xmlns:p="urn:x" xmlns:p="urn:y"/>`,
		"unbound prefix":         `<p:a/>`,
		"unbound attribute":      `<a p:b="1"/>`,
		"prefix out of scope":    `<a><b xmlns:p="urn:x"/><p:c/></a>`,
		"prefix of nothing":      `<a xmlns:p=""/>`,
		"xml rebound":            `<a xmlns:xml="urn:x"/>`,
		"xmlns bound":            `<a xmlns:xmlns="urn:x"/>`,
		"xml by another name":    `<a xmlns:p="http://www.w3.org/XML/1998/namespace"/>`,
		"surrogate by number":    `<a>&#xD800;</a>`,
		"NUL by number":          `<a>&#0;</a>`,
		"number too large":       `<a>&#x110000;</a>`,
		"number overflows":       `<a>&#4294967361;</a>`,
		"undefined entity":       `<a>&nbsp;</a>`,
		"bare ampersand":         `<a>a & b</a>`,
		"NUL":                    "<a>\x00</a>",
		"control character":      "<a>\x01</a>",
		"control in attribute":   "<a b=\"\x02\"/>",
		"control in comment":     "<a><!--\x03--></a>",
		"control in CDATA":       "<a><![CDATA[\x04]]></a>",
		"noncharacter":           "<a>\uFFFF</a>",
		"noncharacter attribute": "<a b='\uFFFE'/>",
		"invalid UTF-8":          "<a>\xff</a>",
		"overlong UTF-8":         "<a>\xc0\xaf</a>",
		"UTF-8 surrogate":        "<a>\xed\xa0\x80</a>",
		"mismatched tag":         `<a></b>`,
		"mismatched prefix":      `<p:a xmlns:p="u"></a>`,
		"crossed tags":           `<a><b></a></b>`,
		"unclosed":               `<a><b></b>`,
		"unclosed tag":           `<a`,
		"unclosed attribute":     `<a b="x`,
		"unclosed comment":       `<a><!-- </a>`,
		"unclosed CDATA":         `<a><![CDATA[</a>`,
		"end without start":      `</a>`,
		"two roots":              `<a/><b/>`,
		"junk behind the root":   `<a/>junk`,
		"junk before the root":   `junk<a/>`,
		"nothing":                ``,
		"blank":                  "  \n",
		"only a comment":         `<!-- x -->`,
		"CDATA end in text":      `<a>]]></a>`,
		"less-than in attribute": `<a b="<"/>`,
		"unquoted attribute":     `<a b=1/>`,
		"attribute without =":    `<a b/>`,
		"attributes not apart":   `<a b="1"c="2"/>`,
		"name begins with digit": `<1/>`,
		"two colons":             `<a:b:c xmlns:a="u"/>`,
		"colon first":            `<:a/>`,
		"colon last":             `<a:/>`,
		"double hyphen":          `<a><!-- -- --></a>`,
		"version 1.1":            `<?xml version="1.1"?><a/>`,
		"no version":             `<?xml encoding="utf-8"?><a/>`,
		"other encoding":         `<?xml version="1.0" encoding="ISO-8859-1"?><a/>`,
		"late declaration":       ` <?xml version="1.0"?><a/>`,
		"declaration twice":      `<?xml version="1.0"?><?xml version="1.0"?><a/>`,
		"byte order mark":        "\uFEFF<a/>",
	}
}

func TestHostileInputsAreRefused(t *testing.T) {
	for name, doc := range hostile() {
		err := skims(doc, Limits{})
		var syntax *SyntaxError
		if !errors.As(err, &syntax) {
			t.Errorf("%s: %v", name, err)
		}
		if err := compare(doc); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestLimits(t *testing.T) {
	l := Limits{Depth: 3, Attributes: 2, Name: 7, Value: 10, Elements: 6}
	for _, c := range []struct{ fits, exceeds string }{
		{`<a><b><c/></b></a>`, `<a><b><c><d/></c></b></a>`},
		{`<a b="" c=""/>`, `<a b="" c="" d=""/>`},
		{`<a xmlns="u" xmlns:p="v"/>`, `<a xmlns="u" xmlns:p="v" d=""/>`},
		{`<abcdefg/>`, `<abcdefgh/>`},
		{`<a bcdefgh=""/>`, `<a bcdefghi=""/>`},
		{`<a>0123456789</a>`, `<a>0123456789x</a>`},
		{`<a>012345678&amp;</a>`, `<a>0123456789&amp;</a>`},
		{`<a>01234<!-- not counted -->56789</a>`, `<a>01234<!-- -->56789x</a>`},
		{`<a>01234<![CDATA[56789]]></a>`, `<a>01234<![CDATA[56789x]]></a>`},
		{`<a b="0123456789"/>`, `<a b="0123456789x"/>`},
		{`<a b="&lt;123456789"/>`, `<a b="&lt;123456789x"/>`},
		{`<a><b/><b/><b/><b/><b/></a>`, `<a><b/><b/><b/><b/><b/><b/></a>`},
	} {
		if err := skims(c.fits, l); err != nil {
			t.Errorf("%s: %v", c.fits, err)
		}
		var limit *LimitError
		if err := skims(c.exceeds, l); !errors.As(err, &limit) {
			t.Errorf("%s: %v", c.exceeds, err)
		}
	}
}

// TestLargeAttacks go through with the default limits in no time and space.
func TestLargeAttacks(t *testing.T) {
	many := func(s string) string { return strings.Repeat(s, 100_000) }
	attributes := func() string {
		var b strings.Builder
		for i := range 100_000 {
			fmt.Fprintf(&b, " a%d=''", i)
		}
		return b.String()
	}
	for name, doc := range map[string]string{
		"nested":     many("<a>"),
		"attributes": "<a" + attributes() + "/>",
		"text":       "<a>" + many("0123456789abcdef") + "</a>",
		"attribute":  "<a b='" + many("0123456789abcdef") + "'/>",
		"name":       "<" + many("a") + "/>",
		"siblings":   "<a>" + strings.Repeat("<b/>", 600_000) + "</a>",
		"entities":   "<a>" + strings.Repeat("&lt;", 1_100_000) + "</a>",
	} {
		var limit *LimitError
		if err := skims(doc, Limits{}); !errors.As(err, &limit) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestTextIsJoinedAndUnescaped(t *testing.T) {
	for doc, want := range map[string]string{
		`<a/>`:                             "",
		`<a></a>`:                          "",
		`<a> x </a >`:                      " x ",
		`<a>&lt;&gt;&amp;&quot;&apos;</a>`: `<>&"'`,
		`<a>&#65;&#x42;&#x1F600;&#9;</a>`:  "AB\U0001F600\t",
		"<a>1\r\n2\r3&#13;4</a>":           "1\n2\n3\r4",
		`<a>x<!-- y -->z</a>`:              "xz",
		`<a>1<![CDATA[<2>&amp;]]>3</a>`:    "1<2>&amp;3",
		`<a>a]]b]>c&gt;</a>`:               "a]]b]>c>",
		"<a><![CDATA[x\r\ny]]></a>":        "x\ny",
		`<a>ÆØÅ � 日本</a>`:                  "ÆØÅ � 日本",
		`<?xml version="1.0" encoding="UTF-8"?><!-- c --><a>x</a><!-- d --> `: "x",
		`<?xml version='1.0' standalone='yes' ?><a>x</a>`:                     "x",
	} {
		x := New(doc, Limits{})
		x.Child()
		got, err := x.Text()
		if err == nil {
			err = x.End()
		}
		if err != nil || got != want {
			t.Errorf("%s: %q, %v; want %q", doc, got, err, want)
		}
		if err := compare(doc); err != nil {
			t.Errorf("%s: %v", doc, err)
		}
	}
}

func TestNamespacesAndAttributes(t *testing.T) {
	x := New(`<s:Envelope xmlns:s="urn:env" xmlns="urn:d" xmlns:i="http://www.w3.org/2001/XMLSchema-instance" s:encodingStyle="e&amp;1">
		<s:Body><Op xmlns="urn:op" i:type="s:T" plain=' a b '><x/><y xmlns=""><z/></y></Op><none i:nil="true">gone</none></s:Body></s:Envelope>`, Limits{})
	step := func(space, local string) {
		t.Helper()
		if n, ok, err := x.Child(); err != nil || !ok || n != (Name{space, local}) {
			t.Fatalf("%v %v %v, want %s %s", n, ok, err, space, local)
		}
	}
	out := func() {
		t.Helper()
		if n, ok, err := x.Child(); ok || err != nil {
			t.Fatalf("%v %v %v, want the end", n, ok, err)
		}
	}
	step("urn:env", "Envelope")
	if v, ok := x.Attr("urn:env", "encodingStyle"); !ok || v != "e&1" {
		t.Errorf("encodingStyle %q %v", v, ok)
	}
	step("urn:env", "Body")
	step("urn:op", "Op")
	if v, ok := x.Attr("", "plain"); !ok || v != " a b " {
		t.Errorf("plain %q %v", v, ok)
	}
	if v, ok := x.Attr("urn:op", "plain"); ok {
		t.Errorf("an attribute without prefix is in the default namespace: %q", v)
	}
	if v, ok := x.Namespace("s"); !ok || v != "urn:env" {
		t.Errorf("s is %q %v", v, ok)
	}
	if v, _ := x.Namespace(""); v != "urn:op" {
		t.Errorf("the default is %q", v)
	}
	if _, ok := x.Namespace("q"); ok {
		t.Error("q is bound")
	}
	step("urn:op", "x")
	out()
	step("", "y")
	step("", "z")
	out()
	out()
	out()
	step("urn:d", "none")
	if !x.Nil() {
		t.Error("xsi:nil is not seen")
	}
	if err := x.Skip(); err != nil {
		t.Error(err)
	}
	if x.Nil() {
		t.Error("xsi:nil outlives its element")
	}
	out()
	out()
	if err := x.End(); err != nil {
		t.Error(err)
	}
}

func TestShapesAreRefused(t *testing.T) {
	for doc, read := range map[string]func(x *Scanner) error{
		`<a><b/></a>`:              func(x *Scanner) error { _, err := x.Text(); return err },
		`<a>x<b/></a>`:             func(x *Scanner) error { _, err := x.Text(); return err },
		`<a>x</a>`:                 func(x *Scanner) error { _, _, err := x.Child(); return err },
		`<a><![CDATA[x]]></a>`:     func(x *Scanner) error { _, _, err := x.Child(); return err },
		`<a><!-- --> x <b/></a>`:   func(x *Scanner) error { _, _, err := x.Child(); return err },
		`<a> </a>`:                 func(x *Scanner) error { return x.End() },
		`<a><b></b></a><!-- --- >`: func(x *Scanner) error { x.Skip(); return x.End() },
	} {
		x := New(doc, Limits{})
		if _, _, err := x.Child(); err != nil {
			t.Fatal(err)
		}
		err := read(x)
		if err == nil {
			t.Errorf("%s is accepted", doc)
		}
		if _, _, again := x.Child(); again != err {
			t.Errorf("%s: the error is not kept: %v", doc, again)
		}
	}
}

// TestLateDeclaration is told from other processing instructions: texts in
// scripts tend to begin with a line end.
func TestLateDeclaration(t *testing.T) {
	for doc, want := range map[string]string{
		"\n<?xml version=\"1.0\"?><a/>":   "declaration must come first",
		"<?xml-stylesheet href='a'?><a/>": "processing instruction",
	} {
		if _, _, err := New(doc, Limits{}).Child(); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v", doc, err)
		}
	}
}

func TestResetForgets(t *testing.T) {
	x := New(`<a b="1" xmlns:p="u"><c`, Limits{})
	x.Child()
	x.Child()
	x.Reset(`<p:a/>`, Limits{})
	if _, _, err := x.Child(); err == nil {
		t.Error("a prefix of the document before is bound")
	}
	x.Reset(`<a>1</a>`, Limits{})
	x.Child()
	if v, err := x.Text(); v != "1" || err != nil || x.End() != nil {
		t.Errorf("%q %v", v, err)
	}
}

func FuzzScanner(f *testing.F) {
	for _, doc := range hostile() {
		f.Add(doc)
	}
	f.Add("<?xml version=\"1.0\" encoding=\"utf-8\"?>\r\n<a:b xmlns:a='u' c=\"&#x41;\r\n\"><!-- c --><d>&lt;<![CDATA[]]]></d><e/>\t</a:b>")
	f.Fuzz(func(t *testing.T, doc string) {
		if err := compare(doc); err != nil {
			t.Errorf("%q: %v", doc, err)
		}
	})
}
