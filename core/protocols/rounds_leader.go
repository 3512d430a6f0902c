package protocols

import (
	"slices"
	"strconv"

	"github.com/synodlab/synod/core/sim"
)

// heading is what a server of rounds holds while it leads or wants to.
type heading struct {
	number   int64 // its round; 0 if it never began one
	ready    bool  // it leads: a majority has promised
	promises quorum
	reported []report    // by sequence number: what was accepted in the highest round
	plan     []sim.Value // by sequence number: what it proposes in this round
	next     []int64     // by node: the number that it has not learnt in this round
	informed []int64     // by node: the highest number whose commit it was sent
}

// report is a part of a promise: what was accepted last under one sequence number.
type report struct {
	rnd   int64
	value sim.Value
}

func (s *rounder) leads() bool { return s.ready && s.number == s.promised }

// told begins a round because somebody says so: one of its own above all that it has seen, or, as
// long as it has proposed nothing, its round once more, to ask for promises.
func (s *rounder) told(n int64, out *sim.Out) string {
	if n == sim.NoNumber {
		n = s.numbers.after(max(s.promised, s.number), s.self)
	} else if why := s.numbers.refuse(n, s.self); why != "" {
		return why
	} else if again := n == s.number && s.leads() && len(s.plan) == 0; !again &&
		n <= max(s.promised, s.number) {
		return "it has seen a round as high: every leader takes a higher one"
	}
	s.begin(n, out)
	return ""
}

// proposes takes in a value that no client sent, and leads to get it chosen.
func (s *rounder) proposes(in *sim.Input, out *sim.Out) string {
	if !s.leads() || in.N != sim.NoNumber || in.Value == 0 {
		if why := s.told(in.N, out); why != "" {
			return why
		}
	}
	if in.Value != 0 {
		out.Note(sim.Proposes, in.Value)
		s.request(in.Value, out)
	}
	return ""
}

// detect lets the first server that is not suspected take over from a leader who is.
func (s *rounder) detect(in *sim.Input, out *sim.Out) {
	for _, n := range in.Peers {
		if in.Kind == sim.Suspect {
			s.suspected |= 1 << n
		} else {
			s.suspected &^= 1 << n
		}
	}
	if in.Kind == sim.Trust || s.suspected>>s.owner(s.promised)&1 == 0 {
		return
	}
	for _, n := range s.servers {
		if n == s.self {
			s.told(sim.NoNumber, out)
		}
		if s.suspected>>n&1 == 0 {
			return
		}
	}
}

// begin asks everybody to promise round n, from what this server has not executed on.
func (s *rounder) begin(n int64, out *sim.Out) {
	s.yield(out)
	s.heading = heading{number: n, next: s.next}
	s.promised = n
	s.rewind()
	out.Round(n)
	out.Promise(n, sim.NoNumber)
	s.promises.add(s.self)
	if s.promise != "bare" {
		for i := s.executed; i < len(s.log); i++ {
			s.gather(int64(i+1), s.log[i].rnd, s.log[i].value)
		}
	}
	s.retransmit(out)
}

// rewind begins to send the others what they may lack, from the first number.
func (s *rounder) rewind() {
	s.informed = make([]int64, len(s.next))
	for i := range s.next {
		s.next[i] = 1
	}
}

// yield ends a lead: somebody has a higher round.
func (s *rounder) yield(out *sim.Out) {
	if s.ready {
		out.StepDown(s.number)
	}
	s.ready = false
	s.heading = heading{number: s.number, next: s.next}
	out.Stop(timerRetransmit)
}

// report puts into a promise what was accepted above the number that its asker has executed: one
// (vrnd, vval), or a set of (number, vrnd, vval) (M-45, M-49).
func (s *rounder) report(above int64, m *sim.Message) {
	names := &s.place.Log.Names
	m.Body = appendUint64(nil, uint64(s.executed))
	text := "{"
	count := 0
	for i := min(above, int64(len(s.log))); i < int64(len(s.log)); i++ {
		l := &s.log[i]
		own := s.promise == "others" && s.owner(l.rnd) == s.self
		if s.promise == "bare" || l.rnd == 0 || own {
			continue
		}
		count++
		m.NA, m.VA, m.Seq = l.rnd, l.value, i+1
		m.Body = appendUint64(appendUint64(m.Body, uint64(i+1)), uint64(l.rnd))
		m.Body = append(appendUint64(m.Body, uint64(len(names.Bytes(l.value)))),
			names.Bytes(l.value)...)
		text += "(" + strconv.FormatInt(i+1, 10) + "," + strconv.FormatInt(l.rnd, 10) + "," +
			names.Text(l.value) + ")"
	}
	if count > 1 {
		m.VA, m.Seq = names.Of(text+"}"), sim.NoNumber
	}
}

// onPromise counts a promise of its round, and leads when a majority has promised. Who promises
// later has told by that what it has executed.
func (s *rounder) onPromise(m *sim.Message, out *sim.Out) {
	if m.N == sim.NoNumber || m.N != s.number || m.N != s.promised ||
		s.promises.from>>m.From&1 == 1 {
		return
	}
	s.promises.add(m.From)
	executed := s.unpack(m)
	s.next[m.From] = max(s.next[m.From], min(executed, int64(s.executed))+1)
	if s.ready {
		s.tell(m.From, out)
	} else if s.most(&s.promises) {
		s.take(out)
	}
}

// unpack takes in the reports of a promise, and returns how many commands its sender has executed.
func (s *rounder) unpack(m *sim.Message) (executed int64) {
	if len(m.Body) < 8 {
		s.gather(max(m.Seq, 1), m.NA, m.VA)
		return 0
	}
	executed = int64(getUint64(m.Body))
	for b := m.Body[8:]; len(b) >= 24; {
		seq, rnd, size := int64(getUint64(b)), int64(getUint64(b[8:])), getUint64(b[16:])
		s.gather(seq, rnd, s.place.Log.Names.OfBytes(b[24:24+size]))
		b = b[24+size:]
	}
	return executed
}

// gather keeps what was accepted under a sequence number in the highest round (P2c).
func (s *rounder) gather(seq, rnd int64, v sim.Value) {
	if rnd < 1 || v == 0 || seq > maxSlots {
		return
	}
	for int64(len(s.reported)) < seq {
		s.reported = append(s.reported, report{})
	}
	if r := &s.reported[seq-1]; rnd > r.rnd {
		*r = report{rnd, v}
	}
}

// take is the beginning of a lead: what was reported comes first, under its sequence number and in
// the new round (M-45).
func (s *rounder) take(out *sim.Out) {
	s.ready = true
	out.Lead(s.number)
	for i := range s.executed {
		s.plan = append(s.plan, s.log[i].chosen)
	}
	for i := s.executed; i < len(s.reported) && s.reported[i].value != 0; i++ {
		s.plan = append(s.plan, s.reported[i].value)
		s.accept(s.number, int64(i+1), s.plan[i], out)
	}
	for _, to := range s.servers {
		s.tell(to, out)
	}
	for i := s.executed; i < len(s.plan); i++ {
		s.announce(int64(i+1), out)
	}
	s.pump(out)
}

// announce tells everybody that this leader has accepted what it proposes, where all tell all.
func (s *rounder) announce(seq int64, out *sim.Out) {
	if s.learn == "all-to-all" {
		m := sim.NewMessage(kindRoundLearn)
		m.N, m.V, m.Seq = s.number, s.plan[seq-1], seq
		s.others(m, out)
	}
}

// pump proposes the next command, when everything before it is executed.
func (s *rounder) pump(out *sim.Out) {
	if !s.leads() || s.executed < len(s.plan) || len(s.queue) == 0 {
		return
	}
	s.plan = append(s.plan, s.queue[0])
	seq := int64(len(s.plan))
	s.accept(s.number, seq, s.queue[0], out)
	for _, to := range s.servers {
		if s.next[to] == seq {
			s.tell(to, out)
		}
	}
	s.announce(seq, out)
}

// tell sends a server the accept that it has not answered in this round, now and until it has: the
// leader resends its accepts after a merge too (M-47).
func (s *rounder) tell(to sim.Node, out *sim.Out) {
	if !s.lags(to) {
		return
	}
	m := sim.NewMessage(kindRoundAccept)
	m.N, m.Seq = s.number, s.next[to]
	m.V = s.plan[m.Seq-1]
	out.Send(to, m)
	out.Set(timerRetransmit, s.again)
}

func (s *rounder) lags(n sim.Node) bool {
	return n != s.self && s.leads() && s.next[n] <= int64(len(s.plan))
}

// retransmit asks again who has not promised, or has not answered an accept.
func (s *rounder) retransmit(out *sim.Out) {
	for _, to := range s.servers {
		if s.ready || s.number != s.promised || s.promises.from>>to&1 == 1 {
			s.tell(to, out)
			continue
		}
		m := sim.NewMessage(kindRoundPrepare)
		m.N, m.Seq = s.number, int64(s.executed)
		out.Send(to, m)
		out.Set(timerRetransmit, s.again)
	}
}

// hears goes on with a server that has answered the accept that it was sent.
func (s *rounder) hears(m *sim.Message, out *sim.Out) {
	if !s.lags(m.From) || m.N != s.number || m.Seq != s.next[m.From] ||
		m.V != s.plan[m.Seq-1] {
		return
	}
	s.next[m.From]++
	s.inform(m.From, m.Seq, out)
	s.tell(m.From, out)
	if !slices.ContainsFunc(s.servers, s.lags) {
		out.Stop(timerRetransmit)
	}
}

// commit tells the others that they may execute a command (M-53).
func (s *rounder) commit(seq int64, out *sim.Out) {
	if !s.leads() {
		return
	}
	for _, to := range s.servers {
		if s.next[to] >= seq {
			s.inform(to, seq, out)
		}
	}
}

// inform sends a server a commit, once.
func (s *rounder) inform(to sim.Node, seq int64, out *sim.Out) {
	v := s.at(seq).chosen
	if s.learn != "commit" || to == s.self || v == 0 || s.informed[to] >= seq {
		return
	}
	s.informed[to] = seq
	m := sim.NewMessage(kindRoundCommit)
	m.N, m.V, m.Seq = s.number, v, seq
	out.Send(to, m)
}

// appendLead appends what a leader, or a server that wants to be one, holds.
func (s *rounder) appendLead(dst []byte) []byte {
	dst = appendUint64(appendUint64(dst, uint64(s.number)), s.promises.from)
	for _, r := range s.reported {
		dst = append(appendUint64(dst, uint64(r.rnd)), s.place.Log.Names.Bytes(r.value)...)
	}
	if !s.ready {
		return dst
	}
	dst = appendLog(append(dst, 'l'), s.place, s.plan, '+')
	for _, n := range s.servers {
		dst = appendUint64(appendUint64(dst, uint64(s.next[n])), uint64(s.informed[n]))
	}
	return dst
}
