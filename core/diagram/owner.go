package diagram

import "github.com/synodlab/synod/core/trace"

// owners knows whose each ballot is: the node that began it, which is the first at which its number
// appears. Where several nodes began the same number (E-30: tickets that are equal between
// clients), a message belongs to that one of them at which it begins or ends. What bears no number
// belongs to the node that issued its command, or the last command of the state that it shows.
type owners struct {
	first   map[int64]trace.Node
	claims  map[claim]struct{}
	issuers map[trace.Value]trace.Node
	hues    [trace.MaxNodes]uint8
	owning  uint8 // how many nodes have a hue
	rows    int
}

type claim struct {
	ballot int64
	node   trace.Node
}

// see learns from r who owns what.
func (o *owners) see(log *trace.Log, r *trace.Record, words *noteWords) {
	o.rows = min(len(log.Nodes), trace.MaxNodes)
	at := r.Node
	if r.Kind == trace.Deliver || r.Kind == trace.Lose {
		at = r.From
	}
	if int(at) >= o.rows {
		return
	}
	w := free
	if r.Kind == trace.Note {
		w = words.of(r.Note)
	}
	if r.Ballot != trace.NoNumber {
		o.begin(r.Ballot, at, w == round || r.Kind == trace.Lead)
	}
	if _, known := o.issuers[r.Value]; r.Value != 0 && !known {
		if o.issuers == nil {
			o.issuers = make(map[trace.Value]trace.Node)
		}
		o.issuers[r.Value] = at
	}
}

// begin says that ballot appears at n, and whether n claims it for its own.
func (o *owners) begin(ballot int64, n trace.Node, claims bool) {
	if _, known := o.first[ballot]; !known {
		if o.first == nil {
			o.first = make(map[int64]trace.Node)
			o.claims = make(map[claim]struct{})
		}
		o.first[ballot] = n
		claims = true
	}
	if claims {
		o.claims[claim{ballot, n}] = struct{}{}
	}
}

// of returns the owner of what r is about, and its hue.
func (o *owners) of(log *trace.Log, r *trace.Record) (owner, hue uint8) {
	n, known := o.ballotOwner(r)
	if !known && r.Ballot == trace.NoNumber {
		command := r.Value
		if command == 0 {
			command, _ = log.Histories.Last(r.State)
		}
		n, known = o.issuers[command]
	}
	if !known {
		return uint8(trace.NoNode), 0
	}
	if o.hues[n] == 0 {
		o.hues[n] = 1 + o.owning%hues
		o.owning++
	}
	return uint8(n), o.hues[n]
}

func (o *owners) ballotOwner(r *trace.Record) (trace.Node, bool) {
	for _, n := range [...]trace.Node{r.From, r.To, r.Node} {
		if _, mine := o.claims[claim{r.Ballot, n}]; mine {
			return n, true
		}
	}
	n, known := o.first[r.Ballot]
	return n, known
}
