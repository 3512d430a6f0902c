package check_test

import (
	"fmt"

	"github.com/synodlab/synod/core/check"
	"github.com/synodlab/synod/core/trace"
)

// Two servers execute the same two commands, each in the order in which they arrived.
func Example() {
	log := &trace.Log{Nodes: []string{"S1", "S2"}}
	judge := check.New(check.Config{Log: log, Checks: []string{"order"}})
	execute := func(server trace.Node, commands ...string) {
		r := trace.New(trace.Execute, server)
		for _, c := range commands {
			r.Value = log.Names.Of(c)
			r.State = log.Histories.Then(r.State, r.Value)
		}
		judge.Event(log.Append(r))
	}
	execute(0, "m1")
	execute(1, "m2")
	execute(0, "m1", "m2")
	execute(1, "m2", "m1")
	order := judge.Result("order")
	fmt.Printf("%s at events %d and %d: %s\n", order.Status, order.Other, order.Event, order.Detail)
	// Output: breaks at events 0 and 1: command 1 of S1 is m1, of S2 m2
}
