package diagram

import (
	"strconv"

	"github.com/synodlab/synod/core/trace"
)

// story writes logs by hand, as a world would.
type story struct {
	*trace.Log
	now  int64
	sent uint32
}

var paxosKinds = []string{"prepare", "promise", "accept", "accepted", "chosen", "nack",
	"request", "reply"}

const (
	prepare uint8 = iota + 1
	promise
	accept
	accepted
	chosen
	nack
	request
	reply
)

var karp = &Words{None: "nil", Kinds: []KindWords{
	{"Q1", []Field{Number}}, {"R1", []Field{Number, AcceptedNumber, AcceptedValue}},
	{"Q2", []Field{Number, Value}}, {"R2", []Field{Number, Value}}, {"Q3", []Field{Value}},
	{"reject", []Field{Number, Max}}, {"request", []Field{Value}}, {"reply", []Field{State}},
}}

func newStory(nodes ...string) *story {
	return &story{Log: &trace.Log{Nodes: nodes, Kinds: paxosKinds}}
}

// is fills in fields of a record.
type is func(r *trace.Record)

func (s *story) ballot(n int64) is { return func(r *trace.Record) { r.Ballot = n } }
func (s *story) value(v string) is { return func(r *trace.Record) { r.Value = s.Names.Of(v) } }
func (s *story) noting(v string) is {
	return func(r *trace.Record) { r.Note = s.Names.Of(v) }
}
func (s *story) before(n int64, v string) is {
	return func(r *trace.Record) { r.VBallot, r.VValue = n, s.Names.Of(v) }
}
func (s *story) peer(to trace.Node) is { return func(r *trace.Record) { r.To = to } }
func (s *story) shown(commands ...string) is {
	return func(r *trace.Record) {
		for _, c := range commands {
			r.State = s.Histories.Then(r.State, s.Names.Of(c))
		}
	}
}

func (s *story) event(kind trace.Kind, node trace.Node, fields ...is) int {
	r := trace.New(kind, node)
	r.At = s.now
	for _, f := range fields {
		f(&r)
	}
	return s.Append(r)
}

func (s *story) note(text string, node trace.Node, fields ...is) int {
	return s.event(trace.Note, node, append(fields, s.noting(text))...)
}

// send sends a message of this type and returns its record.
func (s *story) send(from, to trace.Node, typ uint8, fields ...is) int {
	s.sent++
	return s.event(trace.Send, from, append(fields, func(r *trace.Record) {
		r.From, r.To, r.Type, r.Message = from, to, typ, s.sent
	})...)
}

func (s *story) all(from trace.Node, to []trace.Node, typ uint8, fields ...is) (sent []int) {
	for _, n := range to {
		sent = append(sent, s.send(from, n, typ, fields...))
	}
	return sent
}

// about appends a record of this kind about the message that was sent (or copied) by sent.
func (s *story) about(kind trace.Kind, node trace.Node, sent int) int {
	r := s.Records[sent]
	r.At, r.Kind, r.Node, r.Cause = s.now, kind, node, uint32(sent)+1
	return s.Append(r)
}

func (s *story) deliver(sent int) int { return s.about(trace.Deliver, s.Records[sent].To, sent) }
func (s *story) lose(sent int) int    { return s.about(trace.Lose, s.Records[sent].From, sent) }
func (s *story) copy(sent int) int {
	return s.about(trace.Duplicate, s.Records[sent].From, sent)
}

func nodes(n ...trace.Node) []trace.Node { return n }

// lecture is Karp's run with one leader (K-15): node 1 asks five, three answers are enough.
func lecture() *story {
	s := newStory("0", "1", "2", "3", "4")
	view := s.value("{1,{0,1,2,3,4}}")
	five := nodes(0, 1, 2, 3, 4)
	s.event(trace.Lead, 1, s.ballot(11))
	q1 := s.all(1, five, prepare, s.ballot(11))
	s.now = 1000
	var r1 []int
	for _, m := range q1 {
		s.deliver(m)
		to := s.Records[m].To
		s.event(trace.Promise, to, s.ballot(11))
		r1 = append(r1, s.send(to, 1, promise, s.ballot(11)))
	}
	s.now = 2000
	for _, m := range r1[:3] {
		s.deliver(m)
	}
	q2 := s.all(1, nodes(0, 1, 2), accept, s.ballot(11), view)
	s.now = 3000
	s.deliver(r1[3])
	s.deliver(r1[4])
	var r2 []int
	for _, m := range q2 {
		s.deliver(m)
		to := s.Records[m].To
		s.event(trace.Accept, to, s.ballot(11), view)
		r2 = append(r2, s.send(to, 1, accepted, s.ballot(11), view))
	}
	s.note("Only the responders are asked to accept.", trace.NoNode)
	s.now = 4000
	for _, m := range r2 {
		s.deliver(m)
	}
	s.event(trace.Chosen, 1, s.ballot(11), view)
	q3 := s.all(1, nodes(0, 2, 3, 4), chosen, s.ballot(11), view)
	s.now = 5000
	for _, m := range q3 {
		s.deliver(m)
		s.event(trace.Chosen, s.Records[m].To, s.ballot(11), view)
	}
	return s
}

// duel is two proposers whose messages get lost, with delays, in a timed run.
func duel() *story {
	s := newStory("P1", "P2", "A1", "A2", "A3", "L1")
	three := nodes(2, 3, 4)
	red, blue := s.value("red"), s.value("blue")
	s.note(trace.Proposes, 0, red)
	q := s.all(0, three, prepare, s.ballot(10))
	s.lose(q[2])
	s.now = 9100
	s.deliver(q[0])
	s.event(trace.Promise, 2, s.ballot(10))
	a := s.send(2, 0, promise, s.ballot(10))
	s.now = 11_400
	s.deliver(q[1])
	s.event(trace.Promise, 3, s.ballot(10))
	b := s.send(3, 0, promise, s.ballot(10))
	s.now = 16_000
	s.note(trace.Proposes, 1, blue)
	q = s.all(1, three, prepare, s.ballot(11))
	s.now = 19_100
	s.deliver(a)
	s.now = 22_700
	s.deliver(b)
	acc := s.all(0, three, accept, s.ballot(10), red)
	s.now = 24_000
	s.deliver(q[2])
	s.event(trace.Promise, 4, s.ballot(11))
	a = s.send(4, 1, promise, s.ballot(11))
	s.now = 31_000
	s.deliver(acc[0])
	s.event(trace.Accept, 2, s.ballot(10), red)
	l := s.send(2, 5, accepted, s.ballot(10), red)
	s.now = 33_000
	s.deliver(acc[2])
	s.note(trace.Refuses, 4, s.ballot(10), s.peer(0))
	n := s.send(4, 0, nack, s.ballot(10), s.before(11, ""))
	s.now = 36_000
	s.deliver(q[0])
	s.event(trace.Promise, 2, s.ballot(11))
	b = s.send(2, 1, promise, s.ballot(11), s.before(10, "red"))
	s.now = 38_000
	s.deliver(a)
	s.deliver(l)
	s.deliver(n)
	s.now = 47_000
	s.deliver(b)
	acc2 := s.all(1, three, accept, s.ballot(11), red)
	dup := s.copy(acc2[1])
	s.now = 56_000
	for _, m := range acc2 {
		s.deliver(m)
		to := s.Records[m].To
		s.event(trace.Accept, to, s.ballot(11), red)
		m = s.send(to, 5, accepted, s.ballot(11), red)
		if to == 3 {
			s.lose(m)
		} else {
			defer func() { s.deliver(m) }()
		}
	}
	s.now = 60_000
	s.deliver(dup)
	s.now = 160_000
	s.event(trace.Timer, 0, s.noting("backoff"))
	s.send(0, 2, prepare, s.ballot(20))
	s.now = 166_000
	return s
}

// handover is Meling's leader that answers and dies (M-20), with a violation and a restart.
func handover() *story {
	s := newStory("C1", "S1", "S2", "C2")
	m1, m2 := s.value("m1"), s.value("m2")
	s.note(trace.Proposes, 0, m1)
	r := s.send(0, 1, request, m1)
	s.now = 10_000
	s.deliver(r)
	s.event(trace.Write, 1)
	s.now = 12_000
	s.event(trace.Sync, 1)
	acc := s.send(1, 2, accept, m1)
	s.lose(acc)
	s.event(trace.Execute, 1, m1, s.shown("m1"))
	r = s.send(1, 0, reply, s.shown("m1"))
	s.now = 13_000
	s.event(trace.Crash, 1)
	s.now = 22_000
	s.deliver(r)
	s.event(trace.Reply, 0, m1, s.shown("m1"))
	s.now = 60_000
	s.note(trace.Suspects, 2, s.peer(1))
	s.event(trace.Lead, 2)
	s.now = 62_000
	s.note(trace.Proposes, 3, m2)
	r = s.send(3, 2, request, m2)
	x := s.send(3, 1, request, m2)
	s.now = 72_000
	s.deliver(r)
	s.about(trace.Lose, 1, x)
	s.event(trace.Execute, 2, m2, s.shown("m2"))
	r = s.send(2, 3, reply, s.shown("m2"))
	s.now = 82_000
	s.deliver(r)
	s.event(trace.Reply, 3, m2, s.shown("m2"))
	s.event(trace.Violation, 3, s.noting("prefix"))
	s.now = 95_000
	s.event(trace.Restart, 1)
	s.now = 97_000
	s.cutAll(nodes(0, 1), nodes(2, 3))
	s.send(1, 1, accept, m1)
	s.now = 104_000
	s.deliver(len(s.Records) - 1)
	s.now = 130_000
	s.mendAll(nodes(0, 1), nodes(2, 3))
	s.note(trace.Pauses, 2)
	s.now = 133_000
	s.note(trace.Resumes, 2)
	s.note("S1 is back, and nobody told it.", 1)
	return s
}

func (s *story) cutAll(a, b []trace.Node)  { s.links(trace.Cuts, a, b) }
func (s *story) mendAll(a, b []trace.Node) { s.links(trace.Mends, a, b) }

func (s *story) links(word string, as, bs []trace.Node) {
	for _, a := range as {
		for _, b := range bs {
			for _, l := range [][2]trace.Node{{a, b}, {b, a}} {
				s.note(word, l[0], func(r *trace.Record) { r.From, r.To = l[0], l[1] })
			}
		}
	}
}

// steady is n rounds of a leader with its followers: nine records a round and client.
func steady(records int) *story {
	s := newStory("C1", "S1", "S2", "S3")
	for k := 0; len(s.Records) < records; k++ {
		v := s.value("m" + strconv.Itoa(k%1000))
		r := s.send(0, 1, request, v)
		s.now += 9_000 + int64(k*7919%3000)
		s.deliver(r)
		q := s.all(1, nodes(2, 3), accept, s.ballot(1), v)
		s.now += 10_000
		var answers []int
		for _, m := range q {
			s.deliver(m)
			s.event(trace.Accept, s.Records[m].To, s.ballot(1), v)
			answers = append(answers, s.send(s.Records[m].To, 1, accepted, s.ballot(1), v))
		}
		s.now += 8_000
		for _, m := range answers {
			s.deliver(m)
		}
		s.event(trace.Chosen, 1, s.ballot(1), v)
		s.event(trace.Execute, 1, v)
		r = s.send(1, 0, reply, v)
		s.now += 10_000
		s.deliver(r)
		s.event(trace.Reply, 0, v)
	}
	return s
}
