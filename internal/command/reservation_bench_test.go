package command_test

import (
	"fmt"
	"testing"
)

// BenchmarkAddReservation adds a reservation to a failover scope that has many:
// the time must not grow with their number.
func BenchmarkAddReservation(b *testing.B) {
	for _, many := range []int{0, 20_000} {
		b.Run(fmt.Sprint(many), func(b *testing.B) {
			s := newService(b)
			_, _, here, _ := s.joined("ISC")
			s.text("SetProperties", set("{#6-#1}", `{"name":"10.0.0.0/8"}`))
			add := func(i int) {
				s.reserve(here, fmt.Sprintf("%012x", i), fmt.Sprintf("10.%d.%d.%d", 1+i>>16, i>>8&255, i&255))
			}
			for i := range many {
				add(i)
			}
			i := many
			for b.Loop() {
				add(i)
				i++
			}
		})
	}
}
