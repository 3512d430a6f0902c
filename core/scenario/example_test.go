package scenario_test

import (
	"fmt"
	"strings"

	"github.com/synodlab/synod/core/scenario"
)

func Example() {
	f, err := scenario.Parse("two.synod", `
each n in 1..2
crash  S$n          # one of two
servers S1 S2
protocol rounds
expect C1 heard m1
clients C1
`, nil)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Print(scenario.Format(f))
	run, err := f.Expand(0, 1)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println("--", run.Body[0].Source().Text)
	// Output:
	// protocol rounds
	// servers S1 S2
	// clients C1
	// each n in 1..2
	// crash S$n # one of two
	// expect C1 heard m1
	// -- crash S2
}

func ExampleErrors() {
	_, err := scenario.Parse("bad.synod", `protocol rounds
servers S1 S2
crahs S1
expect agre
`, nil)
	fmt.Println(strings.ReplaceAll(err.Error(), "; ", ";\n  "))
	// Output:
	// bad.synod:3:1: `crahs` begins no statement;
	//   expected a step, an expectation or a header line;
	//   did you mean `crash`?
	// bad.synod:4:8: `agre` does not belong here;
	//   expected a check, a condition, a row, a figure or another claim;
	//   did you mean `agree`?
}
