package command_test

import (
	"fmt"
	"testing"
	"time"

	"halxml/internal/command"
	"halxml/internal/errs"
)

// TestAFilterThatTakesTooLongIsRefused lets the clock go on while a list looks
// for what matches.
func TestAFilterThatTakesTooLongIsRefused(t *testing.T) {
	var s *service
	step := time.Duration(0)
	s = newServiceWith(t, func(o *command.Options) {
		now := time.Date(2026, 3, 4, 5, 6, 7, 0, time.UTC)
		o.Now = func() time.Time {
			now = now.Add(step)
			return now
		}
	})
	for i := range 200 {
		s.get("AddDevice", fmt.Sprintf(`{"device":{"name":"printer%d"}}`, i))
	}
	for _, tt := range []struct{ operation, params string }{
		{"GetDevices", `{"filter":"name=~(r?)%s","sortBy":"name"}`},
		{"GetHistory", `{"filter":"eventText=~(r?)%s"}`},
	} {
		step = time.Second
		s.get(tt.operation, fmt.Sprintf(tt.params, "x"))
		step = 20 * time.Second
		if _, err := s.try(tt.operation, fmt.Sprintf(tt.params, "y")); errs.CodeOf(err) != errs.TooLarge {
			t.Errorf("%s: %v", tt.operation, err)
		}
		if tt.operation == "GetHistory" { // what is found in time may take long to be told
			s.get(tt.operation, `{"filter":"printer"}`)
		}
	}
}
