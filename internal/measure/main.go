// Command measure tells how fast the service is: how it grows with its data,
// from a thousand scopes to a million, how it behaves under load over HTTP, and
// where its time goes. It runs at development time only (make bench-scale,
// bench-load, profile) and prints tables for docs/performance.md. It judges
// nothing: figures depend on the machine.
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
	"time"
)

func main() {
	ctx, release := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer release()
	if err := run(ctx, os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "measure:", err)
		os.Exit(1)
	}
}

const usage = `usage: measure scale [-sizes 1000,100000,1000000] [-few N]
       measure load [-scopes N] [-rounds N] [-time D]
       measure profile [-scopes N] [-time D] [-out DIR]`

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
	case "load":
		scopes, each := loadFlags(flags, 300*time.Millisecond)
		rounds := flags.Int("rounds", 25, "rounds of each measurement")
		if err := flags.Parse(args[1:]); err != nil {
			return err
		}
		return measureLoad(ctx, os.Stdout, *scopes, max(*rounds, 1), *each)
	case "profile":
		scopes, each := loadFlags(flags, 3*time.Second)
		out := flags.String("out", "bin/profile", "directory for the profiles")
		if err := flags.Parse(args[1:]); err != nil {
			return err
		}
		return measureProfile(ctx, os.Stdout, *scopes, *out, *each)
	case serveMode:
		if len(args) < 2 {
			return fmt.Errorf("%s", usage)
		}
		return serve(ctx, args[1], args[2:])
	case fixedMode:
		return serveFixed(ctx)
	case writeMode:
		w, err := parseWriting(args[1:])
		if err != nil {
			return err
		}
		return write(ctx, os.Stdout, w)
	}
	return fmt.Errorf("%s", usage)
}

func loadFlags(flags *flag.FlagSet, each time.Duration) (*int, *time.Duration) {
	return flags.Int("scopes", 1000, "scopes that the service has"), flags.Duration("time", each, "how long each round takes")
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
