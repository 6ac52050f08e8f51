package model

import (
	"strings"
	"testing"
)

// FuzzHardwareAddress holds whatever is taken as a hardware address to its one
// form, which is read as itself in every spelling.
func FuzzHardwareAddress(f *testing.F) {
	for _, s := range []string{"00:11:22:aa:bb:cc", "00-11-22-AA-BB-CC", "0011.22aa.bbcc", "001122AABBCC", "0:1:2:a:b:c", "", ":", "0:1:2:3:4:", "00:11:22:33:44:5g", "é:1:2:3:4:5"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		got, ok := HardwareAddress(s)
		if !ok {
			return
		}
		n := (len(got) + 1) / 3
		if n < minHardware || n > maxHardware || len(got) != 3*n-1 || got != strings.ToLower(got) || strings.Trim(got, "0123456789abcdef:") != "" {
			t.Fatalf("%q is read as %q", s, got)
		}
		for _, spelling := range []string{got, strings.ToUpper(got), strings.ReplaceAll(got, ":", "-"), strings.ReplaceAll(got, ":", "")} {
			if again, ok := HardwareAddress(spelling); !ok || again != got {
				t.Errorf("%q is read as %q, %v; want %q", spelling, again, ok, got)
			}
		}
	})
}
