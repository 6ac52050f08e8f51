package filter

import (
	"fmt"
	"testing"
)

func thousand() []*row {
	all := make([]*row, 1000)
	for i := range all {
		all[i] = &row{name: fmt.Sprintf("Scope-%d.corp.net", i), kind: "ISC", ref: fmt.Sprintf("{#7-#%d}", i),
			addr: fmt.Sprintf("10.0.%d.%d", i/250, i%250), mclt: fmt.Sprint(i), enabled: "true", created: "Jun 26, 2023 12:40:37", desc: "third floor"}
	}
	return all
}

var benchFilters = []string{"name:^scope-77.corp.net$", "name:77", "name=^scope-7", "type=isc and enabled=true", "dnsServerRef={#7-#77}",
	"address>=10.0.1.0", "mclt>500", "no such text", `created>"Jun 1, 2023 00:00:00"`, "name=~7+", "type in (kea, ms, isc)"}

func BenchmarkMatch(b *testing.B) {
	all := thousand()
	for _, text := range benchFilters {
		b.Run(text, func(b *testing.B) {
			f, err := testSet.Parse(text, Options{})
			if err != nil {
				b.Fatal(err)
			}
			b.ReportAllocs()
			n := 0
			for b.Loop() {
				for _, r := range all {
					if f.Match(r) {
						n++
					}
				}
			}
		})
	}
}

func BenchmarkParse(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		if _, err := testSet.Parse("name=^foo AND type in (isc, kea) and dnsServerRef={#7-#77}", Options{}); err != nil {
			b.Fatal(err)
		}
	}
}

func TestMatchDoesNotAllocate(t *testing.T) {
	all := thousand()[:50]
	for _, text := range benchFilters {
		f, err := testSet.Parse(text, Options{})
		if err != nil {
			t.Fatal(err)
		}
		if n := testing.AllocsPerRun(10, func() {
			for _, r := range all {
				f.Match(r)
			}
		}); n != 0 {
			t.Errorf("%s: %v allocations for %d rows", text, n, len(all))
		}
	}
}
