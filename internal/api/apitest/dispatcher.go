package apitest

import (
	"context"
	"errors"
	"strconv"
	"strings"

	"halxml/internal/errs"
	"halxml/wsdl/hal"
)

// Session is the one session that the Dispatcher knows.
const Session = "bsvh5S2kLC5Q9gnPbfYM"

// Dispatcher answers a handful of operations:
//
//	Login                   the user eve with the password secret gets Session
//	Logout                  nothing
//	GetDHCPScopes           as many scopes as limit says, made while they are sent; with an offset it fails after so many
//	GetUser                 a user whose name is userRef and whose fullName tells the call
//	GetDHCPServer           fails as dhcpServerRef says, see fail
//
// All but Login want Session, or eve's credentials.
type Dispatcher struct{}

// Dispatch implements hal.Dispatcher.
func (Dispatcher) Dispatch(_ context.Context, call *hal.Call, answer func(hal.Message) error) error {
	response, err := respond(call)
	if err != nil {
		return err
	}
	return answer(response)
}

func respond(call *hal.Call) (hal.Message, error) {
	if q, ok := call.Request.(*hal.Login); ok {
		if q.LoginName.V != "eve" || q.Password.V != "secret" {
			return nil, errs.Errorf(errs.BadLogin, errs.LoginText)
		}
		call.User = "eve"
		return &hal.LoginResponse{Session: hal.Some(Session)}, nil
	}
	switch c := call.Credential; {
	case c.Scheme == "Basic" && (c.User != "eve" || c.Secret != "secret"):
		return nil, errs.Errorf(errs.BadLogin, errs.LoginText)
	case c.Scheme == "Bearer" && c.Secret != Session, c.Scheme == "" && call.Session != Session:
		return nil, errs.Errorf(errs.BadSession, errs.SessionText)
	}
	call.User = "eve"
	switch q := call.Request.(type) {
	case *hal.Logout:
		return &hal.LogoutResponse{}, nil
	case *hal.GetDHCPScopes:
		return scopes(q.Limit.V, q.Offset), nil
	case *hal.GetUser:
		told := strings.Join([]string{call.Protocol, call.Credential.Scheme, call.RequestID, call.Remote.String()}, " ")
		return &hal.GetUserResponse{User: &hal.User{Name: q.UserRef, FullName: hal.Some(told)}}, nil
	case *hal.GetDHCPServer:
		return fail(q.DHCPServerRef.V)
	}
	return nil, errs.Errorf(errs.NotImplemented, "The operation %s is not answered by this service", call.Operation.Name)
}

func scopes(n uint32, end hal.Opt[uint32]) *hal.GetDHCPScopesResponse {
	return &hal.GetDHCPScopesResponse{
		TotalResults: hal.Some(n),
		DHCPScopesFrom: hal.Rows[hal.DHCPScope]{Make: func(yield func(*hal.DHCPScope) bool) error {
			for i := range n {
				if end.Set && i >= end.V {
					return errors.New(PrivateText)
				}
				scope := hal.DHCPScope{
					Ref:           hal.Some("{#7-#" + strconv.Itoa(int(i)+1) + "}"),
					Name:          hal.Some("R&D <" + strconv.Itoa(int(i)+1) + ">"),
					RangeRef:      hal.Some("{#6-#" + strconv.Itoa(int(i)+1) + "}"),
					DHCPServerRef: hal.Some("{#3-#1}"),
					Available:     hal.Some(uint32(200)),
					Enabled:       hal.Some(true),
				}
				if !yield(&scope) {
					break
				}
			}
			return nil
		}},
	}
}

// PrivateText is in no answer.
const PrivateText = "open /var/lib/secret: permission denied"

// fail fails with the errs code that how is the number of, or else as how says:
// "panic", "private" is a Go error, "nothing" neither answer nor error, "broken"
// an answer that cannot be encoded.
func fail(how string) (hal.Message, error) {
	switch how {
	case "panic":
		panic(PrivateText)
	case "private":
		return nil, errors.New(PrivateText)
	case "nothing":
		return nil, nil
	case "broken":
		return (*hal.GetDHCPServerResponse)(nil), nil
	}
	code, err := strconv.Atoi(how)
	if err != nil {
		return nil, errs.Errorf(errs.NotFound, "Object not found for reference %s", how)
	}
	return nil, errs.Wrap(errors.New(PrivateText), errs.Code(code), "text of %d with <&\">", code)
}
