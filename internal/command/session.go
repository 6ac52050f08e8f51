package command

import (
	"halxml/wsdl/hal"
)

// login opens a session. Any server name is taken: there is one Central, this.
func login(c *call, req *hal.Login) (*hal.LoginResponse, error) {
	token, id, err := c.auth.Login(c.ctx, req.LoginName.V, req.Password.V, c.remote)
	if err != nil {
		return nil, err
	}
	c.id = id
	return &hal.LoginResponse{Session: hal.Some(token)}, nil
}

// logout ends the caller's session.
func logout(c *call, _ *hal.Logout) (*hal.LogoutResponse, error) {
	if err := c.auth.Logout(c.ctx, c.session); err != nil {
		return nil, err
	}
	return &hal.LogoutResponse{}, nil
}
