package store

import "halxml/internal/model"

// Schema is every table of the service:
//
//	servers         name (unique, folded)
//	ranges          address (unique: space, from ascending, to descending), parent (space, parent, from), name (folded)
//	addresses       address (unique: space, address), claimed (space, address; mapped)
//	holds           address (space, from, to, expiry), expiry
//	spaces          name (unique, folded)
//	devices         name (unique: space, folded)
//	interfaces      device (unique: device, folded), name (space, folded), address (unique: space, address; mapped)
//	scopes          server (server, range; unique), range, name (folded)
//	pools           scope (scope, from), peer (relationship, server), name (folded)
//	exclusions      scope (scope, from), name (folded)
//	groups          server (server, parent), name (folded, server)
//	reservations    owner (type, id), client (folded, server, scope), address (space, address, server; mapped), name (folded, server)
//	relationships   server (server, name; unique; one entry for each partner)
//	options         owner (type, id, policy; unique), server
//	definitions     server (server, vendor class folded, number; unique)
//	classes         server (server, name; unique)
//	policies        owner (type, id, name folded; unique)
//	deliveries      none; the id is the server's
//	statements      owner (type, id, server, part, name; unique), server
//	folders         parent (space, type of content, parent, name folded; unique), name (folded)
//	placements      object (type, id; unique), folder (folder, type, id)
//	settings        name (unique, folded)
//	properties      type (type, name folded; unique)
//	leases          scope (scope, address; unique), address (space, address, server; those in use; mapped), client (folded), holder (folded; those held), end (those held)
//	leaseevents     address, client (folded)
//	users           name (unique, folded)
//	sessions        token (unique: SHA-256), user
//	events          object (type, id)
//
// Each table is a bucket of its name: id (8 bytes, big-endian) → record. Each
// index is a bucket table.index: key + id → nothing, and a mapped one has a map
// of its addresses beside it (AddrMap). The bucket meta holds the
// schema's version and each table's count of records.
type Schema struct {
	Servers       *Table[model.Server]
	ServersByName *Index[model.Server]

	Ranges          *Table[model.Range]
	RangesByAddress *Index[model.Range]
	RangesByParent  *Index[model.Range]
	RangesByName    *Index[model.Range]

	Addresses        *Table[model.Address]
	AddressesByAddr  *Index[model.Address]
	AddressesClaimed *Index[model.Address]

	Holds          *Table[model.Hold]
	HoldsByAddress *Index[model.Hold]
	HoldsByExpiry  *Index[model.Hold]

	Spaces       *Table[model.AddressSpace]
	SpacesByName *Index[model.AddressSpace]

	Devices       *Table[model.Device]
	DevicesByName *Index[model.Device]

	Interfaces          *Table[model.Interface]
	InterfacesByDevice  *Index[model.Interface]
	InterfacesByName    *Index[model.Interface]
	InterfacesByAddress *Index[model.Interface]

	Scopes               *Table[model.Scope]
	ScopesByServer       *Index[model.Scope]
	ScopesByRange        *Index[model.Scope]
	ScopesByName         *Index[model.Scope]
	ScopesByRelationship *Index[model.Scope]
	ScopesBySubnetID     *Index[model.Scope]

	Pools        *Table[model.Pool]
	PoolsByScope *Index[model.Pool]
	PoolsByPeer  *Index[model.Pool]
	PoolsByName  *Index[model.Pool]

	Exclusions        *Table[model.Exclusion]
	ExclusionsByScope *Index[model.Exclusion]
	ExclusionsByName  *Index[model.Exclusion]

	Groups         *Table[model.Group]
	GroupsByServer *Index[model.Group]
	GroupsByName   *Index[model.Group]

	Reservations          *Table[model.Reservation]
	ReservationsByOwner   *Index[model.Reservation]
	ReservationsByClient  *Index[model.Reservation]
	ReservationsByAddress *Index[model.Reservation]
	ReservationsByName    *Index[model.Reservation]

	Relationships         *Table[model.Relationship]
	RelationshipsByServer *Index[model.Relationship]

	OptionSets         *Table[model.OptionSet]
	OptionSetsByOwner  *Index[model.OptionSet]
	OptionSetsByServer *Index[model.OptionSet]

	Definitions         *Table[model.OptionDefinition]
	DefinitionsByServer *Index[model.OptionDefinition]

	Classes         *Table[model.Class]
	ClassesByServer *Index[model.Class]

	Policies        *Table[model.Policy]
	PoliciesByOwner *Index[model.Policy]

	Deliveries *Table[model.Delivery]

	Statements         *Table[model.Statements]
	StatementsByOwner  *Index[model.Statements]
	StatementsByServer *Index[model.Statements]

	Folders         *Table[model.Folder]
	FoldersByParent *Index[model.Folder]
	FoldersByName   *Index[model.Folder]

	Placements         *Table[model.Placement]
	PlacementsByObject *Index[model.Placement]
	PlacementsByFolder *Index[model.Placement]

	Settings       *Table[model.Setting]
	SettingsByName *Index[model.Setting]

	Properties       *Table[model.PropertyDefinition]
	PropertiesByType *Index[model.PropertyDefinition]

	Leases          *Table[model.Lease]
	LeasesByScope   *Index[model.Lease]
	LeasesByAddress *Index[model.Lease] // those in use
	LeasesByClient  *Index[model.Lease] // by hardware address and by identifier
	LeasesByHolder  *Index[model.Lease] // those held, by Lease.Client
	LeasesByEnd     *Index[model.Lease] // those held, but for endless ones

	LeaseEvents          *Table[model.LeaseEvent]
	LeaseEventsByAddress *Index[model.LeaseEvent]
	LeaseEventsByClient  *Index[model.LeaseEvent] // by hardware address and by identifier

	Users       *Table[model.User]
	UsersByName *Index[model.User]

	Sessions        *Table[model.Session]
	SessionsByToken *Index[model.Session]
	SessionsByUser  *Index[model.Session]

	Events         *Table[model.Event]
	EventsByObject *Index[model.Event]
}

// NewSchema describes all tables.
func NewSchema() *Schema {
	s := &Schema{
		ServersByName: &Index[model.Server]{Name: "name", Unique: true, Each: true,
			Keys: func(r *model.Server, yield func(Key)) { yield(NameKey(r.Name)) }},

		RangesByAddress: &Index[model.Range]{Name: "address", Unique: true,
			Keys: func(r *model.Range, yield func(Key)) {
				yield(Key{}.ID(r.SpaceID).Addr(r.From).AddrDown(r.To))
			}},
		RangesByParent: &Index[model.Range]{Name: "parent", Each: true,
			Keys: func(r *model.Range, yield func(Key)) { yield(Key{}.ID(r.SpaceID).ID(r.ParentID).Addr(r.From)) }},
		RangesByName: &Index[model.Range]{Name: "name", Each: true,
			Keys: func(r *model.Range, yield func(Key)) { yield(NameKey(r.Name)) }},

		AddressesByAddr: &Index[model.Address]{Name: "address", Unique: true,
			Keys: func(r *model.Address, yield func(Key)) { yield(Key{}.ID(r.SpaceID).Addr(r.Addr)) }},
		AddressesClaimed: &Index[model.Address]{Name: "claimed", Mapped: true, AddrAt: idSize,
			Keys: func(r *model.Address, yield func(Key)) {
				if r.Claimed {
					yield(Key{}.ID(r.SpaceID).Addr(r.Addr))
				}
			}},

		HoldsByAddress: &Index[model.Hold]{Name: "address",
			Keys: func(r *model.Hold, yield func(Key)) {
				yield(Key{}.ID(r.SpaceID).Addr(r.From).Addr(r.To).Time(r.Expires))
			}},
		HoldsByExpiry: &Index[model.Hold]{Name: "expiry",
			Keys: func(r *model.Hold, yield func(Key)) { yield(Key{}.Time(r.Expires)) }},

		SpacesByName: &Index[model.AddressSpace]{Name: "name", Unique: true,
			Keys: func(r *model.AddressSpace, yield func(Key)) { yield(NameKey(r.Name)) }},

		DevicesByName: &Index[model.Device]{Name: "name", Unique: true,
			Keys: func(r *model.Device, yield func(Key)) { yield(Key{}.ID(r.SpaceID).Text(model.FoldName(r.Name))) }},

		InterfacesByDevice: &Index[model.Interface]{Name: "device", Unique: true,
			Keys: func(r *model.Interface, yield func(Key)) {
				yield(Key{}.ID(r.DeviceID).Text(model.FoldName(r.Name)))
			}},
		InterfacesByName: &Index[model.Interface]{Name: "name",
			Keys: func(r *model.Interface, yield func(Key)) {
				yield(Key{}.ID(r.SpaceID).Text(model.FoldName(r.Name)))
			}},
		InterfacesByAddress: &Index[model.Interface]{Name: "address", Unique: true, Mapped: true, AddrAt: idSize,
			Keys: func(r *model.Interface, yield func(Key)) {
				for _, a := range r.Addresses {
					yield(Key{}.ID(r.SpaceID).Addr(a))
				}
			}},

		ScopesByServer: &Index[model.Scope]{Name: "server", Unique: true, Each: true,
			Keys: func(r *model.Scope, yield func(Key)) { yield(Key{}.ID(r.ServerID).ID(r.RangeID)) }},
		ScopesByRange: &Index[model.Scope]{Name: "range", Each: true,
			Keys: func(r *model.Scope, yield func(Key)) { yield(Key{}.ID(r.RangeID)) }},
		ScopesByName: &Index[model.Scope]{Name: "name", Each: true,
			Keys: func(r *model.Scope, yield func(Key)) { yield(NameKey(r.Name)) }},
		ScopesByRelationship: &Index[model.Scope]{Name: "relationship",
			Keys: func(r *model.Scope, yield func(Key)) {
				if r.RelationshipID != 0 {
					yield(Key{}.ID(r.RelationshipID).ID(r.ServerID))
				}
			}},
		ScopesBySubnetID: &Index[model.Scope]{Name: "subnet id",
			Keys: func(r *model.Scope, yield func(Key)) {
				if r.SubnetID != 0 {
					yield(Key{}.ID(r.ServerID).ID(model.ID(r.SubnetID)))
				}
			}},

		PoolsByScope: &Index[model.Pool]{Name: "scope", Each: true,
			Keys: func(r *model.Pool, yield func(Key)) { yield(Key{}.ID(r.ScopeID).Addr(r.From)) }},
		PoolsByPeer: &Index[model.Pool]{Name: "peer",
			Keys: func(r *model.Pool, yield func(Key)) {
				if r.PeerID != 0 {
					yield(Key{}.ID(r.PeerID).ID(r.ServerID))
				}
			}},
		PoolsByName: &Index[model.Pool]{Name: "name", Each: true,
			Keys: func(r *model.Pool, yield func(Key)) { yield(NameKey(r.Name)) }},

		ExclusionsByScope: &Index[model.Exclusion]{Name: "scope",
			Keys: func(r *model.Exclusion, yield func(Key)) { yield(Key{}.ID(r.ScopeID).Addr(r.From)) }},
		ExclusionsByName: &Index[model.Exclusion]{Name: "name",
			Keys: func(r *model.Exclusion, yield func(Key)) { yield(NameKey(r.Name)) }},

		GroupsByServer: &Index[model.Group]{Name: "server",
			Keys: func(r *model.Group, yield func(Key)) { yield(Key{}.ID(r.ServerID).ID(r.ParentID)) }},
		GroupsByName: &Index[model.Group]{Name: "name",
			Keys: func(r *model.Group, yield func(Key)) { yield(NameKey(r.Name).ID(r.ServerID)) }},

		ReservationsByOwner: &Index[model.Reservation]{Name: "owner",
			Keys: func(r *model.Reservation, yield func(Key)) { yield(RefKey(r.Owner())) }},
		ReservationsByClient: &Index[model.Reservation]{Name: "client",
			Keys: func(r *model.Reservation, yield func(Key)) { yield(NameKey(r.Client).ID(r.ServerID).ID(r.ScopeID)) }},
		ReservationsByAddress: &Index[model.Reservation]{Name: "address", Mapped: true, AddrAt: idSize,
			Keys: func(r *model.Reservation, yield func(Key)) {
				for _, a := range r.Addresses {
					yield(SpaceKey(r.SpaceID).Addr(a).ID(r.ServerID))
				}
			}},
		ReservationsByName: &Index[model.Reservation]{Name: "name",
			Keys: func(r *model.Reservation, yield func(Key)) {
				if r.Name != "" {
					yield(NameKey(r.Name).ID(r.ServerID))
				}
			}},

		RelationshipsByServer: &Index[model.Relationship]{Name: "server", Unique: true,
			Keys: func(r *model.Relationship, yield func(Key)) {
				yield(Key{}.ID(r.PrimaryID).Text(r.Name))
				yield(Key{}.ID(r.SecondaryID).Text(r.Name))
			}},

		OptionSetsByOwner: &Index[model.OptionSet]{Name: "owner", Unique: true,
			Keys: func(r *model.OptionSet, yield func(Key)) { yield(RefKey(r.Owner).ID(r.PolicyID)) }},
		OptionSetsByServer: &Index[model.OptionSet]{Name: "server",
			Keys: func(r *model.OptionSet, yield func(Key)) { yield(Key{}.ID(r.ServerID)) }},

		DefinitionsByServer: &Index[model.OptionDefinition]{Name: "server", Unique: true,
			Keys: func(r *model.OptionDefinition, yield func(Key)) {
				yield(Key{}.ID(r.ServerID).Text(model.FoldName(r.Vendor)).ID(model.ID(r.Number)))
			}},

		ClassesByServer: &Index[model.Class]{Name: "server", Unique: true,
			Keys: func(r *model.Class, yield func(Key)) { yield(Key{}.ID(r.ServerID).Text(r.Name)) }},

		PoliciesByOwner: &Index[model.Policy]{Name: "owner", Unique: true,
			Keys: func(r *model.Policy, yield func(Key)) { yield(RefKey(r.Owner).Text(model.FoldName(r.Name))) }},

		StatementsByOwner: &Index[model.Statements]{Name: "owner", Unique: true,
			Keys: func(r *model.Statements, yield func(Key)) {
				yield(RefKey(r.Owner).ID(r.ServerID).ID(model.ID(r.Part)).Text(r.Name))
			}},
		StatementsByServer: &Index[model.Statements]{Name: "server",
			Keys: func(r *model.Statements, yield func(Key)) { yield(Key{}.ID(r.ServerID)) }},

		FoldersByParent: &Index[model.Folder]{Name: "parent", Unique: true,
			Keys: func(r *model.Folder, yield func(Key)) {
				yield(SpaceKey(r.SpaceID).ID(model.ID(r.ContentType)).ID(r.ParentID).Text(model.FoldName(r.Name)))
			}},
		FoldersByName: &Index[model.Folder]{Name: "name",
			Keys: func(r *model.Folder, yield func(Key)) { yield(NameKey(r.Name)) }},

		PlacementsByObject: &Index[model.Placement]{Name: "object", Unique: true,
			Keys: func(r *model.Placement, yield func(Key)) { yield(RefKey(r.Object)) }},
		PlacementsByFolder: &Index[model.Placement]{Name: "folder",
			Keys: func(r *model.Placement, yield func(Key)) {
				yield(Key{}.ID(r.FolderID).ID(model.ID(r.Object.Type)).ID(r.Object.ID))
			}},

		SettingsByName: &Index[model.Setting]{Name: "name", Unique: true,
			Keys: func(r *model.Setting, yield func(Key)) { yield(NameKey(r.Name)) }},

		PropertiesByType: &Index[model.PropertyDefinition]{Name: "type", Unique: true,
			Keys: func(r *model.PropertyDefinition, yield func(Key)) {
				yield(Key{}.ID(model.ID(r.ObjectType)).Text(model.FoldName(r.Name)))
			}},

		LeasesByScope: &Index[model.Lease]{Name: "scope", Unique: true,
			Keys: func(r *model.Lease, yield func(Key)) { yield(Key{}.ID(r.ScopeID).Addr(r.Addr)) }},
		LeasesByAddress: &Index[model.Lease]{Name: "address", Mapped: true, AddrAt: idSize,
			Keys: func(r *model.Lease, yield func(Key)) {
				if r.InUse() {
					yield(SpaceKey(r.SpaceID).Addr(r.Addr).ID(r.ServerID))
				}
			}},
		LeasesByClient: &Index[model.Lease]{Name: "client",
			Keys: func(r *model.Lease, yield func(Key)) { clientKeys(r.Hardware, r.Identifier, yield) }},
		LeasesByHolder: &Index[model.Lease]{Name: "holder",
			Keys: func(r *model.Lease, yield func(Key)) {
				if client := r.Client(); client != "" && r.State.Held() {
					yield(NameKey(client))
				}
			}},
		LeasesByEnd: &Index[model.Lease]{Name: "end",
			Keys: func(r *model.Lease, yield func(Key)) {
				if r.State.Held() && !r.Ends.IsZero() {
					yield(Key{}.Time(r.Ends))
				}
			}},

		LeaseEventsByAddress: &Index[model.LeaseEvent]{Name: "address",
			Keys: func(r *model.LeaseEvent, yield func(Key)) { yield(Key{}.Addr(r.Addr)) }},
		LeaseEventsByClient: &Index[model.LeaseEvent]{Name: "client",
			Keys: func(r *model.LeaseEvent, yield func(Key)) { clientKeys(r.Hardware, r.Identifier, yield) }},

		UsersByName: &Index[model.User]{Name: "name", Unique: true,
			Keys: func(r *model.User, yield func(Key)) { yield(NameKey(r.Name)) }},

		SessionsByToken: &Index[model.Session]{Name: "token", Unique: true,
			Keys: func(r *model.Session, yield func(Key)) { yield(Key{}.Bytes(r.TokenHash[:])) }},
		SessionsByUser: &Index[model.Session]{Name: "user",
			Keys: func(r *model.Session, yield func(Key)) { yield(Key{}.ID(r.UserID)) }},

		EventsByObject: &Index[model.Event]{Name: "object",
			Keys: func(r *model.Event, yield func(Key)) { yield(RefKey(r.Object)) }},
	}
	s.Servers = newTable(&Table[model.Server]{Name: "servers",
		ID:     func(r *model.Server) *model.ID { return &r.ID },
		Encode: encodeServer, Decode: decodeServer,
		Indexes: []*Index[model.Server]{s.ServersByName}})
	s.Ranges = newTable(&Table[model.Range]{Name: "ranges",
		ID:     func(r *model.Range) *model.ID { return &r.ID },
		Encode: encodeRange, Decode: decodeRange,
		Indexes: []*Index[model.Range]{s.RangesByAddress, s.RangesByParent, s.RangesByName}})
	s.Addresses = newTable(&Table[model.Address]{Name: "addresses",
		ID:     func(r *model.Address) *model.ID { return &r.ID },
		Encode: encodeAddress, Decode: decodeAddress,
		Indexes: []*Index[model.Address]{s.AddressesByAddr, s.AddressesClaimed}})
	s.Holds = newTable(&Table[model.Hold]{Name: "holds",
		ID:     func(r *model.Hold) *model.ID { return &r.ID },
		Encode: encodeHold, Decode: decodeHold,
		Indexes: []*Index[model.Hold]{s.HoldsByAddress, s.HoldsByExpiry}})
	s.Spaces = newTable(&Table[model.AddressSpace]{Name: "spaces",
		ID:     func(r *model.AddressSpace) *model.ID { return &r.ID },
		Encode: encodeAddressSpace, Decode: decodeAddressSpace,
		Indexes: []*Index[model.AddressSpace]{s.SpacesByName}})
	s.Devices = newTable(&Table[model.Device]{Name: "devices",
		ID:     func(r *model.Device) *model.ID { return &r.ID },
		Encode: encodeDevice, Decode: decodeDevice,
		Indexes: []*Index[model.Device]{s.DevicesByName}})
	s.Interfaces = newTable(&Table[model.Interface]{Name: "interfaces",
		ID:     func(r *model.Interface) *model.ID { return &r.ID },
		Encode: encodeInterface, Decode: decodeInterface,
		Indexes: []*Index[model.Interface]{s.InterfacesByDevice, s.InterfacesByName, s.InterfacesByAddress}})
	s.Scopes = newTable(&Table[model.Scope]{Name: "scopes",
		ID:     func(r *model.Scope) *model.ID { return &r.ID },
		Encode: encodeScope, Decode: decodeScope,
		Indexes: []*Index[model.Scope]{s.ScopesByServer, s.ScopesByRange, s.ScopesByName, s.ScopesByRelationship, s.ScopesBySubnetID}})
	s.Pools = newTable(&Table[model.Pool]{Name: "pools",
		ID:     func(r *model.Pool) *model.ID { return &r.ID },
		Encode: encodePool, Decode: decodePool,
		Indexes: []*Index[model.Pool]{s.PoolsByScope, s.PoolsByPeer, s.PoolsByName}})
	s.Exclusions = newTable(&Table[model.Exclusion]{Name: "exclusions",
		ID:     func(r *model.Exclusion) *model.ID { return &r.ID },
		Encode: encodeExclusion, Decode: decodeExclusion,
		Indexes: []*Index[model.Exclusion]{s.ExclusionsByScope, s.ExclusionsByName}})
	s.Groups = newTable(&Table[model.Group]{Name: "groups",
		ID:     func(r *model.Group) *model.ID { return &r.ID },
		Encode: encodeGroup, Decode: decodeGroup,
		Indexes: []*Index[model.Group]{s.GroupsByServer, s.GroupsByName}})
	s.Reservations = newTable(&Table[model.Reservation]{Name: "reservations",
		ID:     func(r *model.Reservation) *model.ID { return &r.ID },
		Encode: encodeReservation, Decode: decodeReservation,
		Indexes: []*Index[model.Reservation]{s.ReservationsByOwner, s.ReservationsByClient, s.ReservationsByAddress, s.ReservationsByName}})
	s.Relationships = newTable(&Table[model.Relationship]{Name: "relationships",
		ID:     func(r *model.Relationship) *model.ID { return &r.ID },
		Encode: encodeRelationship, Decode: decodeRelationship,
		Indexes: []*Index[model.Relationship]{s.RelationshipsByServer}})
	s.OptionSets = newTable(&Table[model.OptionSet]{Name: "options",
		ID:     func(r *model.OptionSet) *model.ID { return &r.ID },
		Encode: encodeOptionSet, Decode: decodeOptionSet,
		Indexes: []*Index[model.OptionSet]{s.OptionSetsByOwner, s.OptionSetsByServer}})
	s.Definitions = newTable(&Table[model.OptionDefinition]{Name: "definitions",
		ID:     func(r *model.OptionDefinition) *model.ID { return &r.ID },
		Encode: encodeOptionDefinition, Decode: decodeOptionDefinition,
		Indexes: []*Index[model.OptionDefinition]{s.DefinitionsByServer}})
	s.Classes = newTable(&Table[model.Class]{Name: "classes",
		ID:     func(r *model.Class) *model.ID { return &r.ID },
		Encode: encodeClass, Decode: decodeClass,
		Indexes: []*Index[model.Class]{s.ClassesByServer}})
	s.Policies = newTable(&Table[model.Policy]{Name: "policies",
		ID:     func(r *model.Policy) *model.ID { return &r.ID },
		Encode: encodePolicy, Decode: decodePolicy,
		Indexes: []*Index[model.Policy]{s.PoliciesByOwner}})
	s.Deliveries = newTable(&Table[model.Delivery]{Name: "deliveries",
		ID:     func(r *model.Delivery) *model.ID { return &r.ID },
		Encode: encodeDelivery, Decode: decodeDelivery})
	s.Statements = newTable(&Table[model.Statements]{Name: "statements",
		ID:     func(r *model.Statements) *model.ID { return &r.ID },
		Encode: encodeStatements, Decode: decodeStatements,
		Indexes: []*Index[model.Statements]{s.StatementsByOwner, s.StatementsByServer}})
	s.Folders = newTable(&Table[model.Folder]{Name: "folders",
		ID:     func(r *model.Folder) *model.ID { return &r.ID },
		Encode: encodeFolder, Decode: decodeFolder,
		Indexes: []*Index[model.Folder]{s.FoldersByParent, s.FoldersByName}})
	s.Placements = newTable(&Table[model.Placement]{Name: "placements",
		ID:     func(r *model.Placement) *model.ID { return &r.ID },
		Encode: encodePlacement, Decode: decodePlacement,
		Indexes: []*Index[model.Placement]{s.PlacementsByObject, s.PlacementsByFolder}})
	s.Settings = newTable(&Table[model.Setting]{Name: "settings",
		ID:     func(r *model.Setting) *model.ID { return &r.ID },
		Encode: encodeSetting, Decode: decodeSetting,
		Indexes: []*Index[model.Setting]{s.SettingsByName}})
	s.Properties = newTable(&Table[model.PropertyDefinition]{Name: "properties",
		ID:     func(r *model.PropertyDefinition) *model.ID { return &r.ID },
		Encode: encodePropertyDefinition, Decode: decodePropertyDefinition,
		Indexes: []*Index[model.PropertyDefinition]{s.PropertiesByType}})
	s.Leases = newTable(&Table[model.Lease]{Name: "leases",
		ID:     func(r *model.Lease) *model.ID { return &r.ID },
		Encode: encodeLease, Decode: decodeLease,
		Indexes: []*Index[model.Lease]{s.LeasesByScope, s.LeasesByAddress, s.LeasesByClient, s.LeasesByHolder, s.LeasesByEnd}})
	s.LeaseEvents = newTable(&Table[model.LeaseEvent]{Name: "leaseevents",
		ID:     func(r *model.LeaseEvent) *model.ID { return &r.ID },
		Encode: encodeLeaseEvent, Decode: decodeLeaseEvent,
		Indexes: []*Index[model.LeaseEvent]{s.LeaseEventsByAddress, s.LeaseEventsByClient}})
	s.Users = newTable(&Table[model.User]{Name: "users",
		ID:     func(r *model.User) *model.ID { return &r.ID },
		Encode: encodeUser, Decode: decodeUser,
		Indexes: []*Index[model.User]{s.UsersByName}})
	s.Sessions = newTable(&Table[model.Session]{Name: "sessions",
		ID:     func(r *model.Session) *model.ID { return &r.ID },
		Encode: encodeSession, Decode: decodeSession,
		Indexes: []*Index[model.Session]{s.SessionsByToken, s.SessionsByUser}})
	s.Events = newTable(&Table[model.Event]{Name: "events",
		ID:     func(r *model.Event) *model.ID { return &r.ID },
		Encode: encodeEvent, Decode: decodeEvent,
		Indexes: []*Index[model.Event]{s.EventsByObject}})
	return s
}

// NameKey is the key under which a folded name is indexed.
func NameKey(name string) Key { return Key{}.Text(model.FoldName(name)) }

// SpaceKey is the key of an address space; 0 is the default one.
func SpaceKey(id model.ID) Key {
	if id == 0 {
		id = model.DefaultSpace
	}
	return Key{}.ID(id)
}

// RefKey is the key of an object of any type.
func RefKey(r model.Ref) Key { return Key{}.ID(model.ID(r.Type)).ID(r.ID) }

// clientKeys are the keys of a client by its hardware address and by its
// identifier.
func clientKeys(hardware, identifier string, yield func(Key)) {
	if hardware != "" {
		yield(NameKey(hardware))
	}
	if identifier != "" && identifier != hardware {
		yield(NameKey(identifier))
	}
}
