package conf

// valueKind says what follows the name of a parameter.
type valueKind uint8

const (
	valueUnknown valueKind = iota // not a parameter
	valueNone                     // nothing
	valueWord                     // one word, or an expression after "="
	valueFree                     // anything up to the semicolon
)

// parameterValue knows the parameters of dhcpd 4.4.3 (server/stables.c, dhcpd.conf(5)) by their lower-case names.
func parameterValue(name string) valueKind {
	switch name {
	case "authoritative":
		return valueNone
	case "abandon-lease-time",
		"adaptive-lease-time-threshold",
		"always-broadcast",
		"always-reply-rfc1048",
		"boot-unknown-clients",
		"check-secs-byte-order",
		"ddns-dual-stack-mixed-mode",
		"ddns-guard-id-must-match",
		"ddns-other-guard-is-dynamic",
		"ddns-ttl",
		"ddns-update-style",
		"ddns-updates",
		"default-lease-time",
		"delayed-ack",
		"dhcp-cache-threshold",
		"dhcpv6-set-tee-times",
		"do-forward-updates",
		"do-reverse-updates",
		"dont-use-fsync",
		"dynamic-bootp-lease-length",
		"echo-client-id",
		"fqdn-reply",
		"get-lease-hostnames",
		"ignore-client-uids",
		"infinite-is-reserved",
		"leasequery",
		"lease-id-format",
		"limit-addrs-per-ia",
		"limit-prefs-per-ia",
		"log-facility",
		"log-threshold-high",
		"log-threshold-low",
		"max-ack-delay",
		"max-lease-time",
		"min-lease-time",
		"min-secs",
		"omapi-port",
		"one-lease-per-client",
		"persist-eui-64-leases",
		"ping-check",
		"ping-cltt-secs",
		"ping-timeout",
		"ping-timeout-ms",
		"preferred-lifetime",
		"prefix-length-mode",
		"release-on-roam",
		"remote-port",
		"server-id-check",
		"stash-agent-options",
		"update-conflict-detection",
		"update-optimization",
		"update-static-leases",
		"use-eui-64",
		"use-host-decl-names",
		"use-lease-addr-for-default-route":
		return valueWord
	case "bind-local-address6",
		"db-time-format",
		"ddns-domainname",
		"ddns-hostname",
		"ddns-local-address4",
		"ddns-local-address6",
		"ddns-rev-domainname",
		"dhcpv6-lease-file-name",
		"dhcpv6-pid-file-name",
		"dynamic-bootp-lease-cutoff",
		"filename",
		"fixed-address6",
		"fixed-prefix6",
		"lease-file-name",
		"limited-broadcast-address",
		"local-address",
		"local-address6",
		"local-port",
		"next-server",
		"omapi-key",
		"pid-file-name",
		"prefix6",
		"server-duid",
		"server-identifier",
		"server-name",
		"site-option-space",
		"uid",
		"vendor-option-space":
		return valueFree
	}
	return valueUnknown
}
