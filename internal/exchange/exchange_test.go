package exchange

import (
	"testing"

	"halxml/internal/errs"
	"halxml/wsdl/hal"
)

func TestContentType(t *testing.T) {
	for header, want := range map[string][3]string{
		"":                                  {"", "", ""},
		"text/xml":                          {"text/xml", "", ""},
		"Text/XML;charset=UTF-8":            {"text/xml", "UTF-8", ""},
		`application/json; charset="utf-8"`: {"application/json", "utf-8", ""},
		"application/json ; Charset = latin1 ; x=y":                 {"application/json", "latin1", ""},
		`application/soap+xml; action="urn:a;b=c"; charset=utf-16`:  {"application/soap+xml", "utf-16", "urn:a;b=c"},
		`application/soap+xml;action=urn:a`:                         {"application/soap+xml", "", "urn:a"},
		`application/soap+xml;;; charset`:                           {"application/soap+xml", "", ""},
		`application/soap+xml; charset="utf-8`:                      {"application/soap+xml", "utf-8", ""},
		`multipart/related; type="text/xml"; start="a"; boundary=b`: {"multipart/related", "", ""},
	} {
		m, c, a := parseContentType(header)
		if got := [3]string{m, c, a}; got != want {
			t.Errorf("%s: %q, want %q", header, got, want)
		}
	}
}

func TestCredential(t *testing.T) {
	for header, want := range map[string]struct {
		hal.Credential
		code errs.Code
	}{
		"":                               {},
		"  ":                             {},
		"Basic ZXZlOnNlY3JldA==":         {hal.Credential{Scheme: "Basic", User: "eve", Secret: "secret"}, 0},
		"bAsIc   ZXZlOnNlY3JldA":         {hal.Credential{Scheme: "Basic", User: "eve", Secret: "secret"}, 0},
		"Basic ZXZlOmE6Yg==":             {hal.Credential{Scheme: "Basic", User: "eve", Secret: "a:b"}, 0},
		"Basic ZXZlOg==":                 {hal.Credential{Scheme: "Basic", User: "eve"}, 0},
		"Basic RE9NQUlOXGV2ZTpKw7ZyZw==": {hal.Credential{Scheme: "Basic", User: `DOMAIN\eve`, Secret: "Jörg"}, 0},
		"Basic ZXZlOkr2cmc=":             {hal.Credential{Scheme: "Basic", User: "eve", Secret: "Jörg"}, 0}, // ISO-8859-1
		"Basic ZXZl":                     {code: errs.BadLogin},
		"Basic %":                        {code: errs.BadLogin},
		"Basic":                          {code: errs.BadLogin},
		"Bearer bsvh5S2kLC5Q9gnPbfYM":    {hal.Credential{Scheme: "Bearer", Secret: "bsvh5S2kLC5Q9gnPbfYM"}, 0},
		"Bearer ":                        {code: errs.BadSession},
		"Digest username=\"eve\"":        {code: errs.BadLogin},
	} {
		c, err := ParseCredential(header)
		if c != want.Credential || errs.CodeOf(err) != want.code {
			t.Errorf("%s: %+v, %v", header, c, err)
		}
	}
}

func TestFirstByte(t *testing.T) {
	for body, want := range map[string]byte{
		"": 0, " \r\n\t": 0, "<a/>": '<', " {": '{', "\uFEFF[": '[', "\xFF\xFE<\x00": '<', "\xFE\xFF\x00<": '<', "\x00<": '<',
	} {
		if got := first([]byte(body)); got != want {
			t.Errorf("%q: %q, want %q", body, got, want)
		}
	}
}
