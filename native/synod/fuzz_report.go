package main

import (
	"encoding/json"
	"fmt"
	"io"
	"strconv"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/synodlab/synod/core/scenario/link"
	"github.com/synodlab/synod/native/fuzz"
)

// fuzzFailure is a seed that fails, and what it was made smaller to.
type fuzzFailure struct {
	fuzz.Found
	command string       // that repeats it
	shrunk  *fuzz.Shrunk // nil: it was not made smaller
}

// print writes the report for a person.
func (f *fuzzFlags) print(w io.Writer, r *fuzz.Report, failures []fuzzFailure) {
	printMatrix(w, &r.Matrix)
	fmt.Fprintf(w, "faults: %s\n", strings.Join(faultsOf(r), ", "))
	fmt.Fprintf(w, "seeds %d..%d: %d runs, %s, in %v\n", r.First, r.Last, r.Runs,
		rate(r.Totals, r.Elapsed), r.Elapsed.Round(time.Millisecond))
	fmt.Fprintf(w, "fingerprint %016x", r.Fingerprint)
	if f.one {
		fmt.Fprintf(w, ", trace %016x", r.TraceHash)
	}
	fmt.Fprintln(w)
	for i := range failures {
		f.printFailure(w, &failures[i])
	}
	if len(failures) == 0 {
		fmt.Fprintln(w, "nothing failed")
	}
}

// faultsOf writes how often each fault happened.
func faultsOf(r *fuzz.Report) []string {
	var all []string
	for k := range fuzz.FaultKinds {
		all = append(all, strconv.FormatInt(r.Faults[k], 10)+" "+k.String())
	}
	return all
}

// printMatrix writes what the messages met; a dot is a case that never was.
func printMatrix(w io.Writer, m *fuzz.Matrix) {
	tw := tabwriter.NewWriter(w, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprint(tw, "message\tat a\t")
	for met := range fuzz.Meetings {
		fmt.Fprint(tw, met, "\t")
	}
	fmt.Fprintln(tw)
	for _, row := range m.Rows() {
		fmt.Fprintf(tw, "%s\t%s\t", row.Kind, row.Role)
		for _, n := range row.Cells {
			if n == 0 {
				fmt.Fprint(tw, "·\t")
			} else {
				fmt.Fprintf(tw, "%d\t", n)
			}
		}
		fmt.Fprintln(tw)
	}
	tw.Flush()
	empty, all := m.Empty()
	fmt.Fprintf(w, "%d of %d cells are empty\n", empty, all)
}

func (f *fuzzFlags) printFailure(w io.Writer, x *fuzzFailure) {
	headline, stack, _ := strings.Cut(x.Failure.Detail, "\n")
	fmt.Fprintf(w, "\nFAILED seed %d at %v: %s: %s\n", x.Seed, x.Failure.At, x.Failure.Name,
		headline)
	if stack != "" {
		fmt.Fprintln(w, strings.TrimSpace(stack))
	}
	if x.shrunk != nil {
		fmt.Fprintf(w, "as small as it got, in %d runs:\n\n%s\n%s\n", x.shrunk.Tries,
			x.shrunk.Text, f.link(x))
	}
	fmt.Fprintf(w, "repeat: %s\n", x.command)
}

func (f *fuzzFlags) link(x *fuzzFailure) string {
	if x.shrunk == nil {
		return ""
	}
	return f.publicURL + link.Encode(x.shrunk.Text)
}

// fuzzJSON is the report as an object.
type fuzzJSON struct {
	First       uint64           `json:"first"`
	Last        uint64           `json:"last"`
	Runs        int64            `json:"runs"`
	Events      int64            `json:"events"`
	Virtual     int64            `json:"virtual_us"`
	Elapsed     int64            `json:"elapsed_us"`
	Fingerprint string           `json:"fingerprint"`
	TraceHash   string           `json:"trace_hash,omitempty"`
	Faults      map[string]int64 `json:"faults"`
	Matrix      []matrixJSON     `json:"matrix"`
	EmptyCells  int              `json:"empty_cells"`
	Failures    []failureJSON    `json:"failures"`
	Passed      bool             `json:"passed"`
}

type matrixJSON struct {
	Message string           `json:"message"`
	Role    string           `json:"role"`
	Met     map[string]int64 `json:"met"`
}

type failureJSON struct {
	Seed     uint64 `json:"seed"`
	Name     string `json:"name"`
	Detail   string `json:"detail"`
	Event    int    `json:"event"`
	AtMillis int    `json:"at_ms"`
	Scenario string `json:"scenario,omitempty"`
	Link     string `json:"link,omitempty"`
	Command  string `json:"command"`
}

func (f *fuzzFlags) printJSON(w io.Writer, r *fuzz.Report, failures []fuzzFailure) error {
	o := fuzzJSON{First: r.First, Last: r.Last, Runs: r.Runs, Events: r.Events,
		Virtual: int64(r.Virtual), Elapsed: r.Elapsed.Microseconds(), Passed: len(failures) == 0,
		Fingerprint: fmt.Sprintf("%016x", r.Fingerprint), Faults: map[string]int64{},
		Failures: []failureJSON{}}
	if f.one {
		o.TraceHash = fmt.Sprintf("%016x", r.TraceHash)
	}
	for k := range fuzz.FaultKinds {
		o.Faults[k.String()] = r.Faults[k]
	}
	for _, row := range r.Matrix.Rows() {
		m := matrixJSON{Message: row.Kind, Role: row.Role.String(), Met: map[string]int64{}}
		for met, n := range row.Cells {
			m.Met[fuzz.Met(met).String()] = n
		}
		o.Matrix = append(o.Matrix, m)
	}
	o.EmptyCells, _ = r.Matrix.Empty()
	for i := range failures {
		o.Failures = append(o.Failures, failures[i].json(f.link(&failures[i])))
	}
	return json.NewEncoder(w).Encode(&o)
}

func (x *fuzzFailure) json(address string) failureJSON {
	j := failureJSON{Seed: x.Seed, Name: x.Failure.Name, Detail: x.Failure.Detail,
		Event: x.Failure.Event, AtMillis: int(x.Failure.At), Link: address, Command: x.command}
	if x.shrunk != nil {
		j.Scenario = x.shrunk.Text
	}
	return j
}
