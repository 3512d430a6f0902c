package sim

import "github.com/synodlab/synod/core/trace"

// What a process tells the trace. Each waits for the writes before it, as Send does.

// Words of notes that checks and figures understand: see package trace.
const (
	Proposes = trace.Proposes
	Resends  = trace.Resends
	Waits    = trace.Waits
	Settled  = trace.Settled
	Commits  = trace.Commits
	Aborts   = trace.Aborts
	Alarm    = trace.Alarm
)

func (o *Out) emit(r Record) {
	o.effects = append(o.effects, effect{kind: effectEmit, at: len(o.told), now: o.free})
	o.told = append(o.told, r)
}

// Promise tells that this node promises number n, in slot or, with NoNumber, in every slot.
func (o *Out) Promise(n, slot int64) {
	r := trace.New(trace.Promise, NoNode)
	r.Ballot, r.Slot = n, slot
	o.emit(r)
}

// Accept tells that this node accepts v at number n in slot.
func (o *Out) Accept(n, slot int64, v Value) {
	r := trace.New(trace.Accept, NoNode)
	r.Ballot, r.Slot, r.Value = n, slot, v
	o.emit(r)
}

// Chosen tells that this node learns that v is chosen in slot.
func (o *Out) Chosen(slot int64, v Value) {
	r := trace.New(trace.Chosen, NoNode)
	r.Slot, r.Value = slot, v
	o.emit(r)
}

// Execute tells that this node executes v in slot and answers text; h is what it has executed now.
func (o *Out) Execute(slot int64, v Value, h History, text Value) {
	r := trace.New(trace.Execute, NoNode)
	r.Slot, r.Value, r.State, r.VValue = slot, v, h, text
	o.emit(r)
}

// Hear tells that this client hears the answer text to v, given in state h.
func (o *Out) Hear(v Value, h History, text Value) {
	r := trace.New(trace.Reply, NoNode)
	r.Value, r.State, r.VValue = v, h, text
	o.emit(r)
}

// Lead tells that this node acts as leader or primary, at a number or in a view if it has one.
func (o *Out) Lead(n int64) {
	r := trace.New(trace.Lead, NoNode)
	r.Ballot = n
	o.emit(r)
}

// StepDown tells that it no longer does.
func (o *Out) StepDown(n int64) {
	r := trace.New(trace.StepDown, NoNode)
	r.Ballot = n
	o.emit(r)
}

// Round tells that this node starts a round with number n.
func (o *Out) Round(n int64) {
	r := trace.New(trace.Note, NoNode)
	r.Note, r.Ballot = o.names.Of(trace.Round), n
	o.emit(r)
}

// Refuse tells that this acceptor refuses or ignores number n of owner, for higher was promised.
func (o *Out) Refuse(owner Node, n, higher int64) {
	r := trace.New(trace.Note, NoNode)
	r.Note, r.Ballot, r.VBallot, r.To = o.names.Of(trace.Refuses), n, higher, owner
	o.emit(r)
}

// Configure tells that members, named with blanks between, govern from slot on, or in view n.
func (o *Out) Configure(slot, n int64, members Value) {
	r := trace.New(trace.Configure, NoNode)
	r.Slot, r.Ballot, r.Value = slot, n, members
	o.emit(r)
}

// Note tells anything else, about v if it is not 0.
func (o *Out) Note(word string, v Value) {
	r := trace.New(trace.Note, NoNode)
	r.Note, r.Value = o.names.Of(word), v
	o.emit(r)
}
