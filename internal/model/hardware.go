package model

import (
	"encoding/hex"
	"strings"
)

// Lengths of a hardware address, in bytes: from Ethernet's to what dhcpd keeps.
const minHardware, maxHardware = 6, 20

// HardwareAddress reads a hardware address in any usual spelling, aa:bb:cc:…,
// aa-bb-cc-…, aabb.ccdd.eeff or bare hex, into the first.
func HardwareAddress(s string) (string, bool) {
	var digits string
	sep := strings.IndexAny(s, ":-.")
	switch {
	case sep < 0:
		digits = s
	case s[sep] == '.':
		for _, group := range strings.Split(s, ".") {
			if len(group) != 4 {
				return "", false
			}
			digits += group
		}
	default:
		for _, octet := range strings.Split(s, s[sep:sep+1]) {
			if len(octet) != 1 && len(octet) != 2 {
				return "", false
			}
			digits += strings.Repeat("0", 2-len(octet)) + octet
		}
	}
	b, err := hex.DecodeString(digits)
	if err != nil || len(b) < minHardware || len(b) > maxHardware {
		return "", false
	}
	return octets(b), true
}

// octets writes bytes as aa:bb:cc.
func octets(b []byte) string {
	const digits = "0123456789abcdef"
	out := make([]byte, 0, 3*len(b))
	for i, v := range b {
		if i > 0 {
			out = append(out, ':')
		}
		out = append(out, digits[v>>4], digits[v&15])
	}
	return string(out)
}
