package protocols

import (
	"bytes"
	"slices"

	"github.com/synodlab/synod/core/paxos"
	"github.com/synodlab/synod/core/sim"
)

// boot opens the replica on what the disk holds.
func (m *member) boot(d *sim.Disk, now paxos.Time, out *sim.Out) {
	config := paxos.Config{Genesis: m.genesis, Node: paxos.NodeID(m.self),
		Disk: diskOf(m.self, d.Wipes()), Seed: sim.Own(m.place.Seed, m.self, 1, uint64(d.Last())),
		Election: paxos.Time(m.place.Timeout.Lo) * 1000, Beat: paxos.Time(m.place.Timeout.Lo) * 250,
		Contacts: m.all}
	if m.genesis.Founders[m.self] == config.Disk {
		config.Life = lifeOne // else a configuration has to give it one (B-11)
	}
	if m.replica == nil {
		m.replica = &paxos.Replica{}
	}
	if err := m.replica.Reopen(&config); err != nil {
		panic("protocols: the replica refuses what was checked before: " + err.Error())
	}
	m.disks[m.self] = config.Disk
	replay := func(rec *paxos.Record) {
		if err := m.replica.Replay(rec); err != nil {
			panic("protocols: the replica refuses its own record: " + err.Error())
		}
		m.out = m.replica.Drain()
		m.execute(out)
	}
	from := m.reload(d.Field(fieldSnapshot), replay, out)
	d.Records(func(lsn sim.LSN, b []byte) bool {
		var rec paxos.Record
		if _, err := paxos.DecodeRecord(b, &rec, m.arena[:]); err != nil {
			panic("protocols: a record of this run does not decode: " + err.Error())
		}
		if rec.LSN > from {
			replay(&rec)
			m.lsns = append(m.lsns, logged{lsn, rec.LSN, rec.Span.Hi})
		}
		return true
	})
	m.replica.Start(now)
	m.started, m.era = true, m.replica.Era().Era
}

// Inherit implements sim.Heir.
func (m *member) Inherit(old sim.Process) {
	o, ok := old.(*member)
	if !ok {
		return
	}
	m.replica, o.replica = o.replica, nil
	m.lsns, m.unsynced, m.asked, m.queue = o.lsns[:0], o.unsynced[:0], o.asked[:0], o.queue[:0]
	m.written, m.decided, m.bytes = o.written[:0], o.decided[:0], o.bytes[:0]
	m.answered = o.answered
	clear(m.answered)
}

// deliver takes in one message.
func (m *member) deliver(s *sim.Message, now paxos.Time, out *sim.Out) {
	switch s.Kind {
	case kindRequest:
		m.ask(s.V, out)
	case kindLogForward:
		m.admit(s.V)
	case kindLogSnapshot:
		m.receive(s.Body, out)
	case kindLogReconfigure:
		m.reconfigure(m.read(m.place.Log.Names.Text(s.V)))
	default:
		var msg paxos.Message
		n, err := paxos.DecodeMessage(s.Body, &msg, m.arena[:])
		if err == nil && len(s.Body)-n == len(paxos.DiskID{}) {
			m.disks[msg.From] = paxos.DiskID(s.Body[n:])
			m.replica.Step(now, &msg)
		}
	}
}

// ask takes in a client's command.
func (m *member) ask(v sim.Value, out *sim.Out) {
	switch {
	case m.done(v):
		m.reply(out, v)
	case !slices.Contains(m.asked, v):
		m.asked = append(m.asked, v)
		m.queue = append(m.queue, v)
	case !slices.Contains(m.queue, v): // what was forwarded may have been lost
		m.queue = append(m.queue, v)
	}
}

// admit takes in a command that another server forwarded. If the leader has no room it waits here.
func (m *member) admit(v sim.Value) {
	if !m.propose(v) && m.replica.Role() == paxos.Leader && !slices.Contains(m.queue, v) {
		m.queue = append(m.queue, v)
	}
}

// propose hands a command to the replica and reports whether it is under way, or was executed.
func (m *member) propose(v sim.Value) bool {
	if m.done(v) {
		return true
	}
	client, seq := m.place.Command(v)
	_, r := m.replica.Propose(&paxos.Entry{Kind: paxos.Value, Client: uint64(client) + 1,
		Seq: uint64(seq), Data: m.place.Log.Names.Bytes(v)})
	return r == paxos.Taken || r == paxos.Duplicate
}

// pass proposes the commands that wait here, or forwards them to the leader, in order and each
// once: to another leader only a client's own repetition sends it.
func (m *member) pass(out *sim.Out) {
	for len(m.queue) > 0 {
		v, leader := m.queue[0], m.replica.Leader()
		switch {
		case leader == paxos.NoNode:
			return
		case leader != paxos.NodeID(m.self):
			f := sim.NewMessage(kindLogForward)
			f.V = v
			out.Send(sim.Node(leader), f)
		case !m.propose(v):
			return
		}
		m.queue = append(m.queue[:0], m.queue[1:]...)
	}
}

// drain carries out what the replica wants, until it wants nothing more.
func (m *member) drain(now paxos.Time, out *sim.Out) {
	for {
		m.pass(out)
		m.pursue(now, out)
		m.out = m.replica.Drain()
		m.follow(out)
		for i := range m.out.Send {
			m.send(out, &m.out.Send[i])
		}
		for i := range m.out.Write {
			m.write(out, &m.out.Write[i])
		}
		for i := range m.out.Fates {
			m.ended(&m.out.Fates[i])
		}
		m.supply(out)
		chosen := len(m.out.Chosen)
		m.execute(out)
		m.checkpoint(out)
		if !m.out.More && chosen == 0 {
			break
		}
	}
	m.wake(now, out)
}

// execute executes what the replica hands out, or a slow server takes note of it.
func (m *member) execute(out *sim.Out) {
	late := m.late()
	for i := range m.out.Chosen {
		slot := m.out.First + paxos.Slot(i)
		e := &m.out.Chosen[i]
		v := m.value(e)
		m.decided = append(m.decided, *e)
		if kept := &m.decided[len(m.decided)-1]; e.Kind == paxos.Value {
			kept.Data = m.place.Log.Names.Bytes(v)
		} else {
			kept.Data = bytes.Clone(e.Data)
		}
		out.Chosen(int64(slot), v)
		if late {
			m.delay(overdue{slot, v, e.Kind == paxos.Value}, out)
		} else if e.Kind == paxos.Value {
			m.service.execute(out, v, int64(slot))
			m.settle(v, out)
		}
	}
	if n := len(m.out.Chosen); n > 0 && !late {
		m.replica.Applied(m.out.First + paxos.Slot(n-1))
	}
}

// settle answers the client of a command that is executed, if it asked here.
func (m *member) settle(v sim.Value, out *sim.Out) {
	if at := slices.Index(m.asked, v); at >= 0 {
		m.asked = slices.Delete(m.asked, at, at+1)
		m.reply(out, v)
	}
}

// ended takes in how a command that was proposed here ended: one that is lost waits again.
func (m *member) ended(f *paxos.Fate) {
	if f.Outcome != paxos.Lost {
		return
	}
	for _, v := range m.asked {
		client, seq := m.place.Command(v)
		if uint64(client)+1 == f.Client && uint64(seq) == f.Seq {
			m.queue = append(m.queue, v)
		}
	}
}

// supply answers peers that want entries that have left the replica's memory: from its own log.
func (m *member) supply(out *sim.Out) {
	for i := range m.out.Supply {
		s := m.out.Supply[i]
		var answer paxos.Message
		if s.Snapshot || s.Span.Lo <= m.base {
			m.sendSnapshot(sim.Node(s.To), out)
			continue
		}
		if m.replica.Supplied(&s, m.chosen(s.Span), &answer) {
			m.send(out, &answer)
		}
	}
}

// chosen returns the entries of the slots from span.Lo on, as far as this server executed them and
// one message holds.
func (m *member) chosen(span paxos.Span) []paxos.Entry {
	n := min(span.Len(), uint64(m.genesis.Limits.BatchEntries))
	from := uint64(span.Lo - m.base - 1)
	return m.decided[from:][:min(n, uint64(len(m.decided))-from)]
}

// follow tells the trace how this server's part changed.
func (m *member) follow(out *sim.Out) {
	role, ballot := m.replica.Role(), m.replica.Ballot()
	if role == paxos.Candidate && ballot != m.ballot {
		out.Round(m.numbers.number(ballot))
	}
	if m.role == paxos.Leader && (role != paxos.Leader || ballot != m.ballot) {
		out.StepDown(m.numbers.number(m.ballot))
	}
	if role == paxos.Leader && (m.role != paxos.Leader || ballot != m.ballot) {
		out.Lead(m.numbers.number(ballot))
	}
	m.role, m.ballot = role, ballot
	if g := m.replica.Era(); g.Era != m.era {
		m.era = g.Era
		names := m.names(g.Members.Voters())
		out.Configure(int64(g.From), int64(g.Era), m.place.Log.Names.Of(names))
	}
}

// wake sets the timer by which the replica wants to be told the time. It keeps a run from being
// quiet only while something waits here or nobody leads.
func (m *member) wake(now paxos.Time, out *sim.Out) {
	timer, other := uint8(timerElection), uint8(timerBeat)
	if m.role == paxos.Leader {
		timer, other = other, timer
	}
	out.Stop(other)
	if m.out.WakeAt == paxos.Never {
		out.Stop(timer)
		return
	}
	after := sim.Micros((max(m.out.WakeAt-now, 0) + 999) / 1000)
	wait := sim.Range{Lo: after, Hi: after}
	if len(m.asked) == 0 && m.replica.Leader() != paxos.NoNode && m.wish.kind == 0 {
		out.SetIdle(timer, wait)
	} else {
		out.Set(timer, wait)
	}
}

// send puts m into a message of the world: its bytes, and what people and selectors see of it.
func (m *member) send(out *sim.Out, msg *paxos.Message) {
	s := sim.NewMessage(logKind[msg.Kind])
	s.N = m.numbers.number(msg.Ballot)
	if msg.Span.Lo > 0 && msg.Kind != paxos.Prepare {
		s.Seq = int64(msg.Span.Lo)
	}
	switch msg.Kind {
	case paxos.Nack:
		s.Max = m.numbers.number(msg.VBallot)
		out.Refuse(sim.Node(msg.Ballot.Node()), s.N, s.Max)
	case paxos.Promise:
		if len(msg.Entries) > 0 && msg.VBallot != paxos.Certain {
			s.NA, s.VA = m.numbers.number(msg.VBallot), m.value(&msg.Entries[0])
		}
	case paxos.Accept, paxos.Chosen, paxos.Accepted:
		if len(msg.Entries) == 1 {
			s.V = m.value(&msg.Entries[0])
		}
	}
	m.bytes = append(paxos.AppendMessage(m.bytes[:0], msg), m.disks[m.self][:]...)
	s.Body = m.bytes
	out.Send(sim.Node(msg.To), s)
}

var logKind = [...]uint8{paxos.Beat: kindLogBeat, paxos.Prepare: kindLogPrepare,
	paxos.Promise: kindLogPromise, paxos.Accept: kindLogAccept, paxos.Accepted: kindLogAccepted,
	paxos.Nack: kindLogNack, paxos.Chosen: kindLogChosen, paxos.Fetch: kindLogFetch}

// value returns the value of an entry: a command, or the no-op that fills a gap (B-26).
func (m *member) value(e *paxos.Entry) sim.Value {
	if e.Kind != paxos.Value {
		return m.place.Log.Names.Of("no-op")
	}
	return m.place.Log.Names.OfBytes(e.Data)
}

// AppendState implements sim.Process.
func (m *member) AppendState(dst []byte) []byte {
	dst = m.wish.appendState(m.replica.AppendState(dst))
	dst = append(dst, m.image.bytes...)
	dst = m.service.appendState(dst)
	for _, v := range m.asked {
		dst = append(append(dst, m.place.Log.Names.Bytes(v)...), '?')
	}
	for _, v := range m.queue {
		dst = append(append(dst, m.place.Log.Names.Bytes(v)...), '!')
	}
	return dst
}
