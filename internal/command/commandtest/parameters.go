package commandtest

import (
	"fmt"
	"strings"

	"halxml/internal/errs"
	"halxml/wsdl/hal"
)

// numbers are a relationship's: mclt, percentage, port, secondaryPort,
// loadBalanceMaxSeconds, maxResponseDelay, maxUnackedUpdates.
func numbers(r *hal.DHCPFailoverRelationship) string {
	return fmt.Sprint(r.MCLT.V, r.Percentage.V, r.Port.V, r.SecondaryPort.V, r.LoadBalanceMaxSeconds.V, r.MaxResponseDelay.V, r.MaxUnackedUpdates.V)
}

// with sets one number of a relationship.
func with(field string, v uint32) option {
	return func(r *hal.DHCPFailoverRelationship) {
		*map[string]*hal.Opt[uint32]{
			"mclt": &r.MCLT, "percentage": &r.Percentage, "port": &r.Port, "secondaryPort": &r.SecondaryPort,
			"loadBalanceMaxSeconds": &r.LoadBalanceMaxSeconds, "maxResponseDelay": &r.MaxResponseDelay, "maxUnackedUpdates": &r.MaxUnackedUpdates,
			"safePeriod": &r.SafePeriod,
		}[field] = hal.Some(v)
	}
}

var bounds = []struct {
	field string
	most  uint32
}{
	{"mclt", 86400}, {"percentage", 100}, {"port", 65535}, {"secondaryPort", 65535},
	{"loadBalanceMaxSeconds", 65535}, {"maxResponseDelay", 65535}, {"maxUnackedUpdates", 65535},
}

func (s *scene) numbers(server, name, want string) {
	s.Helper()
	if got := numbers(s.see(server, name)); got != want {
		s.Errorf("%s from %s: %s, want %s", name, server, got, want)
	}
}

// parameterRules are of ISC relationships.
var parameterRules = []scenario{
	{"absent is the default, and so is 0", func(s *scene) {
		s.isc("a", "b")
		s.do(s.relate("x", "a", "b"))
		s.numbers("a", "x", "3600 50 647 647 3 60 10")
		s.numbers("b", "x", "3600 50 647 647 3 60 10")
		var zeros []option
		for _, b := range bounds {
			zeros = append(zeros, with(b.field, 0))
		}
		s.do(s.relate("y", "a", "b", zeros...))
		s.numbers("a", "y", "3600 50 648 648 3 60 10")
	}},
	{"absent and 0 keep the stored value in a Modify", func(s *scene) {
		s.isc("a", "b")
		s.do(s.relate("x", "a", "b"))
		for i, b := range bounds {
			s.do(s.modify("b", "x", with(b.field, uint32(20+i))))
		}
		const want = "20 21 22 23 24 25 26"
		s.numbers("a", "x", want)
		s.do(s.modify("a", "x"))
		s.numbers("a", "x", want)
		for _, b := range bounds {
			s.do(s.modify("a", "x", with(b.field, 0)))
		}
		s.numbers("a", "x", want)
	}},
	{"bounds are checked in Add and Modify", func(s *scene) {
		s.isc("a", "b")
		s.do(s.relate("x", "a", "b"))
		for _, b := range bounds {
			for _, beyond := range []uint32{b.most + 1, 4294967295} {
				s.refused(s.relate("y", "a", "b", with(b.field, beyond)), errs.Invalid, b.field, fmt.Sprint(beyond), fmt.Sprint(b.most))
				s.refused(s.modify("a", "x", with(b.field, beyond)), errs.Invalid, b.field, fmt.Sprint(beyond))
			}
			s.do(s.relate("y", "a", "b", with(b.field, 1)))
			s.do(s.modify("a", "y", with(b.field, b.most)))
			s.do(s.unrelate(end{server: "a", name: "y"}))
		}
	}},
	{"ports are the first free from 647 on each server", func(s *scene) {
		s.isc("a", "b", "c")
		s.do(s.relate("x", "a", "b"))
		s.do(s.relate("y", "c", "b")) // 647 is free on c, taken on b
		s.numbers("b", "y", "3600 50 647 648 3 60 10")
		s.do(s.relate("z", "a", "c", with("port", 700))) // and 700 is free on c
		s.numbers("a", "z", "3600 50 700 700 3 60 10")
		s.do(s.unrelate(end{server: "a", name: "x"}))
		s.do(s.relate("w", "b", "a")) // 647 is free again on both
		s.numbers("a", "w", "3600 50 647 647 3 60 10")
		s.do(s.relate("v", "a", "b")) // 648 is taken on b by y
		s.numbers("a", "v", "3600 50 648 649 3 60 10")
	}},
	{"a port that another relationship of the server uses is refused", func(s *scene) {
		s.isc("a", "b", "c")
		s.do(s.relate("x", "a", "b", with("port", 700), with("secondaryPort", 800)))
		s.refused(s.relate("y", "a", "c", with("port", 700)), errs.Conflict, "port", "700", `"x"`)
		s.refused(s.relate("y", "b", "c", with("port", 800)), errs.Conflict, "port", "800", `"x"`)
		s.refused(s.relate("y", "c", "a", with("secondaryPort", 700)), errs.Conflict, "secondaryPort", "700", `"x"`)
		s.do(s.relate("y", "c", "b", with("port", 800), with("secondaryPort", 700))) // each server has its own
		s.refused(s.modify("c", "y", with("secondaryPort", 800)), errs.Conflict, "secondaryPort", "800", `"x"`)
		s.do(s.modify("b", "y", with("secondaryPort", 700))) // its own
	}},
	{"names are what dhcpd takes", func(s *scene) {
		s.isc("a", "b")
		long := strings.Repeat("n", 63)
		for _, name := range []string{"x", "A-b_c.9", long} {
			s.do(s.relate(name, "a", "b"))
		}
		for _, name := range []string{"x y", "ü", `"`, "x;", "x\ny", long + "n"} {
			s.refused(s.relate(name, "a", "b"), errs.Invalid, "name")
		}
	}},
	{"what does not apply to ISC is ignored", func(s *scene) {
		s.isc("a", "b")
		odd := func(r *hal.DHCPFailoverRelationship) {
			r.FailoverMode, r.SafePeriod, r.SharedSecret = hal.Some(hal.DHCPFailoverModeHotStandby), hal.Some(uint32(60)), hal.Some("hush-hush")
			r.FailoverServerType, r.State = hal.Some(hal.DHCPFailoverServerTypeSecondaryServer), hal.Some("Fine")
			r.UseDedicatedPeerToPeerEndpoints = hal.Some(true)
		}
		s.do(s.relate("x", "a", "b", odd))
		s.do(s.modify("a", "x", odd))
		r := s.see("a", "x")
		if r.FailoverMode.V != hal.DHCPFailoverModeLoadBalance || r.SafePeriod.V != 0 || r.FailoverServerType.V != hal.DHCPFailoverServerTypePrimaryServer || r.State.V != "Empty" {
			s.Errorf("answered %s", r.AppendJSON(nil, hal.Current))
		}
		s.numbers("a", "x", "3600 50 647 647 3 60 10")
	}},
	{"servers go by name or reference", func(s *scene) {
		s.isc("a.example", "b.example")
		s.do(s.relate("x", "A.example.", "{#3-#2}"))
		s.do(s.relate("y", "", "", func(r *hal.DHCPFailoverRelationship) {
			r.PrimaryServerRef, r.SecondaryServerRef = hal.Some("{#3-#2}"), hal.Some("DHCPServers/1")
		}))
		r := s.see("b.example", "y")
		if r.PrimaryServer.V != "b.example" || r.SecondaryServerRef.V != "{#3-#1}" || r.DHCPServerRef.V != "{#3-#2}" {
			s.Errorf("answered %s", r.AppendJSON(nil, hal.Current))
		}
	}},
}
