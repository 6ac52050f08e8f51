package command_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"halxml/internal/auth"
	"halxml/internal/command"
	"halxml/internal/errs"
	"halxml/internal/jsonscan"
	"halxml/store"
	"halxml/store/storetest"
	"halxml/wsdl/hal"
)

// service is the command layer over a real store, called with JSON parameters.
type service struct {
	t       testing.TB
	store   store.Store
	auth    *auth.Auth
	command *command.Service
	session string
	now     time.Time
	touched map[uint64]bool
}

const adminPassword = "a long password"

func newService(t testing.TB) *service {
	t.Helper()
	return newServiceWith(t, func(*command.Options) {})
}

// newServiceWith is newService with other options than the usual.
func newServiceWith(t testing.TB, change func(*command.Options)) *service {
	t.Helper()
	s := &service{t: t, store: storetest.Open(t), now: time.Date(2026, 3, 4, 5, 6, 7, 0, time.UTC), touched: map[uint64]bool{}}
	schema := store.NewSchema()
	var err error
	s.auth, err = auth.New(auth.Options{Store: s.store, Schema: schema, Now: s.clock, Argon: auth.Argon{Time: 1, Memory: 8, Threads: 1}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.auth.Close(); err != nil {
			t.Error(err)
		}
		storetest.CheckReferences(t, s.store)
	})
	if _, _, err := s.auth.EnsureAdministrator(t.Context(), adminPassword); err != nil {
		t.Fatal(err)
	}
	o := command.Options{Store: s.store, Schema: schema, Auth: s.auth, Now: s.clock, Zone: time.UTC}
	change(&o)
	s.command = command.New(o)
	s.session = s.get("Login", `{"server":"any","loginName":"administrator","password":"`+adminPassword+`"}`)["session"].(string)
	return s
}

func (s *service) clock() time.Time { return s.now }

// try calls an operation and returns its answer as JSON, or its error.
func (s *service) try(operation, params string) (string, error) {
	s.t.Helper()
	return s.encoded(operation, params, (*hal.Output).AppendJSON)
}

// xml calls an operation that must succeed and returns what its answer holds as
// XML.
func (s *service) xml(operation, params string) string {
	s.t.Helper()
	answer, err := s.encoded(operation, params, (*hal.Output).AppendXML)
	if err != nil {
		s.t.Fatalf("%s %s: %v", operation, params, err)
	}
	return answer
}

// encoded calls an operation and returns its answer in a format, or its error.
func (s *service) encoded(operation, params string, encode func(*hal.Output, []byte, hal.Message) ([]byte, error)) (string, error) {
	s.t.Helper()
	op, _, ok := hal.Lookup(operation)
	if !ok {
		s.t.Fatalf("no operation %s", operation)
	}
	req := op.NewRequest()
	if err := req.DecodeJSON(jsonscan.New(params, jsonscan.DefaultLimits())); err != nil {
		return "", err
	}
	var out hal.Output
	var answer []byte
	err := s.command.Dispatch(s.t.Context(), &hal.Call{Operation: op, Request: req, Session: s.session, Protocol: "json"},
		func(response hal.Message) (err error) {
			answer, err = encode(&out, nil, response)
			return err
		})
	if err != nil {
		return "", err
	}
	return string(answer), nil
}

// text calls an operation that must succeed.
func (s *service) text(operation, params string) string {
	s.t.Helper()
	res, err := s.try(operation, params)
	if err != nil {
		s.t.Fatalf("%s %s: %v", operation, params, err)
	}
	return res
}

// get calls an operation that must succeed and decodes its answer.
func (s *service) get(operation, params string) map[string]any {
	s.t.Helper()
	res := s.text(operation, params)
	if res == `""` {
		return nil
	}
	var out map[string]any
	if err := json.Unmarshal([]byte(res), &out); err != nil {
		s.t.Fatalf("%s: %v in %s", operation, err, res)
	}
	return out
}

// add calls an Add operation and returns the new object's reference.
func (s *service) add(operation, params string) string {
	s.t.Helper()
	return s.get(operation, params)["ref"].(string)
}

// refused calls an operation that must fail with a code and a text that holds
// every one of words, and change nothing that can be read back.
func (s *service) refused(code errs.Code, operation, params string, words ...string) {
	s.t.Helper()
	before := s.everything()
	res, err := s.try(operation, params)
	if err == nil {
		s.t.Errorf("%s %s: answered %s", operation, params, res)
		return
	}
	text := errs.MessageOf(err)
	if got := errs.CodeOf(err); got != code {
		s.t.Errorf("%s %s: %v (%s), want %v", operation, params, got, text, code)
	}
	for _, w := range words {
		if !strings.Contains(text, w) {
			s.t.Errorf("%s %s: %q does not say %q", operation, params, text, w)
		}
	}
	if after := s.everything(); after != before {
		s.t.Errorf("%s %s failed and changed\n%s\nto\n%s", operation, params, before, after)
	}
}

// everything is all that can be read back.
func (s *service) everything() string {
	s.t.Helper()
	var b strings.Builder
	for _, list := range []string{"GetDHCPServers", "GetRanges", "GetDHCPScopes", "GetDHCPAddressPools", "GetDHCPExclusions", "GetDHCPFailoverRelationships", "GetDevices", "GetInterfaces", "GetFolders", "GetAddressSpaces", "GetSystemSettings", "GetHistory"} {
		b.WriteString(s.text(list, `{}`) + "\n")
	}
	for _, kind := range []string{"DHCPServer", "Range", "DHCPScope"} {
		b.WriteString(s.text("GetPropertyDefinitions", `{"objType":"`+kind+`"}`) + "\n")
	}
	for _, server := range strings.Fields(s.names("GetDHCPServers", `{}`, "dhcpServers", "ref")) {
		b.WriteString(s.text("GetDHCPGroups", `{"ownerRef":"`+server+`"}`) + "\n")
		owners := server + " " + s.names("GetDHCPGroups", `{"ownerRef":"`+server+`"}`, "dhcpGroups", "ref") + " " +
			s.names("GetDHCPScopes", `{"filter":"dhcpServerRef=`+server+`"}`, "dhcpScopes", "ref")
		for _, owner := range strings.Fields(owners) {
			b.WriteString(s.text("GetDHCPReservations", `{"ownerRef":"`+owner+`"}`) + "\n")
		}
	}
	b.WriteString(s.stored() + s.located())
	return b.String()
}

// stored is what has no list of its own to read it back with.
func (s *service) stored() string {
	s.t.Helper()
	var b strings.Builder
	schema := store.NewSchema()
	err := s.store.View(s.t.Context(), func(tx store.Tx) error {
		b.Reset()
		return errors.Join(dump(&b, tx, schema.OptionSets), dump(&b, tx, schema.Definitions), dump(&b, tx, schema.Classes), dump(&b, tx, schema.Policies),
			dump(&b, tx, schema.Leases), dump(&b, tx, schema.LeaseEvents))
	})
	if err != nil {
		s.t.Fatal(err)
	}
	return b.String()
}

// located is what lies in any address space.
func (s *service) located() string {
	s.t.Helper()
	var b strings.Builder
	schema := store.NewSchema()
	err := s.store.View(s.t.Context(), func(tx store.Tx) error {
		b.Reset()
		return errors.Join(dump(&b, tx, schema.Servers), dump(&b, tx, schema.Ranges), dump(&b, tx, schema.Addresses), dump(&b, tx, schema.Devices),
			dump(&b, tx, schema.Interfaces), dump(&b, tx, schema.Folders), dump(&b, tx, schema.Placements), dump(&b, tx, schema.Reservations))
	})
	if err != nil {
		s.t.Fatal(err)
	}
	return b.String()
}

func dump[T any](b *strings.Builder, tx store.Tx, t *store.Table[T]) error {
	for rec, err := range t.All(tx) {
		if err != nil {
			return err
		}
		text, err := json.Marshal(rec)
		if err != nil {
			return err
		}
		fmt.Fprintf(b, "%s %s\n", t.Name, text)
	}
	return nil
}

// names lists one field of a list's items.
func (s *service) names(operation, params, list, field string) string {
	s.t.Helper()
	var names []string
	for _, item := range s.get(operation, params)[list].([]any) {
		v, _ := item.(map[string]any)[field].(string)
		names = append(names, v)
	}
	return strings.Join(names, " ")
}
