package command_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"

	"halxml/internal/command"
	"halxml/internal/errs"
)

func TestRunCommand(t *testing.T) {
	ran := 0
	outcome, failure := command.ProgramOutcome{Whole: true}, error(nil)
	s := newServiceWith(t, func(o *command.Options) {
		run := func(echo bool) func(context.Context, []string) (command.ProgramOutcome, error) {
			return func(_ context.Context, args []string) (command.ProgramOutcome, error) {
				ran++
				if echo {
					return command.ProgramOutcome{Output: fmt.Sprintf("%q", args), Whole: true}, nil
				}
				return outcome, failure
			}
		}
		o.Programs = map[string]command.Program{"echo": {Arguments: true, Run: run(true)}, "backup": {Run: run(false)}}
	})
	for parameters, want := range map[string]string{
		``:        `[]`,
		`one two`: `["one" "two"]`,
		` 'a b'  "c 'd'" e"f g"h '' $(id);x\\\\ `: `["a b" "c 'd'" "ef gh" "" "$(id);x\\\\"]`,
	} {
		if got := s.get("RunCommand", `{"name":"echo","parameters":"`+strings.ReplaceAll(strings.ReplaceAll(parameters, `\\`, `\`), `"`, `\"`)+`"}`)["output"]; got != strings.ReplaceAll(want, `\\\\`, `\\`) {
			t.Errorf("%s: %v, want %s", parameters, got, want)
		}
	}
	if got := s.text("GetHistory", `{"filter":"eventText:2 arguments","limit":1}`); !strings.Contains(got, `"objType":"Suite","objRef":"{#1-#1}","objName":"echo"`) || !strings.Contains(got, "Command echo run; it was given 2 arguments") {
		t.Errorf("history: %s", got)
	}
	if got := s.get("RunCommand", `{"name":" backup "}`)["output"]; got != nil && got != "" {
		t.Errorf("without output: %s", got)
	}
	outcome.Output = "\xff\x00done\n"
	if got := s.xml("RunCommand", `{"name":"backup"}`); !strings.Contains(got, "<output>\ufffd\ufffddone\n</output>") {
		t.Errorf("what no answer can hold: %q", got)
	}

	before := ran
	for _, c := range []struct {
		code   errs.Code
		params string
		words  []string
	}{
		{errs.Missing, `{}`, []string{"name: required"}},
		{errs.NotFound, `{"name":"rm"}`, []string{"name", "rm"}},
		{errs.NotFound, `{"name":"/bin/echo"}`, []string{"name", "/bin/echo"}},
		{errs.NotFound, `{"name":"ECHO"}`, []string{"name"}},
		{errs.Invalid, `{"name":"backup","parameters":"--all"}`, []string{"parameters", "backup"}},
		{errs.Invalid, `{"name":"echo","parameters":"'a"}`, []string{"parameters", "not closed"}},
		{errs.Invalid, `{"name":"echo","parameters":"a\u0000b"}`, []string{"parameters", "control"}},
		{errs.NotSupported, `{"name":"echo","interpreter":"sh"}`, []string{"interpreter"}},
		{errs.NotSupported, `{"name":"echo","interpreterParameters":"-c"}`, []string{"interpreterParameters"}},
	} {
		s.refused(c.code, "RunCommand", c.params, c.words...)
	}
	if ran != before {
		t.Error("a command that was refused was run")
	}

	for _, c := range []struct {
		outcome    command.ProgramOutcome
		failure    error
		code       errs.Code
		text, past string
	}{
		{command.ProgramOutcome{Exit: 3, Whole: true, Output: "half"}, nil, errs.Generic, `The command "backup" failed with exit code 3`, "failed with exit code 3"},
		{command.ProgramOutcome{Exit: -1, TimedOut: true}, nil, errs.Unavailable, `The command "backup" took longer than it may and was ended`, "took too long"},
		{command.ProgramOutcome{Output: "the start"}, nil, errs.TooLarge, `The command "backup" was run, but wrote more than may be answered`, "Command backup run"},
		{command.ProgramOutcome{}, errors.New("fork/exec /srv/backup"), errs.Unavailable, `The command "backup" could not be run`, "could not be run"},
	} {
		outcome, failure = c.outcome, c.failure
		if _, err := s.try("RunCommand", `{"name":"backup"}`); errs.CodeOf(err) != c.code || errs.MessageOf(err) != c.text {
			t.Errorf("%+v: %v %s", c.outcome, errs.CodeOf(err), errs.MessageOf(err))
		}
		if got := s.text("GetHistory", `{"limit":1}`); !strings.Contains(got, `"eventType":"Error"`) || !strings.Contains(got, c.past) {
			t.Errorf("history: %s", got)
		}
	}
	newService(t).refused(errs.NotSupported, "RunCommand", `{"name":"echo"}`, "configuration names none")
}
