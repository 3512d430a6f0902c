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

// Later rounds may have been printed before a second life stands in a round below them.
func TestASecondLifeInARoundLongPastIsPrintedAboveIt(t *testing.T) {
	meets(t, `protocol multi-paxos window=4 snapshot=5
servers S1..S5
clients C1
machine kv
seed 2
network delay 0ms..1ms loss 6% duplicate 16%
disk sync 1ms
timeout 20ms..40ms
retry 200ms next
at 178ms C1 sends get(k4) to S3
at 181ms wipe S1
at 188ms C1 sends put(k5,v42) to S3
at 191ms restart S3
at 199ms C1 sends put(k3,v44) to S4
at 204ms restart S1
at 205ms C1 sends get(k6)
at 209ms C1 sends get(k6) put(k1,v47) get(k3) delete(k1) put(k1,v50) get(k5) get(k1) to S2
at 217ms C1 sends put(k1,v53)
at 218ms C1 sends get(k4)
at 222ms C1 sends delete(k6) get(k5) get(k6) get(k3) put(k3,v59)
at 244ms C1 sends put(k4,v68)
at 253ms join S1
at 259ms C1 sends get(k6) delete(k2)
at 267ms crash S1
at 267ms crash S4
at 267ms restart S5
at 288ms crash S3
at 288ms crash S5
at 288ms restart S4
at 288ms restart S1
until 319ms
expect promise
`)
}
