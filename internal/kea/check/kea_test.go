package check_test

import (
	"strings"
	"testing"

	"halxml/internal/kea/keatest"
	"halxml/internal/realtool"
)

// The table of faults is what Kea itself says, and when.
func TestKeaSaysWhenItRefuses(t *testing.T) {
	program, hooks := realtool.Path(t, "kea-dhcp4"), keatest.Hooks(t)
	for _, tt := range append(faults, fault{name: "none", kea: "never"}) {
		t.Run(tt.name, func(t *testing.T) {
			folder := keatest.Folder(t)
			text := []byte(strings.NewReplacer("@HOOKS@", hooks, "@DIR@", folder).Replace(change(t, tt.change...)))
			if tt.kea != "never" {
				if passed, says := keatest.Check(t, program, folder, text); passed != (tt.kea != "-t") {
					t.Fatalf("Kea's check passes: %v\n%s", passed, says)
				}
			}
			if tt.kea == "-t" {
				return
			}
			d, says := keatest.Try(t, program, folder, text)
			if (d != nil) != (tt.kea == "never") {
				t.Errorf("Kea starts: %v\n%s", d != nil, says)
			}
			if d != nil {
				d.Stop()
			}
		})
	}
}
