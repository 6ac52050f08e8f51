package xmlscan

import (
	"encoding/binary"
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

// Transcode returns body as UTF-8 text that Scanner takes. charset is the
// parameter of the media type, or ""; it wins over the XML declaration, and a
// byte order mark wins over both. UTF-8, UTF-16, ISO-8859-1 and US-ASCII are
// known; when none is named the text is UTF-16 if it looks so, else UTF-8, or
// ISO-8859-1 if it is not. Bytes that are not of the encoding that was named are
// refused. The error is a *SyntaxError.
func Transcode(body []byte, charset string) (string, error) {
	charset = strings.ToLower(trim(strings.Trim(trim(charset), `"'`)))
	switch {
	case hasPrefix(body, 0xEF, 0xBB, 0xBF):
		return fromUTF8(body[3:])
	case hasPrefix(body, 0xFF, 0xFE):
		return fromUTF16(body[2:], binary.LittleEndian)
	case hasPrefix(body, 0xFE, 0xFF):
		return fromUTF16(body[2:], binary.BigEndian)
	case hasPrefix(body, '<', 0), charset == "utf-16le":
		return fromUTF16(body, binary.LittleEndian)
	case hasPrefix(body, 0, '<'), charset == "utf-16be":
		return fromUTF16(body, binary.BigEndian)
	case charset == "utf-16":
		return "", &SyntaxError{Text: "the text is not UTF-16"}
	}
	if charset == "" {
		// The declaration is ASCII in every encoding that is left.
		head := body[:min(len(body), 256)]
		if _, encoding, _ := declaration(string(head)); encoding != "" {
			charset = strings.ToLower(encoding)
		}
		if strings.HasPrefix(charset, "utf-16") {
			charset = "" // .NET declares what its strings are in, whatever they are sent in
		}
	}
	switch {
	case charset == "" && !utf8.Valid(body):
		return withoutDeclaration(fromLatin1(body))
	case charset == "" || isUTF8(charset):
		return fromUTF8(body)
	case charset == "iso-8859-1" || charset == "latin1" || charset == "iso_8859-1":
		return withoutDeclaration(fromLatin1(body))
	case charset == "us-ascii" || charset == "ascii":
		for i, c := range body {
			if c >= utf8.RuneSelf {
				return "", &SyntaxError{Offset: i, Text: "a byte that is not US-ASCII"}
			}
		}
		return withoutDeclaration(string(body))
	}
	return "", &SyntaxError{Text: "the character encoding is not one of UTF-8, UTF-16, ISO-8859-1 and US-ASCII"}
}

func hasPrefix(b []byte, first ...byte) bool {
	return len(b) >= len(first) && string(b[:len(first)]) == string(first)
}

func isUTF8(name string) bool {
	return strings.EqualFold(name, "utf-8") || strings.EqualFold(name, "utf8")
}

func fromUTF8(body []byte) (string, error) {
	s := string(body)
	if !utf8.ValidString(s) {
		return "", &SyntaxError{Offset: invalidUTF8(s), Text: "invalid UTF-8"}
	}
	if _, encoding, _ := declaration(s); encoding != "" && !strings.EqualFold(encoding, "utf-8") {
		return withoutDeclaration(s)
	}
	return s, nil
}

func fromUTF16(body []byte, order binary.ByteOrder) (string, error) {
	if len(body)%2 != 0 {
		return "", &SyntaxError{Offset: len(body), Text: "half a character of UTF-16"}
	}
	b := make([]byte, 0, len(body)/2)
	for i := 0; i < len(body); i += 2 {
		r := rune(order.Uint16(body[i:]))
		if utf16.IsSurrogate(r) {
			second := rune(0)
			if i+2 < len(body) {
				second = rune(order.Uint16(body[i+2:]))
			}
			if r = utf16.DecodeRune(r, second); r == utf8.RuneError {
				return "", &SyntaxError{Offset: i, Text: "invalid UTF-16"}
			}
			i += 2
		}
		b = utf8.AppendRune(b, r)
	}
	return withoutDeclaration(string(b))
}

func fromLatin1(body []byte) string {
	b := make([]byte, 0, len(body)+len(body)/8)
	for _, c := range body {
		b = utf8.AppendRune(b, rune(c))
	}
	return string(b)
}

// withoutDeclaration drops the XML declaration, which names the encoding that
// the text no longer has.
func withoutDeclaration(s string) (string, error) {
	end, _, msg := declaration(s)
	if msg != "" {
		return "", &SyntaxError{Offset: end, Text: msg}
	}
	return s[end:], nil
}

// declaration reads the XML declaration at the start of s, if there is one: it
// returns where it ends and the encoding that it names, or what is wrong with it.
func declaration(s string) (end int, encoding, msg string) {
	const open = "<?xml"
	if !hasAt(s, 0, open) || len(s) == len(open) || class[s[len(open)]]&space == 0 {
		return 0, "", ""
	}
	n := strings.Index(s, "?>")
	if n < 0 {
		return 0, "", "the XML declaration is not closed"
	}
	rest := s[len(open):n]
	for i, name := range []string{"version", "encoding", "standalone"} {
		after := strings.TrimLeft(rest, " \t\r\n")
		if after == "" {
			break
		}
		value, tail, ok := pseudoAttribute(after, name)
		if !ok && i > 0 {
			continue
		}
		switch {
		case !ok || len(after) == len(rest):
			return 0, "", "the XML declaration is malformed"
		case i == 0 && value != "1.0":
			return 0, "", "the XML version is not 1.0"
		case i == 1:
			encoding = value
		case i == 2 && value != "yes" && value != "no":
			return 0, "", "the XML declaration is malformed"
		}
		rest = tail
	}
	if trim(rest) != "" || trim(s[len(open):n]) == "" {
		return 0, "", "the XML declaration is malformed"
	}
	return n + 2, encoding, ""
}

func pseudoAttribute(s, name string) (value, tail string, ok bool) {
	s, ok = strings.CutPrefix(s, name)
	if s = strings.TrimLeft(s, " \t\r\n"); !ok || s == "" || s[0] != '=' {
		return "", "", false
	}
	s = strings.TrimLeft(s[1:], " \t\r\n")
	if s == "" || s[0] != '"' && s[0] != '\'' {
		return "", "", false
	}
	return strings.Cut(s[1:], s[:1])
}

// invalidUTF8 is the offset of the first byte that is not UTF-8.
func invalidUTF8(s string) int {
	for i, r := range s {
		if r == utf8.RuneError {
			if _, n := utf8.DecodeRuneInString(s[i:]); n == 1 {
				return i
			}
		}
	}
	return len(s)
}
