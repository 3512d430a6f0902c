package fuzz

import "testing"

// BenchmarkSeeds says how many events a second one core simulates and judges, plans and their
// texts included. The collector is the benchmark's choice: GOGC=400 is what the command sets.
func BenchmarkSeeds(b *testing.B) {
	r := NewRunner()
	r.Matrix = &Matrix{}
	events, seed := 0, uint64(0)
	for b.Loop() {
		seed++
		o := r.Run(Draw(seed, Shape{}), false)
		if o.Failure != nil {
			b.Fatalf("seed %d: %+v", seed, o.Failure)
		}
		events += o.Events
	}
	b.ReportMetric(float64(events)/b.Elapsed().Seconds(), "events/s")
	b.ReportMetric(float64(events)/float64(b.N), "events/run")
}
