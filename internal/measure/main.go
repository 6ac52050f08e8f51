// Command measure tells how the service grows with its data, from a thousand
// scopes to a million. It runs at development time only (make bench-scale) and
// prints tables for docs/performance.md. It judges nothing: figures depend on
// the machine.
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"strconv"
	"strings"
	"syscall"
)

func main() {
	ctx, release := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer release()
	if err := run(ctx, os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "measure:", err)
		os.Exit(1)
	}
}

const usage = `usage: measure scale [-sizes 1000,100000,1000000] [-few N]`

func run(ctx context.Context, args []string) error {
	if len(args) == 0 {
		return fmt.Errorf("%s", usage)
	}
	flags := flag.NewFlagSet(args[0], flag.ContinueOnError)
	switch args[0] {
	case "scale":
		sizes := flags.String("sizes", "1000,100000,1000000", "numbers of scopes, ascending")
		few := flags.Int("few", 1, "divides the number of samples, for a first look")
		if err := flags.Parse(args[1:]); err != nil {
			return err
		}
		counts, err := numbers(*sizes)
		if err != nil {
			return err
		}
		return measureScale(ctx, os.Stdout, counts, max(*few, 1))
	case serveMode:
		if len(args) < 2 {
			return fmt.Errorf("%s", usage)
		}
		return serve(ctx, args[1], args[2:])
	}
	return fmt.Errorf("%s", usage)
}

func numbers(list string) (all []int, err error) {
	for _, text := range strings.Split(list, ",") {
		n, err := strconv.Atoi(text)
		if err != nil || n < 1 || n > maxScopes {
			return nil, fmt.Errorf("-sizes: %q is no number from 1 to %d", text, maxScopes)
		}
		all = append(all, n)
	}
	return all, nil
}
