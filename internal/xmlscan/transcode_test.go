package xmlscan

import (
	"testing"
	"unicode/utf16"
	"unicode/utf8"
)

func utf16le(s string, bom bool) []byte { return utf16Bytes(s, bom, 0) }
func utf16be(s string, bom bool) []byte { return utf16Bytes(s, bom, 1) }

func utf16Bytes(s string, bom bool, high int) []byte {
	if bom {
		s = "\uFEFF" + s
	}
	var b []byte
	for _, u := range utf16.Encode([]rune(s)) {
		pair := [2]byte{byte(u), byte(u >> 8)}
		b = append(b, pair[high], pair[1-high])
	}
	return b
}

func TestTranscode(t *testing.T) {
	const doc = `<a>Æ😀</a>`
	for name, c := range map[string]struct {
		body    []byte
		charset string
		want    string
	}{
		"UTF-8":                       {[]byte(doc), "", doc},
		"UTF-8 named":                 {[]byte(doc), "UTF-8", doc},
		"UTF-8 quoted":                {[]byte(doc), ` "utf-8" `, doc},
		"UTF-8 with mark":             {[]byte("\uFEFF" + doc), "", doc},
		"mark beats charset":          {[]byte("\uFEFF" + doc), "iso-8859-1", doc},
		"declared UTF-8":              {[]byte(`<?xml version="1.0" encoding="utf-8"?>` + doc), "", `<?xml version="1.0" encoding="utf-8"?>` + doc},
		"declared otherwise":          {[]byte(`<?xml version="1.0" encoding="iso-8859-1"?>` + doc), "utf-8", doc},
		"UTF-16LE with mark":          {utf16le(doc, true), "", doc},
		"UTF-16BE with mark":          {utf16be(doc, true), "utf-16", doc},
		"UTF-16LE":                    {utf16le(doc, false), "", doc},
		"UTF-16BE":                    {utf16be(doc, false), "", doc},
		"UTF-16LE declared":           {utf16le(`<?xml version="1.0" encoding="utf-16"?>`+doc, true), "", doc},
		"UTF-16LE named, blank first": {utf16le(" "+doc, false), "utf-16le", " " + doc},
		"Latin-1 named":               {[]byte("<a>\xC6</a>"), "ISO-8859-1", "<a>Æ</a>"},
		"Latin-1 declared":            {[]byte("<?xml version='1.0' encoding='iso-8859-1'?><a>\xC6</a>"), "", "<a>Æ</a>"},
		"Latin-1 by nobody named":     {[]byte("<a>\xC6</a>"), "", "<a>Æ</a>"},
		"UTF-8 that declares UTF-16":  {[]byte(`<?xml version="1.0" encoding="utf-16"?>` + doc), "", doc},
		"ASCII":                       {[]byte("<a>x</a>"), "us-ascii", "<a>x</a>"},
	} {
		got, err := Transcode(c.body, c.charset)
		if err != nil || got != c.want {
			t.Errorf("%s: %q, %v", name, got, err)
		} else if err := skims(got, Limits{}); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	for name, c := range map[string]struct {
		body    []byte
		charset string
	}{
		"Latin-1 declared UTF-8":  {[]byte("<?xml version='1.0' encoding='utf-8'?><a>\xC6</a>"), ""},
		"Latin-1 named UTF-8":     {[]byte("<a>\xC6</a>"), "utf-8"},
		"ASCII with more":         {[]byte("<a>Æ</a>"), "us-ascii"},
		"half a character":        {append(utf16le(doc, true), 'x'), ""},
		"lone surrogate":          {[]byte{0xFF, 0xFE, 0x00, 0xD8, '<', 0}, ""},
		"surrogate at the end":    {[]byte{0xFF, 0xFE, 0x00, 0xD8}, ""},
		"UTF-16 without sign":     {[]byte(doc), "utf-16"},
		"unknown charset":         {[]byte("<a/>"), "ebcdic"},
		"unknown declared":        {[]byte(`<?xml version="1.0" encoding="utf-7"?><a/>`), ""},
		"malformed in Latin-1":    {[]byte(`<?xml encoding="iso-8859-1"?><a/>`), "iso-8859-1"},
		"UTF-32 is not supported": {[]byte{0xFF, 0xFE, 0, 0, '<', 0, 0, 0}, ""},
	} {
		s, err := Transcode(c.body, c.charset)
		if err == nil {
			err = skims(s, Limits{})
		}
		if err == nil {
			t.Errorf("%s: accepted as %q", name, s)
		}
	}
}

func FuzzTranscode(f *testing.F) {
	f.Add([]byte(`<?xml version="1.0" encoding="utf-16"?><a>Æ</a>`), "utf-8")
	f.Add(utf16le(`<?xml version="1.0" encoding="utf-16"?><a>Æ😀</a>`, true), "")
	f.Add(utf16be(`<a/>`, false), "utf-16")
	f.Add([]byte("<a>\xC6</a>"), "")
	f.Add([]byte("<?xml version='1.0' encoding='iso-8859-1'?><a>\xC6</a>"), "")
	f.Fuzz(func(t *testing.T, body []byte, charset string) {
		s, err := Transcode(body, charset)
		if err != nil {
			return
		}
		if !utf8.ValidString(s) {
			t.Errorf("not UTF-8: %q", s)
		}
		if err := compare(s); err != nil {
			t.Errorf("%q: %v", s, err)
		}
	})
}
