package command

import (
	"context"
	"strings"

	"halxml/internal/errs"
	"halxml/internal/model"
	"halxml/wsdl/hal"
)

// Program is a program that the operator lets be run.
type Program struct {
	Arguments bool // callers may give it arguments
	Run       func(ctx context.Context, arguments []string) (ProgramOutcome, error)
}

// ProgramOutcome is how a program ended.
type ProgramOutcome struct {
	Output   string
	Whole    bool // Output is all that it wrote
	Exit     int
	TimedOut bool
}

// runCommand runs a program of those that the operator has named, outside of any
// transaction, and records it however it ended. There is no shell, and no
// interpreter but those that the operator has named.
func runCommand(c *call, req *hal.RunCommand) (*hal.RunCommandResponse, error) {
	if len(c.programs) == 0 {
		return nil, errs.Errorf(errs.NotSupported, "No commands are run; the service's configuration names none")
	}
	name := strings.TrimSpace(req.Name.V)
	if name == "" {
		return nil, required("name")
	}
	p, ok := c.programs[name]
	if !ok {
		return nil, errs.Errorf(errs.NotFound, "name: the service's configuration has no command %s", quote(name))
	}
	for field, v := range map[string]string{"interpreter": req.Interpreter.V, "interpreterParameters": req.InterpreterParameters.V} {
		if v != "" {
			return nil, errs.Errorf(errs.NotSupported, "%s: how a command is run is said by the service's configuration alone", field)
		}
	}
	arguments, err := splitWords("parameters", req.Parameters.V)
	if err != nil {
		return nil, err
	}
	if len(arguments) > 0 && !p.Arguments {
		return nil, invalid("parameters", "the command %s takes none", quote(name))
	}
	outcome, failed := p.Run(c.ctx, arguments)
	text, fault := "Command "+name+" run", error(nil)
	switch {
	case c.ctx.Err() != nil:
		text, fault = "Command "+name+" run until its caller went away", errs.Wrap(c.ctx.Err(), errs.Cancelled, "The request was cancelled")
	case failed != nil:
		text, fault = "Command "+name+" could not be run", errs.Wrap(failed, errs.Unavailable, "The command %s could not be run", quote(name))
	case outcome.TimedOut:
		text, fault = "Command "+name+" run and ended, since it took too long", errs.Errorf(errs.Unavailable, "The command %s took longer than it may and was ended", quote(name))
	case outcome.Exit != 0:
		text = "Command " + name + " run; it failed with exit code " + decimal(uint32(outcome.Exit))
		fault = errs.Errorf(errs.Generic, "The command %s failed with exit code %d", quote(name), outcome.Exit)
	case !outcome.Whole:
		fault = errs.Errorf(errs.TooLarge, "The command %s was run, but wrote more than may be answered", quote(name))
	}
	if len(arguments) > 0 {
		text += "; it was given " + count(len(arguments), "argument")
	}
	what := model.Modification
	if fault != nil {
		what = model.ErrorEvent
	}
	c.ctx = context.WithoutCancel(c.ctx) // what was done is recorded in any case
	if err := c.update(func() error { return c.record(what, suite, name, "%s", text) }); err != nil {
		return nil, err
	}
	if fault != nil {
		return nil, fault
	}
	out := &hal.RunCommandResponse{}
	if text := printable(outcome.Output); text != "" {
		out.Output = hal.Some(text)
	}
	return out, nil
}

// splitWords splits arguments at white space; quotes hold one together, and mean
// nothing else.
func splitWords(field, s string) (all []string, err error) {
	if err := plainText(field, s, true); err != nil {
		return nil, err
	}
	var word strings.Builder
	var open rune // the quote that is open
	inside := false
	for _, r := range s {
		switch {
		case open != 0 && r == open:
			open = 0
		case open != 0:
			word.WriteRune(r)
		case r == '"' || r == '\'':
			open, inside = r, true
		case strings.ContainsRune(" \t\r\n", r):
			if inside {
				all = append(all, word.String())
			}
			word.Reset()
			inside = false
		default:
			word.WriteRune(r)
			inside = true
		}
	}
	if open != 0 {
		return nil, invalid(field, "a quote is not closed")
	}
	if inside {
		all = append(all, word.String())
	}
	return all, nil
}

// printable is a text without what an answer cannot hold.
func printable(s string) string {
	return strings.Map(func(r rune) rune {
		if r == '\n' || r == '\t' || r == '\r' || r >= ' ' && r != 0x7f && r != 0xfffe && r != 0xffff {
			return r
		}
		return '\ufffd'
	}, strings.ToValidUTF8(s, "\ufffd"))
}
