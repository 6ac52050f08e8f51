package conf

// File is a configuration file, or the arguments of the commands config-get, config-test and config-set. Kea's daemons
// each have a file of their own, with one of the two.
type File struct {
	Dhcp4 *Server `kea:"Dhcp4"`
	Dhcp6 *Server `kea:"Dhcp6"`
	Rest  Object

	// Commas are the commas of the text that separate nothing. Kea warns of them, and old ones refuse them.
	Commas []Pos
	places map[string]Pos // see Place
}

// Server is the configuration of one daemon. In a Server and all below it, Rest holds the keys that have no field.
type Server struct {
	Interfaces     *Interfaces        `kea:"interfaces-config"`
	ControlSocket  *ControlSocket     `kea:"control-socket"`
	ControlSockets []ControlSocket    `kea:"control-sockets"` // since Kea 2.7
	LeaseDatabase  *Database          `kea:"lease-database"`
	MultiThreading *MultiThreading    `kea:"multi-threading"`
	Hooks          []Hook             `kea:"hooks-libraries"`
	OptionDefs     []OptionDefinition `kea:"option-def"`
	Options        []Option           `kea:"option-data"`
	ClientClasses  []ClientClass      `kea:"client-classes"`
	Reservations   []Reservation      `kea:"reservations"`
	SharedNetworks []SharedNetwork    `kea:"shared-networks"`
	Subnets4       []Subnet           `kea:"subnet4"`
	Subnets6       []Subnet           `kea:"subnet6"`
	Rest           Object
}

// Interfaces says where the daemon listens.
type Interfaces struct {
	Names      []string `kea:"interfaces"` // such as eth0, eth0/192.0.2.1 or *
	SocketType string   `kea:"dhcp-socket-type"`
	Rest       Object
}

// ControlSocket is where the daemon takes commands.
type ControlSocket struct {
	Type string `kea:"socket-type"` // unix; since Kea 2.7 also http and https
	Name string `kea:"socket-name"` // the path of a unix socket
	Rest Object
}

// Database is where leases are kept.
type Database struct {
	Type string `kea:"type"` // memfile, mysql or postgresql
	Name string `kea:"name"` // memfile: the path of the lease file
	Rest Object
}

// MultiThreading is how many threads serve clients.
type MultiThreading struct {
	Enable *bool `kea:"enable-multi-threading"` // absent: false before Kea 2.3.5, true since
	Rest   Object
}

// Hook is a library that the daemon loads.
type Hook struct {
	Library    string          `kea:"library"` // the path of a .so
	Parameters *HookParameters `kea:"parameters"`
	Rest       Object
}

// HookParameters are what a library is told. Those of libdhcp_ha.so are known here.
type HookParameters struct {
	HighAvailability []HA `kea:"high-availability"`
	Rest             Object
}

// ClientClass is a class of clients.
type ClientClass struct {
	Name string `kea:"name"`
	Test string `kea:"test"`
	Rest Object
}

// Option is a DHCP option that clients are given.
type Option struct {
	Name       string `kea:"name"`
	Code       int64  `kea:"code"`
	Space      string `kea:"space"`
	Data       string `kea:"data"`
	CSVFormat  *bool  `kea:"csv-format"`
	AlwaysSend *bool  `kea:"always-send"`
	Rest       Object
}

// OptionDefinition describes an option that Kea does not know by itself.
type OptionDefinition struct {
	Name        string `kea:"name"`
	Code        int64  `kea:"code"`
	Space       string `kea:"space"`
	Type        string `kea:"type"`
	Array       *bool  `kea:"array"`
	RecordTypes string `kea:"record-types"`
	Encapsulate string `kea:"encapsulate"`
	Rest        Object
}
