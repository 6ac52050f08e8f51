package command_test

import (
	"testing"

	"halxml/internal/command/commandtest"
	"halxml/store/storetest"
)

// TestFailoverRules plays every rule of failover on the commands themselves.
func TestFailoverRules(t *testing.T) {
	commandtest.Failover(t, func(t *testing.T) commandtest.Caller {
		s := storetest.Open(t)
		l, err := newLive(t.Context(), s)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() {
			if err := l.auth.Close(); err != nil {
				t.Error(err)
			}
			storetest.CheckReferences(t, s)
		})
		return l
	})
}
