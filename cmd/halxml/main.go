// Command halxml is a DHCP management service that speaks the Micetro web
// service interface, and the tool of the engineers who run it. This package
// reads the command line and prints; what a sub-command does is in the rooms
// it calls.
package main

import (
	"os"
	_ "time/tzdata" // time zones, for machines without their files
)

func main() {
	os.Exit(run(os.Args[1:], program{
		stdin:   os.Stdin,
		stdout:  os.Stdout,
		stderr:  os.Stderr,
		environ: os.Environ(),
	}))
}
