package sim

import (
	"slices"

	"github.com/synodlab/synod/core/trace"
)

// note is a word of trace that the world itself uses, numbered when it is first needed.
type note uint8

const (
	noteCuts note = iota
	noteMends
	noteHolds
	noteReleases
	noteCorrupts
	notePauses
	noteResumes
	noteWiped
	noteSuspects
	noteTrusts
	notes
)

var noteTexts = [notes]string{trace.Cuts, trace.Mends, trace.Holds, trace.Releases, trace.Corrupts,
	trace.Pauses, trace.Resumes, trace.Wiped, trace.Suspects, trace.Trusts}

func (w *World) note(n note) trace.Value {
	if w.notes[n] == 0 {
		w.notes[n] = w.Log.Names.Of(noteTexts[n])
	}
	return w.notes[n]
}

// Record appends r to the trace, at the time that it is now.
func (w *World) Record(r Record) int { return w.record(r) }

func (w *World) record(r Record) int {
	r.At, r.Line = int64(w.Now), w.Line
	if r.Cause == 0 {
		r.Cause = w.cause
	}
	w.room()
	return w.Log.Append(r)
}

// room makes room for one more record. The log doubles: what append does by itself for so large a
// thing copies it five times over.
func (w *World) room() {
	if n := len(w.Log.Records); n == cap(w.Log.Records) {
		w.Log.Records = slices.Grow(w.Log.Records, max(n, 256))
	}
}

func (w *World) recordMessage(kind trace.Kind, at Node, m *Message, cause uint32) int {
	w.room()
	n := len(w.Log.Records)
	w.Log.Records = w.Log.Records[:n+1]
	r := &w.Log.Records[n]
	*r = trace.New(kind, at)
	r.At, r.Line = int64(w.Now), w.Line
	r.From, r.To, r.Type, r.Message = m.From, m.To, m.Kind+1, m.ID
	r.Ballot, r.VBallot, r.Slot, r.Value, r.VValue, r.State = m.N, m.NA, m.Seq, m.V, m.VA, m.H
	if m.Max != NoNumber {
		r.VBallot = m.Max
	}
	if r.Cause = cause; cause == 0 {
		r.Cause = w.cause
	}
	return n
}

func (w *World) recordNote(n note, at Node) int {
	r := trace.New(trace.Note, at)
	r.Note = w.note(n)
	return w.record(r)
}

// noteText records a note about n that no table of words holds.
func (w *World) noteText(text string, n Node) int {
	r := trace.New(trace.Note, n)
	r.Note = w.Log.Names.Of(text)
	return w.record(r)
}

func (w *World) noteLink(n note, from, to Node) {
	r := trace.New(trace.Note, from)
	r.From, r.To, r.Note = from, to, w.note(n)
	w.record(r)
}

func (w *World) recordFlight(n note, f *Flight) {
	w.Log.Records[w.recordMessage(trace.Note, f.Message.From, &f.Message,
		f.Sent+1)].Note = w.note(n)
}

// recordRows records what the last event changed in the table of state of n.
func (w *World) recordRows(n Node) {
	if !w.settings.Rows {
		return
	}
	nd := &w.nodes[n]
	w.Rows(n, w.rows)
	event := uint32(max(len(w.Log.Records)-1, 0))
	for i, c := range w.rows {
		if c != nd.cells[i] {
			nd.cells[i] = c
			w.Log.Changes = append(w.Log.Changes, trace.Change{Event: event, Node: n,
				Row: uint16(i), Cell: c})
		}
	}
}

// Rows fills cells with the table of state of n, as it is now or was when it stopped.
func (w *World) Rows(n Node, cells []Cell) {
	for i := range cells {
		cells[i] = trace.Absent
	}
	w.nodes[n].proc.Rows(cells)
}

// AppendNode appends the canonical bytes of n: what runs there and what its disk holds.
func (w *World) AppendNode(dst []byte, n Node) []byte {
	nd := &w.nodes[n]
	if nd.up {
		dst = append(dst, 1)
		dst = nd.proc.AppendState(dst)
	} else {
		dst = append(dst, 0)
	}
	return nd.disk.appendState(dst)
}

// Machined is implemented by a Process that holds a state machine.
type Machined interface {
	// AppendMachine appends the canonical bytes of the state machine alone.
	AppendMachine(dst []byte) []byte
}

// AppendMachine appends the canonical bytes of the state machine at n, and reports whether it has
// one.
func (w *World) AppendMachine(dst []byte, n Node) ([]byte, bool) {
	if m, ok := w.nodes[n].proc.(Machined); ok {
		return m.AppendMachine(dst), true
	}
	return dst, false
}

// StateHash returns the FNV-1a hash of every node's state, in order.
func (w *World) StateHash() uint64 {
	h := trace.NewHash()
	var buf []byte
	for i := range w.nodes {
		buf = w.AppendNode(buf[:0], Node(i))
		h.Write(appendUint64(nil, uint64(len(buf))))
		h.Write(buf)
	}
	return uint64(h)
}
