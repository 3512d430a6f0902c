package paxos

// A Slot is a position in the replicated log, from 1. Zero is none.
type Slot uint64

// Forever is the end of a span that has no end.
const Forever Slot = 1<<64 - 1

// A Span is the half-open range of slots [Lo, Hi). It is empty if Lo == Hi; Lo > Hi is malformed.
type Span struct{ Lo, Hi Slot }

// Len returns the number of slots in the span.
func (s Span) Len() uint64 { return uint64(s.Hi - s.Lo) }

// Has reports whether the span holds slot n.
func (s Span) Has(n Slot) bool { return s.Lo <= n && n < s.Hi }

// LSN is a position in one node's own stream of writes, from 1. It is never reused, so that
// "durable up to" has one meaning for ever. Zero is before all writes.
type LSN uint64

// Time is monotonic, in nanoseconds. The core has no clock: every Time is given by the driver.
type Time int64

// Never is a time that does not come.
const Never Time = 1<<63 - 1
