package protocols

import "github.com/synodlab/synod/core/sim"

// instanceServer is the server of Algorithm 1.13 in every instance. Its disk holds a record for
// each promise, each stored command and each decision.
type instanceServer struct {
	*service
	others   []sim.Node
	list     []decision // by instance, from 1
	executed int64      // instances that are decided and executed, without a gap
	asked    int64      // it has asked the others for the instances below
	blank    bool       // its disk is not the one that it promised on: it only learns (B-11)
	bytes    []byte
}

// decision is what a server knows of one instance.
type decision struct {
	max     int64     // T_max
	stored  int64     // T_store, 0 if nothing is stored
	value   sim.Value // C
	decided sim.Value // 0 until it was told to execute
}

// Step implements sim.Process.
func (s *instanceServer) Step(in *sim.Input, out *sim.Out) string {
	switch in.Kind {
	case sim.Boot:
		s.boot(in.Disk, out)
	case sim.Durable, sim.Suspect, sim.Trust:
	case sim.Deliver:
		if m := in.Message; m.Seq >= 1 && m.Seq <= maxInstances {
			s.deliver(m, out)
		}
	case sim.Fired:
		s.asked = 0
		s.behind(out)
	default:
		return "its servers answer clients, who propose"
	}
	return ""
}

// boot takes back what the disk holds, and executes it again.
func (s *instanceServer) boot(d *sim.Disk, out *sim.Out) {
	s.blank = d.Wipes() > 0
	d.Records(func(_ sim.LSN, b []byte) bool {
		s.recall(b)
		return true
	})
	s.run(out, false)
}

func (s *instanceServer) deliver(m *sim.Message, out *sim.Out) {
	d := s.at(m.Seq)
	switch m.Kind {
	case kindInstanceAsk, kindInstancePropose:
		switch {
		case d.decided != 0:
			s.tell(m.From, m.Seq, out)
		case s.blank:
		case m.Kind == kindInstanceAsk:
			s.ask(d, m, out)
		default:
			s.propose(d, m, out)
		}
	case kindInstanceExecute:
		s.decide(d, m, out)
	case kindCatchUp:
		for i := m.Seq; i < m.Seq+maxTold && i <= int64(len(s.list)); i++ {
			if s.list[i-1].decided != 0 {
				s.tell(m.From, i, out)
			}
		}
	}
	s.behind(out)
}

// at returns what is known of an instance.
func (s *instanceServer) at(i int64) *decision {
	for int64(len(s.list)) < i {
		s.list = append(s.list, decision{})
	}
	return &s.list[i-1]
}

// ask is lines 3 to 6 of Algorithm 1.13.
func (s *instanceServer) ask(d *decision, m *sim.Message, out *sim.Out) {
	if m.N <= d.max || m.N > maxNumber {
		out.Refuse(m.From, m.N, d.max)
		return
	}
	d.max = m.N
	s.record(m.Seq, d, out)
	answer := sim.NewMessage(kindInstanceOK)
	answer.N, answer.Seq = m.N, m.Seq
	if d.stored > 0 {
		answer.NA, answer.VA = d.stored, d.value
	}
	out.Promise(m.N, m.Seq)
	out.Send(m.From, answer)
}

// propose is lines 14 to 18.
func (s *instanceServer) propose(d *decision, m *sim.Message, out *sim.Out) {
	if m.N != d.max || m.N < 1 || m.V == 0 {
		out.Refuse(m.From, m.N, d.max)
		return
	}
	d.value, d.stored = m.V, m.N
	s.record(m.Seq, d, out)
	answer := sim.NewMessage(kindInstanceSuccess)
	answer.N, answer.Seq = m.N, m.Seq
	out.Accept(m.N, m.Seq, m.V)
	out.Send(m.From, answer)
}

// decide takes in what an instance has decided, and executes what can be executed by now.
func (s *instanceServer) decide(d *decision, m *sim.Message, out *sim.Out) {
	if d.decided != 0 {
		if client, _ := s.place.Command(d.decided); client == m.From && m.Seq <= s.executed {
			s.reply(out, d.decided)
		}
		return
	}
	if m.V == 0 {
		return
	}
	d.decided = m.V
	s.record(m.Seq, d, out)
	out.Chosen(m.Seq, m.V)
	s.run(out, true)
}

// run executes the decided commands in the order of their instances, as far as there is no gap. The
// clients that issued them are answered, but not a second time after a restart.
func (s *instanceServer) run(out *sim.Out, answers bool) {
	for s.executed < int64(len(s.list)) && s.list[s.executed].decided != 0 {
		v := s.list[s.executed].decided
		s.executed++
		s.execute(out, v, s.executed)
		if answers {
			s.reply(out, v)
		}
	}
}

// tell tells of a decision who asks for it (E-35).
func (s *instanceServer) tell(to sim.Node, i int64, out *sim.Out) {
	m := sim.NewMessage(kindInstanceExecute)
	m.V, m.Seq = s.list[i-1].decided, i
	out.Send(to, m)
}

// behind asks the other servers for decisions, if somebody spoke of an instance while this server
// lacks an earlier one: nobody begins an instance before the last is decided (E-40). It asks for
// many at once, and again when an answer takes too long.
func (s *instanceServer) behind(out *sim.Out) {
	missing := s.executed + 1
	if missing >= int64(len(s.list)) {
		s.asked = 0
		out.Stop(timerAttempt)
		return
	}
	if missing < s.asked {
		return
	}
	s.asked = missing + maxTold
	m := sim.NewMessage(kindCatchUp)
	m.Seq = missing
	out.Broadcast(s.others, m)
	out.Set(timerAttempt, s.place.Timeout)
}

// record writes all that is known of instance i.
func (s *instanceServer) record(i int64, d *decision, out *sim.Out) {
	names := &s.place.Log.Names
	s.bytes = s.bytes[:0]
	for _, x := range [...]int64{i, d.max, d.stored} {
		s.bytes = appendUint64(s.bytes, uint64(x))
	}
	value := names.Bytes(d.value)
	s.bytes = append(append(s.bytes, byte(len(value)), byte(len(value)>>8)), value...)
	out.Write(sim.Stream, append(s.bytes, names.Bytes(d.decided)...))
}

// recall takes back what a record says.
func (s *instanceServer) recall(b []byte) {
	names := &s.place.Log.Names
	d := s.at(int64(getUint64(b)))
	d.max, d.stored = int64(getUint64(b[8:])), int64(getUint64(b[16:]))
	value := b[26:]
	n := int(b[24]) | int(b[25])<<8
	d.value, d.decided = names.OfBytes(value[:n]), names.OfBytes(value[n:])
}

// AppendState implements sim.Process.
func (s *instanceServer) AppendState(dst []byte) []byte {
	names := &s.place.Log.Names
	dst = appendUint64(append(s.appendState(dst), '|'), uint64(s.asked))
	if s.blank {
		dst = append(dst, '!')
	}
	for i := range s.list {
		d := &s.list[i]
		dst = appendUint64(appendUint64(dst, uint64(d.max)), uint64(d.stored))
		dst = append(append(dst, names.Bytes(d.value)...), 0)
		dst = append(append(dst, names.Bytes(d.decided)...), 0)
	}
	return dst
}

// Rows implements sim.Process: the variables are those of the instance that is not decided yet.
func (s *instanceServer) Rows(cells []sim.Cell) {
	var d decision
	if s.executed < int64(len(s.list)) {
		d = s.list[s.executed]
	}
	cells[rowInstance] = sim.NumberCell(s.executed + 1)
	cells[rowInstanceMax] = sim.NumberCell(d.max)
	cells[rowInstanceStore] = sim.NumberCell(d.stored)
	cells[rowInstanceCommand] = sim.ValueCell(d.value)
	cells[rowInstanceState] = sim.HistoryCell(s.history)
	s.machine.rows(cells[rowInstanceMachine:])
}
