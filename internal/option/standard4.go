package option

import "halxml/internal/model"

// Short names for the tables.
const (
	text    = model.OptionString
	bytes   = model.OptionHex
	boolean = model.OptionBoolean
	address = model.OptionAddress
	integer = model.OptionInteger
)

// The constructors say how many values of which format an option holds.
func one(n uint32, name string, t model.OptionType) Definition {
	return Definition{Number: n, Name: name, Type: t}
}

func list(n uint32, name string, t model.OptionType) Definition {
	return Definition{Number: n, Name: name, Type: t, Array: true}
}

func number(n uint32, name string, bits int) Definition {
	return Definition{Number: n, Name: name, Type: integer, Max: 1<<bits - 1}
}

func numbers(n uint32, name string, bits int) Definition {
	d := number(n, name, bits)
	d.Array = true
	return d
}

func between(d Definition, low, high int64) Definition {
	d.Min, d.Max = low, high
	return d
}

func pairs(n uint32, name string) Definition {
	d := list(n, name, address)
	d.Pairs = true
	return d
}

func domains(d Definition) Definition {
	d.Domain = true
	return d
}

// own marks what a server sets itself or a client sends.
func own(n uint32, name string, t model.OptionType) Definition {
	return Definition{Number: n, Name: name, Type: t, Own: true}
}

// raw marks a mixture of formats that is given as bytes.
func raw(n uint32, name string) Definition {
	return Definition{Number: n, Name: name, Type: bytes, Raw: true}
}

// declared gives an option that dhcpd does not know by name its declaration.
func declared(d Definition, syntax string) Definition {
	d.Syntax = syntax
	return d
}

// standard4 is the IANA registry of DHCPv4 options, with the names that
// dhcp-options(5) uses where it has one. Formats: RFC 2132 for 1 to 76, else
// the RFC named beside the option.
var standard4 = []Definition{
	one(1, "subnet-mask", address),
	between(number(2, "time-offset", 32), -1<<31, 1<<31-1),
	list(3, "routers", address),
	list(4, "time-servers", address),
	list(5, "ien116-name-servers", address),
	list(6, "domain-name-servers", address),
	list(7, "log-servers", address),
	list(8, "cookie-servers", address),
	list(9, "lpr-servers", address),
	list(10, "impress-servers", address),
	list(11, "resource-location-servers", address),
	one(12, "host-name", text),
	number(13, "boot-size", 16),
	one(14, "merit-dump", text),
	one(15, "domain-name", text),
	one(16, "swap-server", address),
	one(17, "root-path", text),
	one(18, "extensions-path", text),
	one(19, "ip-forwarding", boolean),
	one(20, "non-local-source-routing", boolean),
	pairs(21, "policy-filter"),
	between(number(22, "max-dgram-reassembly", 16), 576, 65535),
	between(number(23, "default-ip-ttl", 8), 1, 255),
	number(24, "path-mtu-aging-timeout", 32),
	between(numbers(25, "path-mtu-plateau-table", 16), 68, 65535),
	between(number(26, "interface-mtu", 16), 68, 65535),
	one(27, "all-subnets-local", boolean),
	one(28, "broadcast-address", address),
	one(29, "perform-mask-discovery", boolean),
	one(30, "mask-supplier", boolean),
	one(31, "router-discovery", boolean),
	one(32, "router-solicitation-address", address),
	pairs(33, "static-routes"),
	one(34, "trailer-encapsulation", boolean),
	number(35, "arp-cache-timeout", 32),
	one(36, "ieee802-3-encapsulation", boolean),
	between(number(37, "default-tcp-ttl", 8), 1, 255),
	number(38, "tcp-keepalive-interval", 32),
	one(39, "tcp-keepalive-garbage", boolean),
	one(40, "nis-domain", text),
	list(41, "nis-servers", address),
	list(42, "ntp-servers", address),
	one(43, "vendor-encapsulated-options", bytes),
	list(44, "netbios-name-servers", address),
	list(45, "netbios-dd-server", address),
	number(46, "netbios-node-type", 8),
	one(47, "netbios-scope", text),
	list(48, "font-servers", address),
	list(49, "x-display-manager", address),
	own(50, "dhcp-requested-address", address),
	number(51, "dhcp-lease-time", 32),
	own(52, "dhcp-option-overload", integer),
	own(53, "dhcp-message-type", integer),
	own(54, "dhcp-server-identifier", address),
	own(55, "dhcp-parameter-request-list", bytes),
	own(56, "dhcp-message", text),
	own(57, "dhcp-max-message-size", integer),
	number(58, "dhcp-renewal-time", 32),
	number(59, "dhcp-rebinding-time", 32),
	one(60, "vendor-class-identifier", text),
	own(61, "dhcp-client-identifier", bytes),
	one(62, "nwip-domain", text),
	raw(63, "nwip-suboptions"),
	one(64, "nisplus-domain", text),
	list(65, "nisplus-servers", address),
	one(66, "tftp-server-name", text),
	one(67, "bootfile-name", text),
	list(68, "mobile-ip-home-agent", address),
	list(69, "smtp-server", address),
	list(70, "pop-server", address),
	list(71, "nntp-server", address),
	list(72, "www-server", address),
	list(73, "finger-server", address),
	list(74, "irc-server", address),
	list(75, "streettalk-server", address),
	list(76, "streettalk-directory-assistance-server", address),
	own(77, "user-class", text),
	raw(78, "slp-directory-agent"), // RFC 2610
	raw(79, "slp-service-scope"),
	own(81, "fqdn", bytes),                    // RFC 4702
	own(82, "relay-agent-information", bytes), // RFC 3046
	list(85, "nds-servers", address),          // RFC 2241
	one(86, "nds-tree-name", text),
	one(87, "nds-context", text),
	domains(list(88, "bcms-controller-names", text)), // RFC 4280
	list(89, "bcms-controller-address", address),
	own(90, "authentication", bytes), // RFC 3118
	own(91, "client-last-transaction-time", integer),
	own(92, "associated-ip", address),
	own(93, "pxe-system-type", integer), // RFC 4578
	own(94, "pxe-interface-id", bytes),
	own(97, "pxe-client-id", bytes),
	one(98, "uap-servers", text),                                   // RFC 2485
	declared(one(99, "geoconf-civic", bytes), "string"),            // RFC 4776
	one(100, "pcode", text),                                        // RFC 4833
	one(101, "tcode", text),                                        // RFC 4833
	number(108, "v6-only-preferred", 32),                           // RFC 8925
	list(112, "netinfo-server-address", address),                   // RFC 3679
	one(113, "netinfo-server-tag", text),                           // RFC 3679
	one(114, "default-url", text),                                  // RFC 3679, 8910
	between(number(116, "auto-config", 8), 0, 1),                   // RFC 2563
	numbers(117, "name-service-search", 16),                        // RFC 2937
	own(118, "subnet-selection", address),                          // RFC 3011
	domains(list(119, "domain-search", text)),                      // RFC 3397
	declared(one(120, "sip-servers", bytes), "string"),             // RFC 3361
	declared(one(121, "classless-static-routes", bytes), "string"), // RFC 3442
	declared(one(122, "cablelabs-client-configuration", bytes), "string"),
	declared(one(123, "geoconf", bytes), "string"), // RFC 6225
	raw(124, "vivco"),                              // RFC 3925
	raw(125, "vivso"),
	domains(one(137, "v4-lost", text)),                     // RFC 5223
	list(138, "capwap-ac-v4", address),                     // RFC 5417
	declared(one(139, "mos-address", bytes), "string"),     // RFC 5678
	declared(one(140, "mos-domain", bytes), "string"),      // RFC 5678
	domains(list(141, "sip-ua-cs-domains", text)),          // RFC 6011
	raw(142, "ipv4-address-andsf"),                         // RFC 6153
	declared(one(143, "sztp-redirect", bytes), "string"),   // RFC 8572
	declared(one(146, "rdnss-selection", bytes), "string"), // RFC 6731
	list(150, "tftp-server-address", address),              // RFC 5859
	raw(159, "v4-portparams"),                              // RFC 7618
	one(160, "v4-captive-portal", text),                    // RFC 7710
	declared(one(162, "dnr", bytes), "string"),             // RFC 9463
	declared(one(208, "loader-magic", bytes), "string"),    // RFC 5071
	one(209, "loader-configfile", text),
	one(210, "loader-pathprefix", text),
	number(211, "loader-reboottime", 32),
	raw(212, "option-6rd"),                      // RFC 5969
	domains(one(213, "v4-access-domain", text)), // RFC 5986
}
