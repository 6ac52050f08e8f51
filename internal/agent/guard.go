package agent

import "bytes"

// runsPrograms reports whether a configuration of dhcpd may let the server run
// programs: whether it holds the word execute before a parenthesis, outside of
// strings and comments.
func runsPrograms(text []byte) bool {
	found := false // the last word was execute
	for i := 0; i < len(text); {
		switch c := text[i]; {
		case c == '#':
			end := bytes.IndexByte(text[i:], '\n')
			if end < 0 {
				return false
			}
			i += end + 1
		case c == '"':
			for i++; i < len(text) && text[i] != '"'; i++ {
				if text[i] == '\\' {
					i++
				}
			}
			i++
			found = false
		case wordByte(c):
			begin := i
			for i < len(text) && wordByte(text[i]) {
				i++
			}
			found = bytes.EqualFold(text[begin:i], []byte("execute"))
		case c == '(' && found:
			return true
		default:
			found = found && (c <= ' ' || c == 0x7f)
			i++
		}
	}
	return false
}

// wordByte reports whether a byte may be in one of dhcpd's words.
func wordByte(c byte) bool {
	return c == '-' || c == '_' || '0' <= c && c <= '9' || 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z'
}
