package main

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"
)

// TestMain lets the test binary be the service that is measured.
func TestMain(m *testing.M) {
	if len(os.Args) > 1 && slices.Contains([]string{serveMode, fixedMode, writeMode}, os.Args[1]) {
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

// TestLoad loads a service for a moment, and wants every row and ratio.
func TestLoad(t *testing.T) {
	var out bytes.Buffer
	if err := measureLoad(t.Context(), &out, 60, 1, 20*time.Millisecond); err != nil {
		t.Fatal(err)
	}
	if got := strings.Count(out.String(), "\n| "); got != 24 {
		t.Errorf("%d rows:\n%s", got, out.String())
	}
	if strings.Contains(out.String(), "| 0 |") || strings.Contains(out.String(), "NaN") {
		t.Errorf("something did not run:\n%s", out.String())
	}
}

// TestProfile wants a profile of each kind of load.
func TestProfile(t *testing.T) {
	var out bytes.Buffer
	if err := measureProfile(t.Context(), &out, 60, t.TempDir(), 20*time.Millisecond); err != nil {
		t.Fatal(err)
	}
	if got := strings.Count(out.String(), "Type: "); got != 5 {
		t.Errorf("%d profiles:\n%s", got, out.String())
	}
}

func TestRatioIsTheMedianOfRounds(t *testing.T) {
	a := &loadTest{bursts: []burst{{per: 10}, {per: 30}, {per: 1}}}
	b := &loadTest{bursts: []burst{{per: 20}, {per: 30}, {per: 50}}}
	if got := ratio(a, b, func(b burst) float64 { return float64(b.per) }); got != 0.5 {
		t.Errorf("ratio %v, want 0.5", got)
	}
}

func TestSampleShares(t *testing.T) {
	var s sample
	for n := range 100 {
		s = append(s, time.Duration(99-n))
	}
	if s.p50() != 50 || s.at(0.99) != 99 || s.at(1) != 99 || sample(nil).p50() != 0 {
		t.Errorf("p50 %d, p99 %d, most %d", s.p50(), s.at(0.99), s.at(1))
	}
}

func TestThousands(t *testing.T) {
	for n, want := range map[int]string{0: "0", 999: "999", 1000: "1,000", 1048576: "1,048,576"} {
		if got := thousands(n); got != want {
			t.Errorf("%d is written %s, want %s", n, got, want)
		}
	}
}
