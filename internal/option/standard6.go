package option

// standard6 is the IANA registry of DHCPv6 options that a server's
// configuration sets, with the names of dhcp-options(5). What messages are made
// of (client and server identifiers, IA_NA, relay messages and the like) is
// left out.
var standard6 = sixes([]Definition{
	number(7, "preference", 8),
	one(12, "unicast", address),
	one(14, "rapid-commit", boolean),
	one(16, "vendor-class", bytes),
	one(17, "vendor-opts", bytes),
	domains(list(21, "sip-servers-names", text)), // RFC 3319
	list(22, "sip-servers-addresses", address),
	list(23, "name-servers", address), // RFC 3646
	domains(list(24, "domain-search", text)),
	list(27, "nis-servers", address), // RFC 3898
	list(28, "nisp-servers", address),
	domains(one(29, "nis-domain-name", text)),
	domains(one(30, "nisp-domain-name", text)),
	list(31, "sntp-servers", address),                          // RFC 4075
	between(number(32, "info-refresh-time", 32), 600, 1<<32-1), // RFC 8415
	domains(list(33, "bcms-server-d", text)),                   // RFC 4280
	list(34, "bcms-server-a", address),
	one(36, "geoconf-civic", bytes),                  // RFC 4776
	one(41, "new-posix-timezone", text),              // RFC 4833
	one(42, "new-tzdb-timezone", text),               // RFC 4833
	domains(one(51, "v6-lost", text)),                // RFC 5223
	list(52, "capwap-ac-v6", address),                // RFC 5417
	one(56, "ntp-server", bytes),                     // RFC 5908
	domains(one(57, "v6-access-domain", text)),       // RFC 5986
	domains(list(58, "sip-ua-cs-list", text)),        // RFC 6011
	one(59, "bootfile-url", text),                    // RFC 5970
	one(60, "bootfile-param", bytes),                 // RFC 5970
	one(63, "geolocation", bytes),                    // RFC 6225
	domains(one(64, "aftr-name", text)),              // RFC 6334
	domains(one(65, "erp-local-domain-name", text)),  // RFC 6440
	one(74, "rdnss-selection", bytes),                // RFC 6731
	between(number(82, "sol-max-rt", 32), 60, 86400), // RFC 8415
	between(number(83, "inf-max-rt", 32), 60, 86400),
	one(94, "s46-cont-mape", bytes), // RFC 7598
	one(95, "s46-cont-mapt", bytes),
	one(96, "s46-cont-lw", bytes),
	one(103, "v6-captive-portal", text),      // RFC 8910
	list(143, "ipv6-address-andsf", address), // RFC 6153
	one(144, "dnr", bytes),                   // RFC 9463
})

func sixes(all []Definition) []Definition {
	for i := range all {
		all[i].V6 = true
	}
	return all
}
