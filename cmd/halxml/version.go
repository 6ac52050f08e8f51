package main

import (
	"fmt"
	"runtime"
	"runtime/debug"
)

// versionCommand prints what was built, from what and with what.
type versionCommand struct{}

// Run implements the command.
func (versionCommand) Run(p *program) error {
	_, err := fmt.Fprintf(p.stdout, "halxml %s %s %s/%s\n", version(), runtime.Version(), runtime.GOOS, runtime.GOARCH)
	return err
}

// version is the module's version, or the commit it was built from.
func version() string {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return "unknown"
	}
	if v := info.Main.Version; v != "" && v != "(devel)" {
		return v
	}
	for _, s := range info.Settings {
		if s.Key == "vcs.revision" && len(s.Value) >= 12 {
			return s.Value[:12]
		}
	}
	return "devel"
}
