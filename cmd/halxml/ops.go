package main

import (
	"fmt"
	"text/tabwriter"

	"halxml/internal/app"
)

// opsCommand tells which operations of the interface are answered.
type opsCommand struct{}

// Run implements the command.
func (opsCommand) Run(p *program) error {
	out := tabwriter.NewWriter(p.stdout, 0, 0, 2, ' ', 0)
	operations, answered := app.Operations(), 0
	fmt.Fprintln(out, "OPERATION\tANSWERED\t")
	for _, op := range operations {
		if op.Reason == "" {
			answered++
			fmt.Fprintf(out, "%s\tyes\t%s\n", op.Name, op.Doc)
		} else {
			fmt.Fprintf(out, "%s\tno\t%s\n", op.Name, op.Reason)
		}
	}
	fmt.Fprintf(out, "%d of %d operations are answered\n", answered, len(operations))
	return out.Flush()
}
