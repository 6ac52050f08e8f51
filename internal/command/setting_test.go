package command_test

import (
	"fmt"
	"strings"
	"testing"

	"halxml/internal/command"
	"halxml/internal/errs"
	"halxml/wsdl/hal"
)

func (s *service) setting(name, value string) {
	s.t.Helper()
	if got := s.text("SetSystemSettings", fmt.Sprintf(`{"systemSettings":[{"name":%q,"value":%q}]}`, name, value)); got != `""` {
		s.t.Errorf("SetSystemSettings: %s", got)
	}
}

func TestSystemSettingsAnswerWhatTheyWereGiven(t *testing.T) {
	s := newService(t)
	settings := func(comment, pools, inherit string) {
		t.Helper()
		want := fmt.Sprintf(`{"systemSettings":[{"name":"saveComment","value":%q},{"name":"allowReservationsInPools","value":%q},{"name":"inheritAccess","value":%q}]}`, comment, pools, inherit)
		if got := s.text("GetSystemSettings", `{}`); got != want {
			t.Errorf("settings %s, want %s", got, want)
		}
	}
	settings("Optional", "false", "true")
	s.text("SetSystemSettings", `{"systemSettings":[{"name":"SAVECOMMENT","value":"off"},{"name":"inheritAccess","value":"0"}]}`)
	settings("Off", "false", "false")
	s.setting("allowReservationsInPools", "Yes")
	settings("Off", "true", "false")
	s.setting("saveComment", "")
	s.setting("inheritAccess", "true")
	settings("Optional", "true", "true")
	s.setting("inheritAccess", "true") // no change, no event
	want := `System settings modified: inheritAccess "false" → "true"` + "|" + `System settings modified: saveComment "Off" → "Optional"`
	var texts []string
	for _, e := range s.get("GetHistory", `{"objRef":"{#1-#1}","limit":2}`)["events"].([]any) {
		texts = append(texts, e.(map[string]any)["eventText"].(string))
	}
	if got := strings.Join(texts, "|"); got != want {
		t.Errorf("history: %s", got)
	}
	for _, c := range []struct {
		params string
		code   errs.Code
		words  []string
	}{
		{`{}`, errs.Missing, []string{"systemSettings"}},
		{`{"systemSettings":[{"value":"true"}]}`, errs.Missing, []string{"systemSettings.name"}},
		{`{"systemSettings":[{"name":"saveComment","value":"Required"},{"name":"theme","value":"dark"}]}`, errs.Invalid, []string{"theme"}},
		{`{"systemSettings":[{"name":"saveComment","value":"Sometimes"}]}`, errs.Invalid, []string{"systemSettings.saveComment", "Sometimes", "Off, Optional, Required"}},
		{`{"systemSettings":[{"name":"inheritAccess","value":"perhaps"}]}`, errs.Invalid, []string{"systemSettings.inheritAccess", "perhaps"}},
		{`{"systemSettings":[{"name":"inheritAccess","value":"1"},{"name":"inheritaccess","value":"0"}]}`, errs.Invalid, []string{"twice"}},
	} {
		s.refused(c.code, "SetSystemSettings", c.params, c.words...)
	}
}

func TestCommentsObeyTheSetting(t *testing.T) {
	s := newService(t)
	s.setting("saveComment", "Off")
	s.add("AddRange", `{"range":{"name":"10.0.0.0/24"},"saveComment":"secret"}`)
	if got := s.names("GetHistory", `{"limit":1}`, "events", "saveComment"); got != "" {
		t.Errorf("Off kept the comment %s", got)
	}
	s.setting("saveComment", "Required")
	s.refused(errs.Missing, "AddRange", `{"range":{"name":"10.0.1.0/24"}}`, "saveComment")
	s.refused(errs.Missing, "RemoveObjects", `{"objRefs":["10.0.0.0/24"],"saveComment":" "}`, "saveComment")
	s.add("AddRange", `{"range":{"name":"10.0.1.0/24"},"saveComment":"because"}`)
	if got := s.names("GetHistory", `{"limit":1}`, "events", "saveComment"); got != "because" {
		t.Errorf("Required kept the comment %s", got)
	}
}

// TestEveryCommandWithACommentMayNeedOne calls each operation that has a
// saveComment without anything: where comments are required, nothing else is
// looked at before.
func TestEveryCommandWithACommentMayNeedOne(t *testing.T) {
	s := newService(t)
	s.setting("saveComment", "Required")
	n := 0
	for _, name := range command.Answered() {
		op, _, _ := hal.Lookup(name)
		for _, f := range op.Request.Fields {
			if f.Name != "saveComment" {
				continue
			}
			n++
			if _, err := s.try(name, `{}`); errs.CodeOf(err) != errs.Missing || !strings.Contains(errs.MessageOf(err), "saveComment") {
				t.Errorf("%s without a saveComment: %v", name, err)
			}
		}
	}
	if n < 20 {
		t.Errorf("only %d operations have a saveComment", n)
	}
}

func TestRangesInheritAccess(t *testing.T) {
	s := newService(t)
	inherits := func(want string) {
		t.Helper()
		if got := s.names("GetRanges", `{"filter":"inheritAccess=true"}`, "ranges", "name"); got != want {
			t.Errorf("%s inherit, want %s", got, want)
		}
	}
	s.rng("10.0.0.0/8")
	s.setting("inheritAccess", "false")
	s.rng("10.1.0.0/16")
	s.scope(s.server("a", "ISC"), "10.1.1.0/24")
	s.add("AddRange", `{"range":{"name":"10.2.0.0/16","inheritAccess":true}}`)
	s.rng("192.0.2.0/24")
	inherits("10.0.0.0/8 10.2.0.0/16")
	if got := s.text("GetInheritAccess", `{"rangeRef":"10.0.0.0/8"}`) + s.text("GetInheritAccess", `{"rangeRef":"10.1.0.0/16"}`); got != `{"inheritAccess":true}{"inheritAccess":false}` {
		t.Errorf("GetInheritAccess: %s", got)
	}
	if got := s.text("SetInheritAccess", `{"rangeRef":"10.0.0.0/8","inheritAccess":false,"inheritChildAccess":true,"saveComment":"why"}`); got != `{"errors":[]}` {
		t.Errorf("SetInheritAccess: %s", got)
	}
	inherits("10.1.0.0/16 10.1.1.0/24 10.2.0.0/16")
	if got := s.names("GetHistory", `{"filter":"saveComment=why"}`, "events", "objName"); got != "10.1.1.0/24 10.1.0.0/16 10.0.0.0/8" {
		t.Errorf("history: %s", got)
	}
	s.text("SetInheritAccess", `{"rangeRef":"192.0.2.0/24","inheritAccess":true}`)
	inherits("10.1.0.0/16 10.1.1.0/24 10.2.0.0/16 192.0.2.0/24")
	s.text("SetInheritAccess", `{"rangeRef":"10.1.0.0/16","inheritChildAccess":false}`)
	inherits("10.1.0.0/16 10.2.0.0/16 192.0.2.0/24")
	s.refused(errs.Missing, "SetInheritAccess", `{"rangeRef":"10.0.0.0/8"}`, "inheritAccess")
	s.refused(errs.Missing, "SetInheritAccess", `{"inheritAccess":true}`, "rangeRef")
	s.refused(errs.NotFound, "SetInheritAccess", `{"rangeRef":"10.9.0.0/16","inheritAccess":true}`, "10.9.0.0/16")
	s.refused(errs.NotFound, "GetInheritAccess", `{"rangeRef":"nowhere"}`, "nowhere")
}
