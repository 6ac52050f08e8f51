package command

import (
	"context"

	"halxml/internal/errs"
	"halxml/internal/model"
	"halxml/wsdl/hal"
)

// Services tells whether the processes of servers run, and starts and stops
// them.
type Services interface {
	// ServiceStatus is the state of a server's process, in the words of the
	// interface: "undefined" when nobody can tell.
	ServiceStatus(ctx context.Context, server model.ID) (string, error)
	// SetService starts or stops a server's process and returns when it runs or
	// is gone.
	SetService(ctx context.Context, server model.ID, run bool) error
}

func getServiceStatus(c *call, req *hal.GetServiceStatus) (*hal.GetServiceStatusResponse, error) {
	var s *model.Server
	err := c.view(func() (err error) {
		s, err = c.server("serverRef", req.ServerRef.V)
		return err
	})
	if err != nil {
		return nil, err
	}
	status := string(hal.ServiceStatusUndefined)
	if c.services != nil {
		if status, err = c.services.ServiceStatus(c.ctx, s.ID); err != nil {
			return nil, err
		}
	}
	return &hal.GetServiceStatusResponse{ServiceStatus: hal.Some(hal.ServiceStatus(status))}, nil
}

// setServiceStatus acts outside of any transaction, which must not wait for
// processes, and records what it did.
func setServiceStatus(c *call, req *hal.SetServiceStatus) (*hal.SetServiceStatusResponse, error) {
	var s *model.Server
	err := c.view(func() (err error) {
		if err := c.note(req.SaveComment); err != nil {
			return err
		}
		s, err = c.server("serverRef", req.ServerRef.V)
		return err
	})
	if err != nil {
		return nil, err
	}
	what := map[hal.ServiceStatus]string{hal.ServiceStatusRunning: "started", hal.ServiceStatusStopped: "stopped"}[req.ServiceStatus.V]
	switch {
	case !req.ServiceStatus.Set:
		return nil, required("serviceStatus")
	case what == "":
		return nil, invalid("serviceStatus", "%s cannot be set; it must be running or stopped", quote(string(req.ServiceStatus.V)))
	case c.services == nil:
		return nil, errs.Errorf(errs.NotSupported, "serverRef: nothing is delivered to server %s; the service's configuration does not say how", quote(s.Name))
	}
	if err := c.services.SetService(c.ctx, s.ID, req.ServiceStatus.V == hal.ServiceStatusRunning); err != nil {
		return nil, err
	}
	err = c.update(func() error {
		if err := c.note(req.SaveComment); err != nil {
			return err
		}
		return c.record(model.Modification, s.Ref(), s.Name, "Service of DHCP server %s %s", s.Name, what)
	})
	return &hal.SetServiceStatusResponse{}, err
}
