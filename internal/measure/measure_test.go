package main

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"regexp"
	"strings"
	"testing"
)

// TestMain lets the test binary be the service that is measured.
func TestMain(m *testing.M) {
	if len(os.Args) > 1 && os.Args[1] == serveMode {
		if err := run(context.Background(), os.Args[1:]); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		return
	}
	os.Exit(m.Run())
}

// TestScale measures small data, and wants a figure in every row.
func TestScale(t *testing.T) {
	var out bytes.Buffer
	if err := measureScale(t.Context(), &out, []int{150, 300}, 1000); err != nil {
		t.Fatal(err)
	}
	rows := 0
	figure := regexp.MustCompile(`^[0-9.]+ (B|MB|µs|ms|s)$`)
	for line := range strings.Lines(out.String()) {
		cells := strings.Split(strings.Trim(strings.TrimSpace(line), "|"), " | ")
		if len(cells) != 4 || strings.Contains(line, "growth") || strings.Contains(line, "bucket") || strings.HasPrefix(line, "| all |") {
			continue
		}
		rows++
		for _, cell := range cells[2:] {
			if !strings.HasPrefix(line, "| events") && !figure.MatchString(strings.TrimSpace(cell)) && !regexp.MustCompile(`^\d+$`).MatchString(strings.TrimSpace(cell)) {
				t.Errorf("%q is no figure in %s", cell, line)
			}
		}
	}
	if rows < 35 {
		t.Errorf("%d rows:\n%s", rows, out.String())
	}
}

func TestThousands(t *testing.T) {
	for n, want := range map[int]string{0: "0", 999: "999", 1000: "1,000", 1048576: "1,048,576"} {
		if got := thousands(n); got != want {
			t.Errorf("%d is written %s, want %s", n, got, want)
		}
	}
}
