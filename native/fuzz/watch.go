package fuzz

import (
	"bytes"
	"fmt"

	"github.com/synodlab/synod/core/check"
	"github.com/synodlab/synod/core/scenario"
	"github.com/synodlab/synod/core/sim"
	"github.com/synodlab/synod/core/trace"
)

// watch looks at one run as it goes on, beside the checks that judge it.
type watch struct {
	run     *scenario.Run
	plan    *Plan
	seen    int // records
	answers answers
	census
}

func (w *watch) begin(run *scenario.Run, p *Plan, m *Matrix) {
	w.run, w.plan, w.seen = run, p, 0
	w.answers.begin()
	w.census.begin(run.Log, m)
}

// look takes in what has happened since it looked last, and returns the first failure in it.
func (w *watch) look() *Failure {
	log := w.run.Log
	for ; w.seen < len(log.Records); w.seen++ {
		r := &log.Records[w.seen]
		w.census.take(r)
		switch r.Kind {
		case trace.Violation:
			f := w.failure(log.Names.Text(r.Note), log.Names.Text(r.Value))
			f.Claim = "breaks " + f.Name
			w.seen++
			return f
		case trace.Execute, trace.Reply:
			if wrong := w.answers.wrong(log, r); wrong != "" {
				f := w.failure(Answers, wrong)
				w.seen++
				return f
			}
		}
	}
	return nil
}

// failure returns one that is found now.
func (w *watch) failure(name, detail string) *Failure {
	now := Millis((w.run.World.Now + 999) / 1000)
	return &Failure{Name: name, Detail: detail, Event: w.seen, At: now}
}

// end judges a run that is over: err is why it could not go on.
func (w *watch) end(err error) *Failure {
	switch {
	case err != nil && len(w.run.Log.Records) > scenario.MaxEvents:
		return w.failure(Runaway, err.Error())
	case err != nil:
		return w.failure(Script, err.Error())
	case w.plan.Recovers:
		return w.recovered()
	}
	return nil
}

// done reports whether all that the run would do still is to pass the time.
func (w *watch) done() bool { return w.rested && w.run.World.Quiet() }

// recovered judges that everything healed: who is up has executed the same and holds the same, and
// every command was answered.
func (w *watch) recovered() *Failure {
	if f, busy := w.waits(); f != nil || busy {
		return f
	}
	if r := w.run.Judge.Result("all-execute"); r.Status == check.Breaks {
		f := w.failure(r.Name, r.Detail)
		f.Claim = "breaks " + r.Name
		return f
	}
	if f := w.diverged(); f != nil {
		return f
	}
	if !w.run.World.Quiet() {
		f := w.failure(Restless, "everything is answered, and it does not come to rest")
		f.Claim = "not quiet"
		return f
	}
	return nil
}

// waits looks for a command without an answer, of a client that has heard nothing for as long as a
// recovery may take. One that is served still, slowly, has nothing to complain of; but then the
// cluster is busy, and has no end to be judged by.
func (w *watch) waits() (f *Failure, busy bool) {
	for v := range w.issued {
		x := &w.issued[v]
		if !x.asked || x.answered {
			continue
		}
		busy = true
		silence := int64(w.run.World.Now) - max(x.at, w.lastReply[x.by])
		if silence < int64(w.plan.Patience)*1000 {
			continue
		}
		log := w.run.Log
		name := log.Nodes[x.by]
		f := w.failure(Unanswered, log.Names.Text(trace.Value(v))+" of "+name+
			", issued at "+scenario.Micros(x.at).String()+", is never answered")
		f.Claim = fmt.Sprintf("no-progress %d for %s", max(1, silence/10_000), name)
		return f, true
	}
	return nil, busy
}

// diverged compares the state machines of the servers that are up.
func (w *watch) diverged() *Failure {
	var first, other []byte
	var has bool
	who := trace.NoNode
	for n, name := range w.run.Log.Nodes {
		if name[0] != 'S' || !w.run.World.Up(sim.Node(n)) {
			continue
		}
		if other, has = w.run.World.AppendMachine(other[:0], sim.Node(n)); !has {
			return nil
		}
		if who == trace.NoNode {
			first, who = append(first, other...), trace.Node(n)
		} else if !bytes.Equal(first, other) {
			f := w.failure(Diverged, w.run.Log.Nodes[who]+" and "+name+" hold different states")
			f.Claim = "different-state " + w.run.Log.Nodes[who] + " " + name
			return f
		}
	}
	return nil
}
