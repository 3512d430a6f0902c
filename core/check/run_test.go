package check

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/synodlab/synod/core/trace"
)

// The nodes of every run of these tests.
const (
	s1, s2, s3 = trace.Node(0), trace.Node(1), trace.Node(2)
	c1, c2     = trace.Node(3), trace.Node(4)

	acceptKind = 1
)

// run is a hand-made trace, judged as it grows. Each step is one record, numbered from 0, and
// takes a millisecond.
type run struct {
	*testing.T
	log  trace.Log
	j    *Judge
	seen []Violation
}

func config(log *trace.Log) Config {
	return Config{Log: log, Servers: SetOf(s1, s2, s3), Acceptors: SetOf(s1, s2, s3),
		Proposers: SetOf(s1, s2, s3), Clients: SetOf(c1, c2), Quorum: 2, AcceptKind: acceptKind,
		AcceptPromises: true, TimeoutHi: 100_000}
}

func newRun(t *testing.T) *run {
	r := &run{T: t}
	r.log.Nodes = []string{"S1", "S2", "S3", "C1", "C2"}
	r.log.Kinds = []string{"accept"}
	r.j = New(config(&r.log))
	return r
}

// without begins the run anew for a protocol without accept events.
func (r *run) without() *run {
	c := config(&r.log)
	c.Quorum = 0
	r.j.Reset(c)
	return r
}

func (r *run) v(text string) trace.Value { return r.log.Names.Of(text) }

func (r *run) add(rec trace.Record) *run {
	rec.At = int64(len(r.log.Records)+1) * 1000
	r.j.Event(r.log.Append(rec))
	r.seen = append(r.seen, r.j.Violations()...)
	return r
}

func (r *run) note(n trace.Node, word, value string) *run {
	rec := trace.New(trace.Note, n)
	rec.Note, rec.Value = r.v(word), r.v(value)
	return r.add(rec)
}

func (r *run) issues(n trace.Node, value string) *run { return r.note(n, trace.Proposes, value) }

func (r *run) promises(n trace.Node, ballot int64) *run {
	rec := trace.New(trace.Promise, n)
	rec.Ballot = ballot
	return r.add(rec)
}

func (r *run) proposes(n trace.Node, ballot int64, value string) *run {
	rec := trace.New(trace.Send, n)
	rec.Type, rec.Ballot, rec.Value, rec.From = acceptKind, ballot, r.v(value), n
	return r.add(rec)
}

func (r *run) accepts(n trace.Node, ballot int64, value string) *run {
	return r.acceptsIn(trace.NoNumber, n, ballot, value)
}

func (r *run) acceptsIn(slot int64, n trace.Node, ballot int64, value string) *run {
	rec := trace.New(trace.Accept, n)
	rec.Slot, rec.Ballot, rec.Value = slot, ballot, r.v(value)
	return r.add(rec)
}

func (r *run) learns(n trace.Node, slot int64, value string) *run {
	rec := trace.New(trace.Chosen, n)
	rec.Slot, rec.Value = slot, r.v(value)
	return r.add(rec)
}

// history returns the sequence of commands.
func (r *run) history(commands ...string) trace.History {
	h := trace.History(0)
	for _, c := range commands {
		h = r.log.Histories.Then(h, r.v(c))
	}
	return h
}

// executes appends that n executes the last of commands, after the others.
func (r *run) executes(n trace.Node, commands ...string) *run {
	rec := trace.New(trace.Execute, n)
	rec.Value, rec.State = r.v(commands[len(commands)-1]), r.history(commands...)
	return r.add(rec)
}

// hears appends that client n hears an answer to command, which shows a state.
func (r *run) hears(n trace.Node, command string, state ...string) *run {
	rec := trace.New(trace.Reply, n)
	rec.Value, rec.State = r.v(command), r.history(state...)
	return r.add(rec)
}

// told appends that client n hears a text for an answer.
func (r *run) told(n trace.Node, command, answer string) *run {
	rec := trace.New(trace.Reply, n)
	rec.Value, rec.VValue = r.v(command), r.v(answer)
	return r.add(rec)
}

func (r *run) sends(n trace.Node, command string) *run {
	rec := trace.New(trace.Send, n)
	rec.Type, rec.Value, rec.From = 2, r.v(command), n
	return r.add(rec)
}

func (r *run) does(kind trace.Kind, n trace.Node) *run { return r.add(trace.New(kind, n)) }

func (r *run) leads(n trace.Node, view int64) *run {
	rec := trace.New(trace.Lead, n)
	rec.Ballot = view
	return r.add(rec)
}

// round appends that n starts a round, and refuses that an acceptor refuses it for a higher one.
func (r *run) round(n trace.Node, ballot int64) *run {
	rec := trace.New(trace.Note, n)
	rec.Note, rec.Ballot = r.v(trace.Round), ballot
	return r.add(rec)
}

func (r *run) refuses(acceptor, owner trace.Node, ballot int64) *run {
	rec := trace.New(trace.Note, acceptor)
	rec.Note, rec.Ballot, rec.VBallot, rec.To = r.v(trace.Refuses), ballot, ballot+1, owner
	return r.add(rec)
}

func (r *run) end(quiet bool) *run {
	r.j.End(int64(len(r.log.Records))*1000, quiet)
	r.seen = append(r.seen, r.j.Violations()...)
	return r
}

// breaks requires that name breaks at record event, beside record other, and that this was told
// when it happened.
func (r *run) breaks(name string, event, other int) Result {
	r.Helper()
	got := r.j.Result(name)
	require.Equal(r, "breaks", got.Status.String(), name)
	require.Equal(r, [2]int{event, other}, [2]int{got.Event, got.Other}, "%s: %s", name, got.Detail)
	require.NotEmpty(r, got.Detail)
	if Safety(name) {
		require.Contains(r, r.seen, Violation{name, event, other, got.Detail})
	}
	return got
}

func (r *run) is(s Status, names ...string) {
	r.Helper()
	for _, name := range names {
		got := r.j.Result(name)
		require.Equal(r, s.String(), got.Status.String(), "%s: %s", name, got.Detail)
	}
}
