package protocols

import (
	"slices"
	"strconv"
	"strings"

	"github.com/synodlab/synod/core/sim"
)

// scribe is one server of textbook-log: acceptor and learner of all slots, and, while it leads, the
// proposer of one number.
type scribe struct {
	*ledger
	*service
	self     sim.Node
	promised int64
	seen     int64
	log      []line  // by slot, from 1
	configs  []int64 // the slots that hold configurations, in order
	executed int     // slots that are executed, without a gap
	leadership
	reading
	now   sim.Micros  // by its own clock
	bound sim.Micros  // until when it promises nobody: somebody may read alone
	fresh []executed  // what is not forgotten yet, oldest first
	asked []sim.Value // commands that clients sent here and that are not executed here
	queue []sim.Value // of these, those that wait for this server to lead
	bytes []byte
}

// line is one slot: what was accepted there last, and whether it is known to be chosen.
type line struct {
	n      int64 // number it was accepted under, sim.NoNumber if nothing is
	value  sim.Value
	chosen bool
	done   bool // executed
}

// The records of the disk, by their first byte.
const (
	recordPromise = iota
	recordVote
	recordChoice
	recordSnapshot
)

// Salvages implements sim.Salvager.
func (s *scribe) Salvages() bool { return s.cuts }

// Believes implements sim.Believer.
func (s *scribe) Believes() bool { return s.believes }

// Step implements sim.Process.
func (s *scribe) Step(in *sim.Input, out *sim.Out) (refusal string) {
	s.checked, s.now = s.mayBelieve(), in.Now
	s.forget()
	switch in.Kind {
	case sim.Boot:
		s.boot(in.Disk, out)
		s.awaitLeader(out)
	case sim.Deliver:
		s.deliver(in.Message, out)
	case sim.Fired:
		s.fired(in.Timer, out)
	case sim.Lead:
		return s.lead(in.N, out)
	case sim.Members:
		return s.configure(in.Peers, out)
	case sim.Durable:
	case sim.Suspect, sim.Trust:
		return "its servers lead when they are told to: S1 leads"
	default:
		return "its servers replicate what clients send"
	}
	return ""
}

func (s *scribe) deliver(m *sim.Message, out *sim.Out) {
	m.N, m.NA = judged(m.N), judged(m.NA)
	s.see(m.N, out)
	switch m.Kind {
	case kindRequest:
		s.request(m.V, out)
	case kindBookPrepare:
		s.onPrepare(m, out)
	case kindBookPromise:
		s.onPromise(m, out)
	case kindBookBeat:
		if m.N != sim.NoNumber && m.N >= s.promised {
			s.awaitLeader(out)
		}
	}
	if m.Seq < 1 || m.Seq > maxSlots {
		return
	}
	switch m.Kind {
	case kindBookAccept:
		s.onAccept(m, out)
	case kindBookAccepted:
		s.onAccepted(m, out)
	case kindBookChosen:
		s.onChosen(m, out)
	case kindBookFetch:
		s.onFetch(m, out)
	case kindBookConfirm:
		s.onConfirm(m, out)
	case kindBookConfirmed:
		s.onConfirmed(m, out)
	case kindBookSnapshot:
		s.onSnapshot(m, out)
	}
}

// at returns the line of a slot.
func (s *scribe) at(slot int64) *line {
	for int64(len(s.log)) < slot {
		s.log = append(s.log, line{n: sim.NoNumber})
	}
	return &s.log[slot-1]
}

// onPrepare is phase 1b for every slot: one message for each that something was accepted in, or one
// that says that nothing was. Each tells how many there are (B-24).
func (s *scribe) onPrepare(m *sim.Message, out *sim.Out) {
	if !s.mayVote() {
		return
	}
	if m.N == sim.NoNumber || m.N < s.promised || m.N > s.promised && s.now < s.bound {
		out.Refuse(m.From, m.N, s.promised)
		return
	}
	if m.N > s.promised {
		s.promised = m.N
		s.record(out, recordPromise, m.N, 0, 0)
	}
	s.awaitLeader(out)
	out.Promise(m.N, sim.NoNumber)
	s.tellParts(m, out)
	for i := range s.log {
		if s.drops && !s.log[i].chosen {
			s.log[i] = line{n: sim.NoNumber}
		}
	}
}

// tellParts sends the parts of a promise.
func (s *scribe) tellParts(m *sim.Message, out *sim.Out) {
	var parts []sim.Message
	for i := range s.log {
		if s.log[i].n == sim.NoNumber {
			continue
		}
		part := sim.NewMessage(kindBookPromise)
		part.N, part.NA, part.VA, part.Seq = m.N, s.log[i].n, s.log[i].value, int64(i+1)
		parts = append(parts, part)
	}
	if len(parts) == 0 {
		parts = append(parts, sim.NewMessage(kindBookPromise))
		parts[0].N = m.N
	}
	for i := range parts {
		s.bytes = appendUint64(s.bytes[:0], uint64(len(parts)))
		parts[i].Body = s.bytes
		out.Send(m.From, parts[i])
	}
}

// onAccept is phase 2b for one slot.
func (s *scribe) onAccept(m *sim.Message, out *sim.Out) {
	if !s.mayVote() {
		return
	}
	if m.N == sim.NoNumber || m.N < s.promised || m.V == 0 {
		out.Refuse(m.From, m.N, s.promised)
		return
	}
	s.promised = m.N
	l := s.at(m.Seq)
	l.n, l.value = m.N, m.V
	s.wrote(m.Seq, m.V)
	s.record(out, recordVote, m.N, m.Seq, m.V)
	out.Accept(m.N, m.Seq, m.V)
	answer := sim.NewMessage(kindBookAccepted)
	answer.N, answer.V, answer.Seq = m.N, m.V, m.Seq
	out.Send(m.From, answer)
}

// onChosen takes in that a slot is chosen. An announcement without a value certifies what was
// accepted under exactly its number (B-28); who accepted something else fetches the value.
func (s *scribe) onChosen(m *sim.Message, out *sim.Out) {
	l := s.at(m.Seq)
	switch {
	case l.chosen:
	case m.V != 0:
		for i := int(m.Seq); s.taken == "clears" && i < len(s.log); i++ {
			if !s.log[i].chosen {
				s.log[i] = line{n: sim.NoNumber}
			}
		}
		s.learn(m.Seq, m.V, out)
	case l.n != sim.NoNumber && (l.n == m.N || s.anyVote):
		s.learn(m.Seq, l.value, out)
	case !s.snapshots():
		s.fetch(m, out)
	}
	if s.snapshots() && int64(s.executed) < m.Seq {
		s.fetch(m, out)
	}
}

// fetch asks for the slot that m says is chosen.
func (s *scribe) fetch(m *sim.Message, out *sim.Out) {
	f := sim.NewMessage(kindBookFetch)
	f.Seq = m.Seq
	out.Send(m.From, f)
}

// onFetch gives the value of a slot, or all that was executed here, to a server that lacks it.
func (s *scribe) onFetch(m *sim.Message, out *sim.Out) {
	if s.snapshots() {
		out.Send(m.From, s.snapshot())
		return
	}
	if l := s.at(m.Seq); l.chosen {
		answer := sim.NewMessage(kindBookChosen)
		answer.N, answer.V, answer.Seq = l.n, l.value, m.Seq
		out.Send(m.From, answer)
	}
}

// learn keeps that v is chosen, and executes what can be executed now: the slots up to the first
// that is open (B-29).
func (s *scribe) learn(slot int64, v sim.Value, out *sim.Out) {
	l := s.at(slot)
	if l.chosen {
		return
	}
	l.value, l.chosen = v, true
	s.wrote(slot, v)
	s.record(out, recordChoice, l.n, slot, v)
	s.governed(slot, v, out)
	out.Chosen(slot, v)
	if s.eager {
		s.perform1(slot, out)
	}
	for s.executed < len(s.log) && s.log[s.executed].chosen {
		s.executed++
		s.perform1(int64(s.executed), out)
	}
	s.answerReads(out)
}

// perform1 executes one slot and answers the client that asked here.
func (s *scribe) perform1(slot int64, out *sim.Out) {
	l := s.at(slot)
	if l.done {
		return
	}
	l.done = true
	v := l.value
	if s.isCommand(v) {
		s.execute(out, v, slot)
		s.remember(v)
		if at := slices.Index(s.asked, v); at >= 0 {
			s.asked = slices.Delete(s.asked, at, at+1)
			s.reply(out, v)
		}
	}
	switch s.loses {
	case "no-promise":
		s.record(out, recordSnapshot, sim.NoNumber, slot, 0)
	case "no-votes":
		l.n = sim.NoNumber
		s.record(out, recordSnapshot, sim.NoNumber, slot, 0)
	}
}

// noOp is the value that fills a slot in which nothing can be proposed any more (B-26).
func (s *scribe) noOp() sim.Value { return s.ledger.place.Log.Names.Of("no-op") }

// isCommand reports whether v is for the machine: no no-op, and no configuration.
func (s *scribe) isCommand(v sim.Value) bool {
	_, isConfig := s.config(v)
	return v != s.noOp() && !isConfig
}

// record writes one record; what is sent or told after it waits until it is durable (B-01).
func (s *scribe) record(out *sim.Out, kind byte, n, slot int64, v sim.Value) {
	b := appendUint64(append(s.bytes[:0], kind), uint64(n))
	b = append(appendUint64(b, uint64(slot)), s.ledger.place.Log.Names.Bytes(v)...)
	out.Write(sim.Stream, b)
	s.bytes = b
}

// boot reads the disk from its first record. A server that finds something there does not know
// whom it let read alone, and waits until that is over (B-43).
func (s *scribe) boot(d *sim.Disk, out *sim.Out) {
	for _, b := range d.Records {
		if b == nil {
			break // what lies behind a damaged record is dropped, acknowledged or not
		}
		if s.leases() && s.ledger.reads != "lost-lease" {
			s.bound = s.now + leaseOfTime
		}
		s.replay(b[0], int64(getUint64(b[1:])), int64(getUint64(b[9:])),
			s.ledger.place.Log.Names.OfBytes(b[17:]), out)
	}
	s.seen = s.promised
	if s.loses == "no-sessions" {
		clear(s.answered)
	}
}

// replay takes back one record. Executing again what a disk holds is told to the trace, which knows
// that the memory was lost.
func (s *scribe) replay(kind byte, n, slot int64, v sim.Value, out *sim.Out) {
	switch kind {
	case recordPromise:
		s.promised = n
	case recordVote:
		s.promised = max(s.promised, n)
		l := s.at(slot)
		l.n, l.value = n, v
		s.wrote(slot, v)
	case recordChoice:
		l := s.at(slot)
		l.value, l.chosen = v, true
		s.wrote(slot, v)
		for s.executed < len(s.log) && s.log[s.executed].chosen {
			s.executed++
			if v := s.log[s.executed-1].value; s.isCommand(v) {
				s.execute(out, v, int64(s.executed))
			}
			s.log[s.executed-1].done = true
		}
	case recordSnapshot:
		if s.loses == "no-promise" {
			s.promised = sim.NoNumber
		}
		s.at(slot).n = sim.NoNumber
	}
}

// Rows implements sim.Process: the table of multi-paxos.
func (s *scribe) Rows(cells []sim.Cell) {
	names := &s.ledger.place.Log.Names
	cells[rowLogPromised] = sim.NumberCell(s.promised)
	cells[rowLogBallot] = sim.NumberCell(s.number)
	cells[rowLogLeader] = sim.Empty
	if s.leads {
		cells[rowLogLeader] = sim.ValueCell(names.Of(s.ledger.place.Nodes[s.self]))
	}
	cells[rowLogLog] = sim.ValueCell(names.Of(s.logText()))
	cells[rowLogExecuted] = sim.NumberCell(int64(s.executed))
	cells[rowLogState] = sim.HistoryCell(s.history)
	s.machine.rows(cells[rowLogMachine:])
}

// logText writes out the newest slots: what is chosen, what is accepted in brackets, holes as a
// dot.
func (s *scribe) logText() string {
	var words []string
	for i := max(len(s.log)-2*shownSlots, 0); i < len(s.log); i++ {
		text := s.ledger.place.Log.Names.Text(s.log[i].value)
		switch l := &s.log[i]; {
		case l.value == 0:
			text = "."
		case !l.chosen:
			text = "[" + text + "]"
		}
		words = append(words, text)
	}
	return strings.TrimRight(strings.Join(words, " "), " .")
}

// AppendState implements sim.Process.
func (s *scribe) AppendState(dst []byte) []byte {
	names := &s.ledger.place.Log.Names
	dst = s.service.appendState(dst)
	dst = appendUint64(appendUint64(dst, uint64(s.promised)), uint64(s.seen))
	for i := range s.log {
		l := &s.log[i]
		dst = append(strconv.AppendInt(append(dst, '\n'), l.n, 10), ' ')
		dst = append(dst, names.Bytes(l.value)...)
		dst = strconv.AppendBool(strconv.AppendBool(append(dst, ' '), l.chosen), l.done)
	}
	for _, v := range s.asked {
		dst = append(append(dst, names.Bytes(v)...), '?')
	}
	for _, v := range s.queue {
		dst = append(append(dst, names.Bytes(v)...), '!')
	}
	return s.leadership.appendState(s.appendReads(dst), names)
}
