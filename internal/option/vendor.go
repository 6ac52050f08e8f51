package option

import "halxml/internal/model"

// Class is a vendor or user class that a product knows from the start.
type Class struct{ Name, Description, Identifier string }

// The vendor and user classes of Microsoft's DHCP server.
var (
	microsoftVendors = []Class{
		{"Microsoft Windows 2000 Options", "Clients of Windows 2000 and later", "MSFT 5.0"},
		{"Microsoft Windows 98 Options", "Clients of Windows 98", "MSFT 98"},
		{"Microsoft Options", "Clients of Windows of any version", "MSFT"},
	}
	microsoftUsers = []Class{
		{"Default Routing and Remote Access Class", "Clients of a remote access server", "RRAS.Microsoft"},
		{"Default Network Access Protection Class", "Clients with restricted access", "MSFT Quarantine"},
		{"Default BOOTP Class", "BOOTP clients", "BOOTP.Microsoft"},
	}
)

// MicrosoftClasses are the vendor and user classes of Microsoft's DHCP server.
func MicrosoftClasses() (vendors, users []Class) {
	return append([]Class(nil), microsoftVendors...), append([]Class(nil), microsoftUsers...)
}

// Microsoft are the options of its vendor classes that Microsoft's DHCP server
// defines itself ([MS-DHCPE] 2.2.3).
func Microsoft() []Definition {
	var out []Definition
	for _, vendor := range []string{"Microsoft Options", "Microsoft Windows 2000 Options"} {
		for i, name := range []string{
			"Microsoft Disable Netbios Option", "Microsoft Release DHCP Lease On Shutdown Option", "Microsoft Default Router Metric Base",
		} {
			out = append(out, Definition{Vendor: vendor, Number: uint32(i + 1), Name: name, Type: model.OptionInteger, Max: 1<<32 - 1})
		}
	}
	return out
}
