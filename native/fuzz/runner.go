package fuzz

import (
	"fmt"
	"runtime/debug"
	"slices"

	"github.com/synodlab/synod/core/scenario"
	"github.com/synodlab/synod/core/trace"
)

// Runner runs scenarios one after the other, each to its first failure. It belongs to one
// goroutine.
type Runner struct {
	Matrix *Matrix // takes in what the runs met; may be nil
	known  *scenario.Vocabulary
	spare  *scenario.Run // the run before, whose memory the next one takes
	watch  watch
}

// Outcome is what became of one run.
type Outcome struct {
	Failure     *Failure // nil: it did nothing wrong
	Events      int      // records of its trace
	Virtual     scenario.Micros
	Fingerprint uint64 // of the trace: equal traces have equal ones. It is not the trace hash
	TraceHash   uint64 // as `synod run` prints it; of a whole run only
	Faults      Faults // what the run met
	lost        []lost // messages that chance lost or copied
}

// NewRunner returns a runner that has run nothing.
func NewRunner() *Runner { return &Runner{known: scenario.Known()} }

// slice is how many steps a run goes on before what it did is looked at.
const slice = 1 << 10

// Run runs a plan until it fails or nothing is left to judge, which may be before its end. Whole
// runs it to the end whatever happens, and takes the hash of its trace: what `synod run` does.
func (r *Runner) Run(p *Plan, whole bool) (o *Outcome) {
	o = &Outcome{}
	run, err := r.begin(p.Text())
	if err != nil {
		o.Failure = &Failure{Name: Script, Detail: err.Error(), Event: -1}
		return o
	}
	r.watch.begin(run, p, r.Matrix)
	defer func() {
		if p := recover(); p != nil {
			o.Failure = r.watch.failure(Panic, fmt.Sprintf("%v\n%s", p, debug.Stack()))
		}
		r.finish(run, o, whole)
	}()
	for over := false; !over; {
		over = run.Advance(slice)
		if f := r.watch.look(); o.Failure == nil {
			o.Failure = f
		}
		over = over || !whole && (o.Failure != nil || r.watch.done())
	}
	if o.Failure == nil {
		o.Failure = r.watch.end(run.Err())
	}
	return o
}

func (r *Runner) begin(text string) (*scenario.Run, error) {
	file, err := scenario.Parse("plan", text, r.known)
	if err != nil {
		return nil, err
	}
	s, err := file.Expand(0, 0)
	if err != nil {
		return nil, err
	}
	spare := r.spare
	r.spare = nil
	return scenario.Begin(s, scenario.Setup{File: "plan", Spare: spare})
}

func (r *Runner) finish(run *scenario.Run, o *Outcome, hash bool) {
	o.Events, o.Virtual = len(run.Log.Records), scenario.Micros(run.World.Now)
	o.Fingerprint = fingerprint(run.Log)
	o.Faults, o.lost = r.watch.faults, slices.Clone(r.watch.lost)
	if hash {
		o.TraceHash = run.Hash()
	}
	if o.Failure == nil || o.Failure.Name != Panic {
		r.spare = run
	}
}

// fingerprint mixes all that the trace's lines are made of.
func fingerprint(log *trace.Log) uint64 {
	h := uint64(len(log.Records))
	for i := range log.Records {
		x := &log.Records[i]
		h = fold(h, uint64(x.At), uint64(x.Ballot), uint64(x.VBallot), uint64(x.Slot))
		h = fold(h, uint64(x.Message)<<32|uint64(x.Value), uint64(x.VValue)<<32|uint64(x.State),
			uint64(x.Note)<<32|uint64(x.Line), uint64(x.Cause)<<32|uint64(x.Node)<<24|
				uint64(x.From)<<16|uint64(x.To)<<8|uint64(x.Kind), uint64(x.Type))
	}
	text, ends := log.Names.Table()
	names := trace.NewHash()
	names.Write(text)
	return fold(h, uint64(names), uint64(len(ends)))
}

func fold(h uint64, words ...uint64) uint64 {
	for _, x := range words {
		h = (h ^ x) * 0x9e3779b97f4a7c15
		h ^= h >> 29
	}
	return h
}
