package check

import "github.com/synodlab/synod/core/trace"

// tick is the unit of no-progress, in microseconds.
const tick = 10_000

// progress keeps when something was last chosen, executed, settled or answered.
type progress struct {
	at      int64
	event   int32 // the record, plus 1; 0: nothing was yet
	nodes   [trace.MaxNodes]int64
	moved   Set
	decided int   // how often something was chosen, learnt, executed or settled
	first   int32 // the first such record, plus 1
	rounds  int   // the rounds started by then
}

// moves takes in that something was chosen, learnt, executed, settled or answered at r.Node.
func (j *Judge) moves(i int, r *trace.Record) {
	p := &j.progress
	p.at, p.event = r.At, int32(i)+1
	if r.Node < trace.MaxNodes {
		p.nodes[r.Node], p.moved = r.At, p.moved.With(r.Node)
	}
	if r.Kind == trace.Reply {
		return
	}
	if p.decided == 0 {
		p.first, p.rounds = int32(i)+1, len(j.rounds.list)
	}
	p.decided++
}

// decisions returns how often something was chosen, learnt, executed or settled so far.
func (j *Judge) decisions() int { return j.progress.decided }

// Decides reports whether something is chosen within n rounds of the start, or after any number of
// them if n is 0: accepted by a quorum, or, in a protocol without accepts, learnt, executed or
// settled (K-21, L-10, M-47). It is
// NotApplicable if nobody even tried. Event is the record that decides.
func (j *Judge) Decides(n int) Result {
	r := Result{Name: names[decides], Status: Breaks, Event: int(j.progress.first) - 1, Other: -1}
	rounds := int64(j.progress.rounds)
	switch {
	case j.progress.decided == 0 && len(j.commands.list)+len(j.rounds.list) == 0:
		r.Status = NotApplicable
	case j.progress.decided == 0:
		r.Detail = j.say("nothing is chosen after ", int64(len(j.rounds.list)), " rounds")
	case n > 0 && rounds > int64(n):
		r.Detail = j.say("something is chosen only in round ", rounds)
	default:
		r.Status = Holds
		r.Detail = j.say("something is chosen in round ", rounds)
	}
	return r
}

// NoProgress reports whether nothing moves although something should: something is unanswered, and
// for so many ticks of 10 ms up to now, since it was issued, nothing was chosen, learnt, executed,
// settled or answered at any of nodes, or anywhere if nodes is empty. A quiet end counts as any
// number of ticks (M-02, L-02, E-36). Unanswered is a client's command without an answer, or a
// proposer's value while nothing is chosen; if some of nodes issued commands, only theirs count. It
// is NotApplicable if nobody issued anything. Event is the record that issued what is unanswered.
func (j *Judge) NoProgress(ticks int, nodes Set) Result {
	r := Result{Name: names[noProgress], Event: -1, Other: -1}
	if len(j.commands.list) == 0 {
		return r
	}
	r.Status = Breaks
	waiting := j.unanswered(nodes)
	if waiting == nil {
		r.Detail = "everything is answered"
		return r
	}
	since := max(j.lastMove(nodes), waiting.issuedAt)
	r.Event = int(waiting.issued)
	switch {
	case j.quiet:
		r.Status, r.Detail = Holds, "nothing can happen any more, and something is unanswered"
	case j.now-since >= int64(ticks)*tick:
		r.Status, r.Detail = Holds, j.say("nothing moves for ", (j.now-since)/tick, " ticks")
	default:
		r.Detail = j.say("something moved ", (j.now-since)/tick, " ticks ago")
	}
	return r
}

// unanswered returns the oldest command without an answer, of nodes if they issued any.
func (j *Judge) unanswered(nodes Set) *command {
	var issuers Set
	for k := range j.commands.list {
		issuers |= j.commands.list[k].by
	}
	if nodes&issuers != 0 {
		issuers &= nodes
	}
	for k := range j.commands.list {
		c := &j.commands.list[k]
		if c.by&issuers != 0 && !j.served(c) {
			return c
		}
	}
	return nil
}

// served reports whether nobody waits for c any longer. Who is client and proposer at once, as in
// ETH's algorithms, is served when something is chosen.
func (j *Judge) served(c *command) bool {
	if c.answered {
		return true
	}
	client := c.by & j.cfg.Clients &^ j.cfg.Proposers
	return client == 0 && j.progress.decided > 0
}

// lastMove returns when something last moved at one of nodes, or anywhere if nodes is empty.
func (j *Judge) lastMove(nodes Set) int64 {
	if nodes == 0 {
		return j.progress.at
	}
	last := int64(0)
	for moved := nodes & j.progress.moved; moved != 0; moved &= moved - 1 {
		last = max(last, j.progress.nodes[moved.first()])
	}
	return last
}
