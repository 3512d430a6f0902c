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
