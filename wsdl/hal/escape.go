package hal

import "unicode/utf8"

// plainText holds the bytes that stand for themselves in XML text and in JSON
// strings alike, so that both formats share one fast path.
var plainText = func() (t [256]bool) {
	for c := ' '; c < utf8.RuneSelf; c++ {
		t[c] = c != '&' && c != '<' && c != '>' && c != '"' && c != '\\'
	}
	return t
}()

// plain reports whether all of s stands for itself, eight bytes at a time: those
// below a blank, from 0x80 on, and & " < > \\, of which & and ", and < and >,
// differ in one bit.
func plain(s string) bool {
	const ones, high = 0x0101010101010101, 0x8080808080808080
	n := len(s)
	if n < 8 {
		for i := range n {
			if !plainText[s[i]] {
				return false
			}
		}
		return true
	}
	for i := 0; ; i += 8 {
		if i > n-8 {
			if i >= n {
				return true
			}
			i = n - 8 // once more over some of them
		}
		t := s[i : i+8]
		x := uint64(t[0]) | uint64(t[1])<<8 | uint64(t[2])<<16 | uint64(t[3])<<24 |
			uint64(t[4])<<32 | uint64(t[5])<<40 | uint64(t[6])<<48 | uint64(t[7])<<56
		amp, less, back := (x|0x04*ones)^'&'*ones, (x|0x02*ones)^'>'*ones, x^'\\'*ones
		if (x|(x-' '*ones)&^x|(amp-ones)&^amp|(less-ones)&^less|(back-ones)&^back)&high != 0 {
			return false
		}
	}
}

const hexDigits = "0123456789abcdef"

// appendXMLText appends s as the text of an element. Line ends survive: a bare
// carriage return would be read as a line feed. What XML cannot hold becomes
// U+FFFD.
func appendXMLText(b []byte, s string) []byte {
	if plain(s) {
		return append(b, s...)
	}
	start := 0
	for i := 0; i < len(s); {
		c := s[i]
		if plainText[c] {
			i++
			continue
		}
		width, replaced := 1, ""
		switch {
		case c == '&':
			replaced = "&amp;"
		case c == '<':
			replaced = "&lt;"
		case c == '>':
			replaced = "&gt;"
		case c == '\r':
			replaced = "&#xD;"
		case c < ' ' && c != '\t' && c != '\n':
			replaced = "\uFFFD"
		case c >= utf8.RuneSelf:
			var r rune
			r, width = utf8.DecodeRuneInString(s[i:])
			if r == utf8.RuneError && width == 1 || r == 0xFFFE || r == 0xFFFF {
				replaced = "\uFFFD"
			}
		}
		if replaced != "" {
			b = append(append(b, s[start:i]...), replaced...)
			start = i + width
		}
		i += width
	}
	return append(b, s[start:]...)
}

// appendJSONString appends s as a JSON string. What is not UTF-8 becomes
// U+FFFD; HTML characters are left alone, as recorded servers leave them.
func appendJSONString(b []byte, s string) []byte {
	b = append(b, '"')
	if plain(s) {
		return append(append(b, s...), '"')
	}
	start := 0
	for i := 0; i < len(s); {
		c := s[i]
		if plainText[c] {
			i++
			continue
		}
		if c >= ' ' && c < utf8.RuneSelf && c != '"' && c != '\\' {
			i++
			continue
		}
		if c >= utf8.RuneSelf {
			r, width := utf8.DecodeRuneInString(s[i:])
			if r == utf8.RuneError && width == 1 {
				b = append(append(b, s[start:i]...), "\uFFFD"...)
				start = i + 1
			}
			i += width
			continue
		}
		b = append(b, s[start:i]...)
		switch c {
		case '"', '\\':
			b = append(b, '\\', c)
		case '\n':
			b = append(b, `\n`...)
		case '\r':
			b = append(b, `\r`...)
		case '\t':
			b = append(b, `\t`...)
		case '\b':
			b = append(b, `\b`...)
		case '\f':
			b = append(b, `\f`...)
		default:
			b = append(b, '\\', 'u', '0', '0', hexDigits[c>>4], hexDigits[c&15])
		}
		i++
		start = i
	}
	return append(append(b, s[start:]...), '"')
}
