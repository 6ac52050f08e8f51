package store

import (
	"encoding/hex"
	"net/netip"
	"reflect"
	"testing"
	"time"

	"google.golang.org/protobuf/encoding/protowire"
	"pgregory.net/rapid"

	"halxml/internal/model"
)

// codec tests one kind of record without knowing its type.
type codec struct {
	name   string
	encode func(any) []byte
	decode func([]byte) (any, error)
	random *rapid.Generator[any]
	sample any    // every field set
	golden string // the sample's bytes: what is on disks and must be read for ever
}

func codecOf[T any](name string, encode func([]byte, *T) []byte, decode func([]byte, *T) error,
	random func(*rapid.T) T, sample T, golden string) codec {
	return codec{name,
		func(v any) []byte { r := v.(T); return encode(nil, &r) },
		func(b []byte) (any, error) { var r T; err := decode(b, &r); return r, err },
		rapid.Custom(func(t *rapid.T) any { return random(t) }),
		sample, golden}
}

var (
	genText  = rapid.String()
	genID    = rapid.Map(rapid.Uint64(), func(n uint64) model.ID { return model.ID(n) })
	genBool  = rapid.Bool()
	genCount = rapid.Uint32()
	genAddr  = rapid.OneOf(
		rapid.Just(netip.Addr{}),
		rapid.Custom(func(t *rapid.T) netip.Addr {
			return netip.AddrFrom4([4]byte(rapid.SliceOfN(rapid.Byte(), 4, 4).Draw(t, "4")))
		}),
		rapid.Custom(func(t *rapid.T) netip.Addr {
			return netip.AddrFrom16([16]byte(rapid.SliceOfN(rapid.Byte(), 16, 16).Draw(t, "16")))
		}))
	genTime = rapid.Custom(func(t *rapid.T) time.Time {
		if genBool.Draw(t, "unset") {
			return time.Time{}
		}
		return time.Unix(rapid.Int64Range(-1<<40, 1<<40).Draw(t, "s"), rapid.Int64Range(0, 999_999_999).Draw(t, "ns")).UTC()
	})
)

func some[T any](t *rapid.T, one func(*rapid.T) T) (all []T) {
	for range rapid.IntRange(0, 3).Draw(t, "count") {
		all = append(all, one(t))
	}
	return all
}

func genProperty(t *rapid.T) model.Property {
	return model.Property{Name: genText.Draw(t, "name"), Value: genText.Draw(t, "value")}
}

var day = time.Date(2017, 5, 4, 3, 2, 1, 987654321, time.UTC)

func codecs() []codec {
	text := func(t *rapid.T) string { return genText.Draw(t, "text") }
	id := func(t *rapid.T) model.ID { return genID.Draw(t, "id") }
	space := func(t *rapid.T) model.ID { return max(1, genID.Draw(t, "space")) } // 0 reads as the default one
	yes := func(t *rapid.T) bool { return genBool.Draw(t, "bool") }
	n := func(t *rapid.T) uint32 { return genCount.Draw(t, "n") }
	addr := func(t *rapid.T) netip.Addr { return genAddr.Draw(t, "addr") }
	host := func(t *rapid.T) netip.Addr {
		return netip.AddrFrom4([4]byte(rapid.SliceOfN(rapid.Byte(), 4, 4).Draw(t, "4")))
	}
	at := func(t *rapid.T) time.Time { return genTime.Draw(t, "time") }
	custom := []model.Property{{Name: "Title", Value: "t"}, {Name: "Empty"}}
	return []codec{
		codecOf("server", encodeServer, decodeServer, func(t *rapid.T) model.Server {
			return model.Server{SpaceID: space(t), Name: text(t), Proxy: text(t), Address: text(t), ResolvedAddress: text(t), Username: text(t),
				Password: text(t), EnablePassword: text(t), Kind: model.ServerKind(text(t)), Security: text(t),
				Enabled: yes(t), State: model.ServerState(text(t)), PoliciesOff: yes(t), Custom: some(t, genProperty)}
		}, model.Server{SpaceID: 2, Name: "dhcp1.corp.net", Proxy: "p", Address: "10.0.0.1", ResolvedAddress: "10.0.0.2", Username: "u",
			Password: "pw", EnablePassword: "ep", Kind: model.KindISC, Security: "SSH2", Enabled: true,
			State: model.StateOK, PoliciesOff: true, Custom: custom},
			"0a0e64686370312e636f72702e6e65741201701a0831302e302e302e31220831302e302e302e322a0175320270773a026570"+
				"42034953434a045353483250015a024f4b68017002620a0a055469746c6512017462070a05456d707479"),
		codecOf("relationship", encodeRelationship, decodeRelationship, func(t *rapid.T) model.Relationship {
			return model.Relationship{Name: text(t), PrimaryID: id(t), SecondaryID: id(t), Kind: model.ServerKind(text(t)),
				Mode: model.FailoverMode(text(t)), ServiceType: model.ServiceType(text(t)), MCLT: n(t), SafePeriod: n(t),
				Percentage: n(t), Port: n(t), SecondaryPort: n(t), LoadBalanceMaxSeconds: n(t),
				MaxResponseDelay: n(t), MaxUnackedUpdates: n(t), DedicatedEndpoints: yes(t), SharedSecret: text(t), LiveState: text(t)}
		}, model.Relationship{Name: "peer", PrimaryID: 1, SecondaryID: 300, Kind: model.KindKea, Mode: model.LoadBalance,
			ServiceType: model.DHCPv4, MCLT: 3600, SafePeriod: 1, Percentage: 50, Port: 647,
			SecondaryPort: 847, LoadBalanceMaxSeconds: 3, MaxResponseDelay: 60, MaxUnackedUpdates: 10,
			DedicatedEndpoints: true, SharedSecret: "s", LiveState: "Normal"},
			"0a0470656572100118ac0222034b65612a0b4c6f616442616c616e6365320644484350763438901c4001483258870560"+
				"cf066803703c780a8001018a0101739201064e6f726d616c"),
		codecOf("range", encodeRange, decodeRange, func(t *rapid.T) model.Range {
			return model.Range{SpaceID: id(t), Name: text(t), From: addr(t), To: addr(t), ParentID: id(t), Subnet: yes(t),
				Locked: yes(t), AutoAssign: yes(t), Container: yes(t), InheritAccess: yes(t), Created: at(t), Custom: some(t, genProperty),
				Discovery: rapid.SampledFrom([]*model.Discovery{nil, {}, {Interval: n(t), Unit: text(t), Enabled: yes(t), Start: at(t)}}).Draw(t, "discovery"),
				Routers:   some(t, host)}
		}, model.Range{SpaceID: 1, Name: "10.0.0.0/24", From: netip.MustParseAddr("10.0.0.0"), To: netip.MustParseAddr("2001:db8::ff"),
			ParentID: 7, Subnet: true, Locked: true, AutoAssign: true, Container: true, InheritAccess: true, Created: day,
			Custom: custom, Discovery: &model.Discovery{Interval: 2, Unit: "Days", Enabled: true, Start: day},
			Routers: []netip.Addr{netip.MustParseAddr("10.0.0.1"), netip.MustParseAddr("2001:db8::1")}},
			"0801120b31302e302e302e302f32341a040a000000221020010db80000000000000000000000ff2807300138014001480150"+
				"015a0c08a9b3aac80510b1d1f9d603620a0a055469746c6512017462070a05456d707479"+
				"6a1808021204446179731801220c08a9b3aac80510b1d1f9d60372040a000001721020010db8000000000000000000000001"),
		codecOf("address", encodeAddress, decodeAddress, func(t *rapid.T) model.Address {
			return model.Address{SpaceID: id(t), Addr: addr(t), Claimed: yes(t), Custom: some(t, genProperty),
				Discovery: text(t), LastSeen: at(t), LastDiscovery: at(t), LastClient: text(t)}
		}, model.Address{SpaceID: 1, Addr: netip.MustParseAddr("10.0.0.10"), Claimed: true, Custom: custom,
			Discovery: "Ping", LastSeen: day, LastDiscovery: time.Unix(0, 0).UTC(), LastClient: "m"},
			"080112040a00000a1801220a0a055469746c6512017422070a05456d7074792a0450696e67320c08a9b3aac80510b1d1f9d6"+
				"033a0042016d"),
		codecOf("hold", encodeHold, decodeHold, func(t *rapid.T) model.Hold {
			return model.Hold{SpaceID: id(t), From: addr(t), To: addr(t), Expires: at(t), Username: text(t)}
		}, model.Hold{SpaceID: 1, From: netip.MustParseAddr("10.0.0.0"), To: netip.MustParseAddr("10.0.0.255"), Expires: day, Username: "u"},
			"080112040a0000001a040a0000ff220c08a9b3aac80510b1d1f9d6032a0175"),
		codecOf("space", encodeAddressSpace, decodeAddressSpace, func(t *rapid.T) model.AddressSpace {
			return model.AddressSpace{Name: text(t), Description: text(t)}
		}, model.AddressSpace{Name: "n", Description: "d"}, "0a016e120164"),
		codecOf("device", encodeDevice, decodeDevice, func(t *rapid.T) model.Device {
			return model.Device{SpaceID: id(t), Name: text(t), Custom: some(t, genProperty)}
		}, model.Device{SpaceID: 1, Name: "n", Custom: custom}, "080112016e1a0a0a055469746c651201741a070a05456d707479"),
		codecOf("interface", encodeInterface, decodeInterface, func(t *rapid.T) model.Interface {
			return model.Interface{DeviceID: id(t), SpaceID: id(t), Name: text(t), Client: text(t), Addresses: some(t, host), Custom: some(t, genProperty)}
		}, model.Interface{DeviceID: 2, SpaceID: 1, Name: "n", Client: "00:11:22:33:44:55",
			Addresses: []netip.Addr{netip.MustParseAddr("10.0.0.1"), netip.MustParseAddr("2001:db8::1")}, Custom: custom}, "080210011a016e221130303a31313a32323a33333a34343a35352a040a0000012a1020010db8000000000000000000000001"+
			"320a0a055469746c6512017432070a05456d707479"),
		codecOf("scope", encodeScope, decodeScope, func(t *rapid.T) model.Scope {
			return model.Scope{RangeID: id(t), ServerID: id(t), Name: text(t), Superscope: text(t), Description: text(t),
				Enabled: yes(t), Available: n(t), RelationshipID: id(t), PoliciesOff: yes(t), SubnetID: n(t), Custom: some(t, genProperty)}
		}, model.Scope{RangeID: 1, ServerID: 2, Name: "n", Superscope: "s", Description: "d", Enabled: true, Available: 4, RelationshipID: 3, PoliciesOff: true,
			SubnetID: 5, Custom: custom},
			"080110021a016e2201732a016430013803480450015805420a0a055469746c6512017442070a05456d707479"),
		codecOf("pool", encodePool, decodePool, func(t *rapid.T) model.Pool {
			return model.Pool{ScopeID: id(t), ServerID: id(t), Name: text(t), From: addr(t), To: addr(t), PeerID: id(t),
				Permits: some(t, func(t *rapid.T) model.Permit {
					return model.Permit{Permit: text(t), Access: text(t), Class: text(t)}
				})}
		}, model.Pool{ScopeID: 1, ServerID: 2, Name: "n", From: netip.MustParseAddr("10.0.0.10"), To: netip.MustParseAddr("10.0.0.20"),
			PeerID: 3, Permits: []model.Permit{{Permit: "MembersOfDHCPClass", Access: "Allow", Class: "c"}, {}}},
			"080110021a016e22040a00000a2a040a00001430033a1e0a124d656d626572734f6644484350436c6173731205416c6c6f77"+
				"1a01633a00"),
		codecOf("exclusion", encodeExclusion, decodeExclusion, func(t *rapid.T) model.Exclusion {
			return model.Exclusion{ScopeID: id(t), Name: text(t), From: addr(t), To: addr(t)}
		}, model.Exclusion{ScopeID: 1, Name: "n", From: netip.MustParseAddr("10.0.0.10"), To: netip.MustParseAddr("10.0.0.20")},
			"080112016e1a040a00000a22040a000014"),
		codecOf("group", encodeGroup, decodeGroup, func(t *rapid.T) model.Group {
			return model.Group{ServerID: id(t), ParentID: id(t), Name: text(t)}
		}, model.Group{ServerID: 1, ParentID: 2, Name: "n"}, "080110021a016e"),
		codecOf("reservation", encodeReservation, decodeReservation, func(t *rapid.T) model.Reservation {
			return model.Reservation{SpaceID: space(t), ServerID: id(t), ScopeID: id(t), GroupID: id(t), Name: text(t), Client: text(t),
				Method: model.ReservationMethod(text(t)), Type: model.ReservationType(text(t)), Description: text(t),
				Addresses:    some(t, host),
				DDNSHostName: text(t), Filename: text(t), ServerName: text(t), NextServer: text(t)}
		}, model.Reservation{SpaceID: 2, ServerID: 1, ScopeID: 2, GroupID: 3, Name: "n", Client: "00:11:22:33:44:55", Method: model.ByHardwareAddress,
			Addresses: []netip.Addr{netip.MustParseAddr("10.0.0.5"), netip.MustParseAddr("2001:db8::5")}, Type: model.ReserveBoth,
			Description: "d", DDNSHostName: "h", Filename: "f", ServerName: "s", NextServer: "x"},
			"08011002180322016e2a1130303a31313a32323a33333a34343a3535320f4861726477617265416464726573733a040a0000"+
				"053a1020010db80000000000000000000000054204424f54484a01645201685a01666201736a01787002"),
		codecOf("delivery", encodeDelivery, decodeDelivery, func(t *rapid.T) model.Delivery {
			return model.Delivery{Delivered: text(t), Attempted: text(t), At: at(t), Failed: text(t), Failure: text(t), Stopped: yes(t), Live: text(t)}
		}, model.Delivery{Delivered: "d", Attempted: "a", At: day, Failed: "f", Failure: "w", Stopped: true, Live: "l"},
			"0a01641201611a0c08a9b3aac80510b1d1f9d6032201662a017730013a016c"),
		codecOf("folder", encodeFolder, decodeFolder, func(t *rapid.T) model.Folder {
			return model.Folder{SpaceID: space(t), Name: text(t), ContentType: model.ObjectType(rapid.Uint16().Draw(t, "type")), ParentID: id(t)}
		}, model.Folder{SpaceID: 2, Name: "n", ContentType: model.TypeScope, ParentID: 300}, "0a016e100718ac022002"),
		codecOf("placement", encodePlacement, decodePlacement, func(t *rapid.T) model.Placement {
			return model.Placement{FolderID: id(t), Object: model.Ref{Type: model.ObjectType(rapid.Uint16().Draw(t, "type")), ID: id(t)}}
		}, model.Placement{FolderID: 300, Object: model.Ref{Type: model.TypeRange, ID: 2}}, "08ac0210061802"),
		codecOf("setting", encodeSetting, decodeSetting, func(t *rapid.T) model.Setting {
			return model.Setting{Name: text(t), Value: text(t)}
		}, model.Setting{Name: "n", Value: "v"}, "0a016e120176"),
		codecOf("property", encodePropertyDefinition, decodePropertyDefinition, func(t *rapid.T) model.PropertyDefinition {
			return model.PropertyDefinition{ObjectType: model.ObjectType(rapid.Uint16().Draw(t, "type")), Name: text(t),
				Type: model.PropertyType(text(t)), Mandatory: yes(t), ReadOnly: yes(t), MultiLine: yes(t), Default: text(t),
				Items: some(t, text), ParentID: id(t)}
		}, model.PropertyDefinition{ObjectType: model.TypeRange, Name: "City", Type: model.PropertyString, Mandatory: true, ReadOnly: true,
			MultiLine: true, Default: "d", Items: []string{"a:b", ""}, ParentID: 300},
			"08061204436974791a06537472696e672001280130013a01644203613a62420048ac02"),
		codecOf("lease", encodeLease, decodeLease, func(t *rapid.T) model.Lease {
			return model.Lease{SpaceID: space(t), ServerID: id(t), ScopeID: id(t), Addr: addr(t), Hardware: text(t), Identifier: text(t), Hostname: text(t),
				State: model.LeaseState(text(t)), BOOTP: yes(t), Starts: at(t), Ends: at(t), Source: text(t), Dropped: yes(t)}
		}, model.Lease{SpaceID: 2, ServerID: 1, ScopeID: 2, Addr: netip.MustParseAddr("10.0.0.10"), Hardware: "h", Identifier: "i", Hostname: "n",
			State: model.LeaseActive, BOOTP: true, Starts: day, Ends: day, Source: "s", Dropped: true},
			"080110021a040a00000a2201682a016932016e3a0661637469766540014a0c08a9b3aac80510b1d1f9d603520c08a9b3aac8"+
				"0510b1d1f9d6035a017360016802"),
		codecOf("lease event", encodeLeaseEvent, decodeLeaseEvent, func(t *rapid.T) model.LeaseEvent {
			return model.LeaseEvent{SpaceID: space(t), ServerID: id(t), Server: text(t), Code: model.LeaseEventCode(text(t)), Time: at(t), Addr: addr(t),
				Hardware: text(t), Identifier: text(t), Hostname: text(t)}
		}, model.LeaseEvent{SpaceID: 2, ServerID: 1, Server: "s", Code: model.LeaseRenew, Time: day, Addr: netip.MustParseAddr("10.0.0.10"),
			Hardware: "h", Identifier: "i", Hostname: "n"},
			"08011201731a0552656e6577220c08a9b3aac80510b1d1f9d6032a040a00000a3201683a016942016e4802"),
		codecOf("user", encodeUser, decodeUser, func(t *rapid.T) model.User {
			return model.User{Name: text(t), FullName: text(t), Description: text(t), Email: text(t), PasswordHash: text(t), Disabled: yes(t)}
		}, model.User{Name: "n", FullName: "f", Description: "d", Email: "e", PasswordHash: "h", Disabled: true},
			"0a016e1201661a01642201652a01683001"),
		codecOf("session", encodeSession, decodeSession, func(t *rapid.T) model.Session {
			return model.Session{SpaceID: space(t), TokenHash: [32]byte(rapid.SliceOfN(rapid.Byte(), 32, 32).Draw(t, "hash")), UserID: id(t),
				Created: at(t), LastUsed: at(t), Remote: text(t)}
		}, model.Session{SpaceID: 2, TokenHash: [32]byte{0: 1, 31: 2}, UserID: 3, Created: day, LastUsed: time.Unix(0, 0).UTC(), Remote: "r"},
			"0a20010000000000000000000000000000000000000000000000000000000000000210031a0c08a9b3aac80510b1d1f9d603"+
				"22002a01723002"),
		codecOf("event", encodeEvent, decodeEvent, func(t *rapid.T) model.Event {
			return model.Event{Time: at(t), Type: model.EventType(text(t)),
				Object: model.Ref{Type: model.ObjectType(rapid.Uint16().Draw(t, "type")), ID: id(t)},
				Name:   text(t), Username: text(t), Comment: text(t), Text: text(t)}
		}, model.Event{Time: day, Type: model.Creation, Object: model.Ref{Type: model.TypeScope, ID: 5}, Name: "n", Username: "u",
			Comment: "c", Text: "t"},
			"0a0c08a9b3aac80510b1d1f9d60312084372656174696f6e180720052a016e3201753a0163420174"),
		codecOf("options", encodeOptionSet, decodeOptionSet, func(t *rapid.T) model.OptionSet {
			return model.OptionSet{Owner: model.Ref{Type: model.ObjectType(rapid.Uint16().Draw(t, "type")), ID: id(t)}, PolicyID: id(t),
				ServerID: id(t), Revision: n(t), Options: some(t, func(t *rapid.T) model.Option {
					return model.Option{OptionID: model.OptionID{Vendor: text(t), User: text(t), Number: n(t)}, Value: text(t)}
				})}
		}, model.OptionSet{Owner: model.Ref{Type: model.TypeScope, ID: 5}, PolicyID: 6, ServerID: 2, Revision: 300,
			Options: []model.Option{{OptionID: model.OptionID{Vendor: "v", User: "u", Number: 3}, Value: "10.0.0.1"}, {}}},
			"080710051806200228ac0232120a01761201751803220831302e302e302e313200"),
		codecOf("definition", encodeOptionDefinition, decodeOptionDefinition, func(t *rapid.T) model.OptionDefinition {
			return model.OptionDefinition{ServerID: id(t), Vendor: text(t), Number: n(t), Name: text(t),
				Type: model.OptionType(text(t)), Array: yes(t)}
		}, model.OptionDefinition{ServerID: 1, Vendor: "v", Number: 252, Name: "wpad", Type: model.OptionString, Array: true},
			"080112017618fc012204777061642a06537472696e673001"),
		codecOf("class", encodeClass, decodeClass, func(t *rapid.T) model.Class {
			return model.Class{ServerID: id(t), Name: text(t), Subclasses: some(t, text)}
		}, model.Class{ServerID: 1, Name: "phones", Subclasses: []string{"00:11:22:33:44:55", ""}},
			"0801120670686f6e65731a1130303a31313a32323a33333a34343a35351a00"),
		codecOf("statements", encodeStatements, decodeStatements, func(t *rapid.T) model.Statements {
			return model.Statements{ServerID: id(t), Owner: model.Ref{Type: model.ObjectType(rapid.Uint16().Draw(t, "type")), ID: id(t)},
				Part: model.StatementsPart(rapid.Uint16().Draw(t, "part")), Name: text(t), Text: text(t)}
		}, model.Statements{ServerID: 1, Owner: model.Ref{Type: model.TypeServer, ID: 1}, Part: model.SharedNetworkPart, Name: "campus", Text: "x;"},
			"08011003180120022a0663616d7075733202783b"),
		codecOf("policy", encodePolicy, decodePolicy, func(t *rapid.T) model.Policy {
			p := model.Policy{Owner: model.Ref{Type: model.ObjectType(rapid.Uint16().Draw(t, "type")), ID: id(t)}, ServerID: id(t),
				Name: text(t), Description: text(t), Order: n(t), Enabled: yes(t), Operator: text(t),
				Ranges: some(t, func(t *rapid.T) model.PolicyRange { return model.PolicyRange{From: addr(t), To: addr(t)} }),
				Conditions: some(t, func(t *rapid.T) model.PolicyCondition {
					return model.PolicyCondition{Type: text(t), Comparison: text(t), Values: some(t, text)}
				})}
			if yes(t) {
				p.DDNS = &model.PolicyDDNS{Enabled: yes(t), AlwaysUpdate: yes(t), DiscardRecords: yes(t), ForceForOthers: yes(t),
					DisablePTR: yes(t), UseSuffix: yes(t), Suffix: text(t)}
			}
			if yes(t) {
				p.Lease = &model.PolicyLease{Setting: text(t), Seconds: n(t)}
			}
			return p
		}, model.Policy{Owner: model.Ref{Type: model.TypeScope, ID: 5}, ServerID: 2, Name: "n", Description: "d", Order: 3,
			Enabled: true, Operator: "LogicalOr",
			Ranges:     []model.PolicyRange{{From: netip.MustParseAddr("10.0.0.10"), To: netip.MustParseAddr("10.0.0.20")}},
			Conditions: []model.PolicyCondition{{Type: "MACAddress", Comparison: "Equal", Values: []string{"00*", ""}}},
			DDNS: &model.PolicyDDNS{Enabled: true, AlwaysUpdate: true, DiscardRecords: true, ForceForOthers: true, DisablePTR: true,
				UseSuffix: true, Suffix: "s"},
			Lease: &model.PolicyLease{Setting: "Limited", Seconds: 300}},
			"08071005180222016e2a01643003380142094c6f676963616c4f724a0c0a040a00000a12040a000014521a0a0a4d4143416464"+
				"726573731205457175616c1a0330302a1a005a0f0801100118012001280130013a0173620c0a074c696d6974656410ac02"),
	}
}

func TestRecordsComeBackAsTheyWere(t *testing.T) {
	for _, c := range codecs() {
		t.Run(c.name, rapid.MakeCheck(func(t *rapid.T) {
			want := c.random.Draw(t, "record")
			b := c.encode(want)
			got, err := c.decode(b)
			if err != nil || !reflect.DeepEqual(got, want) {
				t.Fatalf("got %+v, %v\nwant %+v", got, err, want)
			}
		}))
	}
}

// TestSamplesSetEveryField keeps the golden bytes whole when the model grows.
func TestSamplesSetEveryField(t *testing.T) {
	for _, c := range codecs() {
		v := reflect.ValueOf(c.sample)
		for i := range v.NumField() {
			if name := v.Type().Field(i).Name; name != "ID" && v.Field(i).IsZero() {
				t.Errorf("%s: the sample leaves %s empty", c.name, name)
			}
		}
	}
}

func TestRecordFormatStays(t *testing.T) {
	for _, c := range codecs() {
		if got := hex.EncodeToString(c.encode(c.sample)); got != c.golden {
			t.Errorf("%s is written as\n%s\nnot\n%s", c.name, got, c.golden)
		}
		b, err := hex.DecodeString(c.golden)
		if err != nil {
			t.Fatal(err)
		}
		got, err := c.decode(b)
		if err != nil || !reflect.DeepEqual(got, c.sample) {
			t.Errorf("%s reads %+v, %v\nnot %+v", c.name, got, err, c.sample)
		}
	}
}

func TestZeroRecordsAreEmpty(t *testing.T) {
	for _, c := range codecs() {
		zero := reflect.Zero(reflect.TypeOf(c.sample)).Interface()
		if b := c.encode(zero); len(b) != 0 {
			t.Errorf("%s: zero is %x", c.name, b)
		}
	}
}

func TestUnknownFieldsAreSkipped(t *testing.T) {
	for _, c := range codecs() {
		b := protowire.AppendVarint(protowire.AppendTag(nil, 1000, protowire.VarintType), 5)
		b = append(b, c.encode(c.sample)...)
		b = protowire.AppendString(protowire.AppendTag(b, 1001, protowire.BytesType), "new")
		b = protowire.AppendFixed64(protowire.AppendTag(b, 1002, protowire.Fixed64Type), 1)
		b = protowire.AppendFixed32(protowire.AppendTag(b, 1003, protowire.Fixed32Type), 1)
		got, err := c.decode(b)
		if err != nil || !reflect.DeepEqual(got, c.sample) {
			t.Errorf("%s reads %+v, %v", c.name, got, err)
		}
	}
}

func TestBadRecordsAreErrors(t *testing.T) {
	tests := []struct {
		name, codec string
		bytes       []byte
	}{
		{"cut in a tag", "server", []byte{0x80}},
		{"cut in a text", "server", []byte{0x0a, 5, 'a'}},
		{"number for a text", "server", []byte{0x08, 1}},
		{"text for a number", "range", []byte{0x0a, 1, 'a'}},
		{"address of 5 bytes", "range", []byte{0x1a, 5, 1, 2, 3, 4, 5}},
		{"port over 32 bits", "relationship", protowire.AppendVarint([]byte{0x58}, 1<<32)},
		{"type over 16 bits", "event", protowire.AppendVarint([]byte{0x18}, 1<<16)},
		{"token of 3 bytes", "session", []byte{0x0a, 3, 1, 2, 3}},
		{"property cut", "server", []byte{0x62, 2, 0x0a, 5}},
		{"a billion nanoseconds", "event", append([]byte{0x0a, 6, 0x10}, protowire.AppendVarint(nil, 1_000_000_000)...)},
	}
	for _, tt := range tests {
		for _, c := range codecs() {
			if c.name != tt.codec {
				continue
			}
			if got, err := c.decode(tt.bytes); err == nil {
				t.Errorf("%s is read as %+v", tt.name, got)
			}
		}
	}
}

func FuzzDecode(f *testing.F) {
	for i, c := range codecs() {
		f.Add(byte(i), c.encode(c.sample))
	}
	f.Fuzz(func(t *testing.T, which byte, b []byte) {
		all := codecs()
		c := all[int(which)%len(all)]
		got, err := c.decode(b)
		if err != nil {
			return
		}
		again, err := c.decode(c.encode(got))
		if err != nil || !reflect.DeepEqual(again, got) {
			t.Errorf("%s: %+v is read back as %+v, %v", c.name, got, again, err)
		}
	})
}

func BenchmarkRecord(b *testing.B) {
	r := model.Scope{RangeID: 7, ServerID: 9, Name: "a scope's name", Superscope: "superscope", Enabled: true,
		Description: "some words on what the scope is there for, as somebody wrote them", RelationshipID: 3,
		Custom: []model.Property{{Name: "Title", Value: "a title"}, {Name: "Owner", Value: "network team"}}}
	data := encodeScope(nil, &r)
	b.Run("encode", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			data = encodeScope(data[:0], &r)
		}
	})
	b.Run("decode", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			var out model.Scope
			if err := decodeScope(data, &out); err != nil {
				b.Fatal(err)
			}
		}
	})
}
