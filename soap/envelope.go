package soap

import (
	"errors"
	"slices"
	"strings"

	"halxml/internal/errs"
	"halxml/internal/xmlscan"
	"halxml/wsdl/hal"
)

// call is what one envelope asks for. What was found before an error stays, so
// that the fault can be in the right version and the log can name the operation.
type call struct {
	version   *version
	operation *hal.Operation
	prefixed  bool // asked in the spelling with hal.Prefix, and answered so
	request   hal.Message
}

// errVersion says that the root is an Envelope of no SOAP version we know.
var errVersion = errors.New("unknown SOAP version")

// notUnderstood are header blocks that the caller insists on.
type notUnderstood struct{ names []xmlscan.Name }

func (e *notUnderstood) Error() string { return "mandatory header blocks are not understood" }

// read reads the envelope that s is at the start of. The error is errVersion, a
// *notUnderstood, one of the scanner's or one of errs.
func (c *call) read(s *xmlscan.Scanner, action string) error {
	root, _, err := s.Child()
	switch {
	case err != nil:
		return err
	case root.Local != "Envelope":
		return errs.Errorf(errs.Malformed, "The root element is <%s> and not a SOAP Envelope", root.Local)
	case root.Space == namespace11:
		c.version = soap11
	case root.Space == namespace12:
		c.version = soap12
	default:
		return errVersion
	}
	name, ok, err := s.Child()
	if ok && name == (xmlscan.Name{Space: c.version.namespace, Local: "Header"}) {
		if err := c.header(s); err != nil {
			return err
		}
		name, ok, err = s.Child()
	}
	switch {
	case err != nil:
		return err
	case !ok:
		return errs.Errorf(errs.Malformed, "The Envelope has no Body")
	case name != xmlscan.Name{Space: c.version.namespace, Local: "Body"}:
		return errs.Errorf(errs.Malformed, "The Envelope holds <%s> where its Body has to be", name.Local)
	}
	if err := c.body(s, action); err != nil {
		return err
	}
	switch name, ok, err := s.Child(); {
	case err != nil:
		return err
	case ok:
		return errs.Errorf(errs.Malformed, "The Envelope holds <%s> after its Body", name.Local)
	}
	return s.End()
}

// header passes over all header blocks, for none is understood, unless the
// caller insists on one that is addressed to us.
func (c *call) header(s *xmlscan.Scanner) error {
	var missing notUnderstood
	for {
		name, ok, err := s.Child()
		switch {
		case err != nil:
			return err
		case !ok && missing.names != nil:
			return &missing
		case !ok:
			return nil
		}
		if must, ok := s.Attr(c.version.namespace, "mustUnderstand"); ok {
			must = strings.Trim(must, " \t\r\n")
			actor, _ := s.Attr(c.version.namespace, c.version.actor)
			switch {
			case slices.Contains(c.version.trueValues, must):
				if slices.Contains(c.version.roles, actor) && len(missing.names) < 16 {
					missing.names = append(missing.names, name)
				}
			case !slices.Contains(c.version.falseValues, must):
				return errs.Errorf(errs.Malformed, "The header block <%s> has a mustUnderstand that is neither %s nor %s",
					name.Local, c.version.trueValues[0], c.version.falseValues[0])
			}
		}
		if err := s.Skip(); err != nil {
			return err
		}
	}
}

// body reads the Body, which holds one operation's element.
func (c *call) body(s *xmlscan.Scanner, action string) error {
	name, ok, err := s.Child()
	switch {
	case err != nil:
		return err
	case !ok:
		return errs.Errorf(errs.Malformed, "The Body is empty; it has to hold the element of an operation")
	}
	op, prefixed, ok := hal.Lookup(name.Local)
	switch {
	case name.Space != "" && name.Space != hal.Namespace:
		return errs.Errorf(errs.UnknownCommand, "The Body's element <%s> is not in the namespace %s", name.Local, hal.Namespace)
	case !ok:
		return errs.Errorf(errs.UnknownCommand, "Unknown operation %s", name.Local)
	}
	c.operation, c.prefixed = op, prefixed
	if err := checkAction(action, op); err != nil {
		return err
	}
	c.request = op.NewRequest()
	if err := c.request.DecodeXML(s); err != nil {
		return err
	}
	switch name, ok, err := s.Child(); {
	case err != nil:
		return err
	case ok:
		return errs.Errorf(errs.Malformed, "The Body holds <%s> after the element of the operation %s", name.Local, op.Name)
	}
	return nil
}

// checkAction refuses a SOAPAction that names another operation; what names
// none is of no account, clients send all sorts of it.
func checkAction(action string, op *hal.Operation) error {
	named, _, ok := hal.Lookup(strings.TrimPrefix(action, hal.Namespace))
	if ok && named != op {
		return errs.Errorf(errs.Invalid, "SOAPAction names the operation %s, the Body %s", named.Name, op.Name)
	}
	return nil
}

// public turns the scanner's errors, whose texts are made for the sender, into
// ones of errs and leaves others as they are.
func public(err error) error {
	var syntax *xmlscan.SyntaxError
	var limit *xmlscan.LimitError
	switch {
	case errors.As(err, &syntax):
		return errs.Errorf(errs.Malformed, "%s", syntax.Error())
	case errors.As(err, &limit):
		return errs.Errorf(errs.TooLarge, "%s", limit.Error())
	}
	return err
}
