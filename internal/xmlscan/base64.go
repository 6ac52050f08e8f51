package xmlscan

import (
	"encoding/base64"
	"strings"
	"unicode/utf8"
)

// Base64 reports whether the element that Child stepped into last says by its
// xsi:type that its text is base64, in the words of XML Schema or of SOAP's
// encoding. SOAP::Lite writes so every text that is not ASCII.
func (x *Scanner) Base64() bool {
	if len(x.attrs) == 0 {
		return false
	}
	v, _ := x.Attr(XSI, "type")
	_, name, _ := strings.Cut(trim(v), ":")
	return name == "base64Binary" || name == "base64"
}

// FromBase64 is the text in base64, whose bytes are UTF-8 or else ISO-8859-1;
// false if it is no base64.
func FromBase64(v string) (string, bool) {
	b, err := base64.StdEncoding.DecodeString(trim(v))
	switch {
	case err != nil:
		return "", false
	case utf8.Valid(b):
		return string(b), true
	}
	return fromLatin1(b), true
}
