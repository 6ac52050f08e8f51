package model

import "strings"

// FoldName is the form in which names are compared: without case and without a
// final dot (a server is found as "DHCP1.corp.net" and "dhcp1.corp.net.").
// Relationship names are the exception: dhcpd compares them letter by letter.
func FoldName(s string) string {
	return strings.ToLower(strings.TrimSuffix(strings.TrimSpace(s), "."))
}
