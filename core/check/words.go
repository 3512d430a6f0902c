package check

import (
	"strconv"

	"github.com/synodlab/synod/core/trace"
)

// noOp is the text of a command that does nothing: a leader fills gaps with it (B-26). Nobody need
// have proposed it, and it may be chosen and executed as often as you like. So may value 0.
const noOp = "no-op"

func (j *Judge) idle(v trace.Value) bool {
	return v == 0 || string(j.log.Names.Bytes(v)) == noOp
}

// notes takes in a Note record that says something to the checks.
func (j *Judge) notes(i int, r *trace.Record) {
	switch string(j.log.Names.Bytes(r.Note)) {
	case trace.Proposes:
		j.commands.issue(i, r, j.shown.len())
	case trace.Round:
		j.rounds.begin(i, r, j.decisions())
	case trace.Refuses:
		j.rounds.refuse(r, j.decisions())
	case trace.Waits:
		j.waits.begin(i, r)
	case trace.Settled:
		j.waits.end(r)
	case trace.Commits:
		j.settles(i, r, true)
	case trace.Aborts:
		j.settles(i, r, false)
	case trace.Hopeless:
		j.waits.hopeless = true
	case trace.Cuts:
		j.rounds.link(r, true)
	case trace.Mends:
		j.rounds.link(r, false)
		j.waits.hopeless = false
	case trace.Wiped:
		j.votes.wiped = j.votes.wiped.With(r.Node)
		j.rounds.fault()
	case trace.Pauses, trace.Corrupts:
		j.rounds.fault()
	}
}

// say joins words, names of nodes, texts of values, numbers and states to a sentence.
func (j *Judge) say(parts ...any) string {
	var text []byte
	for _, part := range parts {
		switch p := part.(type) {
		case string:
			text = append(text, p...)
		case trace.Node:
			text = append(text, j.node(p)...)
		case trace.Value:
			text = append(text, j.value(p)...)
		case trace.History:
			text = append(text, j.state(p)...)
		case int64:
			text = strconv.AppendInt(text, p, 10)
		}
	}
	return string(text)
}

func (j *Judge) node(n trace.Node) string {
	if int(n) < len(j.log.Nodes) {
		return j.log.Nodes[n]
	}
	return "node " + strconv.Itoa(int(n))
}

func (j *Judge) value(v trace.Value) string {
	if v == 0 {
		return "nothing"
	}
	return j.log.Names.Text(v)
}

func (j *Judge) state(h trace.History) string {
	if h == 0 {
		return "nothing"
	}
	return j.log.StateText(h)
}

// numbered returns " number n" for a sentence, nothing if n is absent.
func numbered(word string, n int64) string {
	if n == trace.NoNumber {
		return ""
	}
	return word + strconv.FormatInt(n, 10)
}
