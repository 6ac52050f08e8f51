package command_test

import (
	"strings"
	"testing"

	"halxml/internal/errs"
)

func TestDevices(t *testing.T) {
	s := newService(t)
	s.add("AddRange", `{"range":{"name":"10.0.0.0/29","subnet":true}}`)
	s.define("Device", "Vendor", `"type":"String"`)
	s.define("Interface", "Speed", `"type":"Integer"`)
	router := s.add("AddDevice", `{"device":{"name":"router1","customProperties":[{"name":"vendor","value":"Acme"}],"interfaces":[`+
		`{"name":"eth1","clientIdentifier":"00-11-22-AA-BB-CC","addresses":["10.0.0.1","2001:db8::1"],"customProperties":[{"name":"Speed","value":"1000"}]},{"name":"eth0"}]},"saveComment":"new"}`)
	other := s.add("AddDevice", `{"device":{"name":"router2"}}`)
	if router != "{#19-#1}" || other != "{#19-#2}" {
		t.Errorf("the devices are %s and %s", router, other)
	}
	const eth0 = `{"ref":"{#20-#2}","name":"eth0","clientIdentifier":"","addresses":[],"customProperties":[],"deviceRef":"{#19-#1}"}`
	const eth1 = `{"ref":"{#20-#1}","name":"eth1","clientIdentifier":"00:11:22:aa:bb:cc","addresses":["10.0.0.1","2001:db8::1"],"customProperties":[{"name":"Speed","value":"1000"}],"deviceRef":"{#19-#1}"}`
	const device = `{"ref":"{#19-#1}","name":"router1","customProperties":[{"name":"Vendor","value":"Acme"}],"interfaces":[` + eth0 + `,` + eth1 + `]}`
	for params, want := range map[string]string{
		`{"deviceRef":"{#19-#1}"}`:        device,
		`{"deviceRef":"Devices/1"}`:       device,
		`{"deviceRef":"Devices/Router1"}`: device,
		`{"deviceRef":"ROUTER1"}`:         device,
	} {
		if got := s.text("GetDevice", params); got != `{"device":`+want+`}` {
			t.Errorf("%s: %s", params, got)
		}
	}
	for _, ref := range []string{"{#20-#1}", "eth1", "Interfaces/eth1"} {
		if got := s.text("GetInterface", `{"interfaceRef":"`+ref+`"}`); got != `{"interface":`+eth1+`}` {
			t.Errorf("%s: %s", ref, got)
		}
	}
	s.add("AddInterface", `{"interface":{"name":"eth0","addresses":["10.0.0.2"],"deviceRef":"router2"}}`)
	for params, want := range map[string]string{
		`{}`:                                         "router1 router2",
		`{"filter":"name:^router2$"}`:                "router2",
		`{"filter":"Vendor=acme"}`:                   "router1",
		`{"filter":"00:11:22:aa:bb:cc"}`:             "router1",
		`{"filter":"interfaces=10.0.0.2"}`:           "router2",
		`{"sortBy":"name","sortOrder":"Descending"}`: "router2 router1",
		`{"offset":1,"limit":5}`:                     "router2",
	} {
		if got := s.names("GetDevices", params, "devices", "name"); got != want {
			t.Errorf("devices %s: %s, want %s", params, got, want)
		}
	}
	for params, want := range map[string]string{
		`{}`:                      "{#20-#1} {#20-#2} {#20-#3}",
		`{"deviceRef":"router1"}`: "{#20-#1} {#20-#2}",
		`{"deviceRef":"router2","filter":"name=eth0"}`: "{#20-#3}",
		`{"filter":"addresses=2001:db8::1"}`:           "{#20-#1}",
		`{"filter":"deviceRef={#19-#2}"}`:              "{#20-#3}",
		`{"filter":"Speed>999"}`:                       "{#20-#1}",
		`{"filter":"name=eth0","limit":1}`:             "{#20-#2}",
	} {
		if got := s.names("GetInterfaces", params, "interfaces", "ref"); got != want {
			t.Errorf("interfaces %s: %s, want %s", params, got, want)
		}
	}

	// An address shows its interface, and is in use.
	record := s.get("GetIPAMRecord", `{"addrRef":"10.0.0.1"}`)["ipamRecord"].(map[string]any)
	if record["device"] != "router1" || record["interface"] != "eth1" || record["state"] != "Assigned" || record["usage"] != 8.0 {
		t.Errorf("the address: %v", record)
	}
	if got := s.names("GetIPAMRecords", `{"rangeRef":"10.0.0.0/29","filter":"device:^router"}`, "ipamRecords", "address"); got != "10.0.0.1 10.0.0.2" {
		t.Errorf("addresses of routers: %s", got)
	}
	if got := s.free(`{"rangeRef":"10.0.0.0/29"}`); got != "10.0.0.3" {
		t.Errorf("the next free address: %s", got)
	}
	if got := s.text("MoveIPAMRecord", `{"fromRef":"10.0.0.2","toRef":"10.0.0.1","force":true}`); !strings.Contains(got, "eth1") {
		t.Errorf("a move to another interface: %s", got)
	}
	s.text("MoveIPAMRecord", `{"fromRef":"10.0.0.2","toRef":"10.0.0.5"}`)
	if got := s.names("GetInterfaces", `{"filter":"addresses=10.0.0.5"}`, "interfaces", "ref"); got != "{#20-#3}" {
		t.Errorf("after a move: %s", got)
	}

	// The generic commands.
	s.text("SetProperties", `{"ref":"{#20-#1}","properties":{"name":"ge-0","addresses":"10.0.0.6, 10.0.0.4","speed":"10"}}`)
	s.text("SetProperties", `{"ref":"router1","objType":"Device","properties":{"name":"core"}}`)
	s.text("SetProperties", `{"ref":"{#20-#2}","properties":{"deviceRef":"router2","name":"eth7"}}`)
	if got := s.names("GetIPAMRecords", `{"rangeRef":"10.0.0.0/29","filter":"device=core"}`, "ipamRecords", "address"); got != "10.0.0.4 10.0.0.6" {
		t.Errorf("after the change: %s", got)
	}
	if got := s.names("GetProperties", `{"ref":"{#20-#1}"}`, "properties", "value"); got != "ge-0 00:11:22:aa:bb:cc 10.0.0.6,10.0.0.4 {#19-#1} 10" {
		t.Errorf("properties: %s", got)
	}
	if got := s.text("GetHistory", `{"objRef":"{#19-#1}"}`); !strings.Contains(got, `"objType":"Device"`) || !strings.Contains(got, `"saveComment":"new"`) {
		t.Errorf("history: %s", got)
	}

	s.refused(errs.Missing, "AddDevice", `{}`, "device")
	s.refused(errs.Missing, "AddDevice", `{"device":{"name":" "}}`, "device.name")
	s.refused(errs.Conflict, "AddDevice", `{"device":{"name":"CORE"}}`, "device.name", "CORE")
	s.refused(errs.Invalid, "AddDevice", `{"device":{"name":"{#19-#1}"}}`, "device.name", "reads as a reference")
	s.refused(errs.Invalid, "AddDevice", `{"device":{"name":"x","customProperties":[{"name":"Colour","value":"red"}]}}`, "device.customProperties", "Colour")
	s.refused(errs.Conflict, "AddDevice", `{"device":{"name":"x","interfaces":[{"name":"a","addresses":["10.0.0.6"]}]}}`, "device.interfaces.addresses", "10.0.0.6", "ge-0", "core")
	s.refused(errs.Conflict, "AddDevice", `{"device":{"name":"x","interfaces":[{"name":"a"},{"name":"A"}]}}`, "device.interfaces.name", "A")
	s.refused(errs.NotFound, "GetDevice", `{"deviceRef":"router1"}`, "deviceRef", "router1")
	s.refused(errs.Missing, "GetDevice", `{}`, "deviceRef")
	s.refused(errs.Missing, "AddInterface", `{}`, "interface")
	s.refused(errs.Missing, "AddInterface", `{"interface":{"name":"x"}}`, "interface.deviceRef")
	s.refused(errs.NotFound, "AddInterface", `{"interface":{"name":"x","deviceRef":"nobody"}}`, "interface.deviceRef", "nobody")
	s.refused(errs.Missing, "AddInterface", `{"interface":{"deviceRef":"core"}}`, "interface.name")
	s.refused(errs.Conflict, "AddInterface", `{"interface":{"name":"GE-0","deviceRef":"core"}}`, "interface.name", "GE-0")
	s.refused(errs.Invalid, "AddInterface", `{"interface":{"name":"x","deviceRef":"core","addresses":["10.0.0.300"]}}`, "interface.addresses", "10.0.0.300")
	s.refused(errs.Invalid, "AddInterface", `{"interface":{"name":"x","deviceRef":"core","addresses":["10.0.0.3","10.0.0.3"]}}`, "interface.addresses", "twice")
	s.refused(errs.NotFound, "GetInterface", `{"interfaceRef":"eth99"}`, "interfaceRef", "eth99")
	s.refused(errs.NotFound, "GetInterfaces", `{"deviceRef":"nobody"}`, "deviceRef", "nobody")
	s.refused(errs.Invalid, "SetProperties", `{"ref":"{#20-#1}","properties":{"addresses":"x"}}`, "properties.addresses", `"x"`)
	s.refused(errs.NotFound, "SetProperties", `{"ref":"{#20-#1}","properties":{"deviceRef":"nobody"}}`, "properties.deviceRef", "nobody")

	s.text("RemoveObject", `{"ref":"{#20-#3}"}`)
	s.add("AddInterface", `{"interface":{"name":"ge-0","deviceRef":"router2"}}`)
	s.refused(errs.Ambiguous, "GetInterface", `{"interfaceRef":"ge-0"}`, "interfaceRef", "ge-0")
	s.text("RemoveObject", `{"ref":"core","objType":"Device"}`) // its interfaces go with it
	if got := s.names("GetInterfaces", `{}`, "interfaces", "name"); got != "eth7 ge-0" {
		t.Errorf("interfaces after the removal: %s", got)
	}
	if got := s.names("GetIPAMRecords", `{"rangeRef":"10.0.0.0/29","filter":"state!=Free"}`, "ipamRecords", "address"); got != "" {
		t.Errorf("in use after the removal: %s", got)
	}
}
