package protocols_test

import "testing"

// A second life may stand in the round of the first ballots: what is printed keeps the order.
func TestASecondLifeInTheFirstRoundIsPrintedAboveIt(t *testing.T) {
	meets(t, `protocol multi-paxos
servers S1..S3
clients C1
seed 3
network delay 1ms
at 0ms wipe S1
at 0ms restart S1
at 0ms join S1
at 107ms restart S1
at 107ms restart S2
at 107ms restart S3
until 155ms
expect promise
expect S2.promised = 4
expect leader S1
`)
}

// A crash may leave a record that waited for the disk, and not the snapshot behind it: the vote in
// it counts from then on, and the trace knows of it.
func TestAVoteThatACrashLeavesBeforeASnapshotIsTold(t *testing.T) {
	meets(t, `protocol multi-paxos snapshot=1
servers S1..S4
clients C3
machine kv
seed 4
network delay 2ms
link S1 -> S2 delay 5ms..10ms
disk sync 2ms
retry 200ms next
at 0ms crash S3
at 113ms C3 sends delete(k2)
at 121ms C3 sends get(k2)
at 129ms C3 sends delete(k4)
at 134ms crash S4 keeping 1 record
restart S4
at 135ms expect S4 accepted delete(k4)
until 183ms
expect S1 has executed delete(k4)
expect learn
`)
}

// What is accepted has many gaps, so a promise comes in many parts, and these overtake each other:
// a candidate asks for what is missing before the others lose patience.
func TestAPromiseInManyPartsThatOvertakeEachOtherIsCompleteInTime(t *testing.T) {
	meets(t, `protocol multi-paxos
servers S1..S7
clients C1
machine kv
seed 1
network delay 0ms..4ms loss 9% reorder
retry 200ms next
at 0ms C1 sends get(k2) to S7
at 0ms C1 sends put(k2,v2)
at 125ms members S2 S5 S6 S7
at 125ms members S2 S3
at 132ms C1 sends get(k2)
at 132ms C1 sends put(k2,v10) to S7
at 191ms S7 leads
at 1800ms calm
until 4s
expect S2 has executed put(k2,v10)
`)
}
