package models

import "github.com/synodlab/synod/core/explore"

// Register is Stateright's example: three servers that agree on one value by
// Paxos, and clients that write it once and read it once. Delivering a message
// takes it off the network; a delivery that changes nothing is no transition.
//
// Servers and messages are numbered as they are first met, and what a message
// does to a server is worked out once. A state is one word for the numbers of the
// servers, 16 bits each, and four bits for each client; then two bits for each
// message, how often it is under way.
type Register struct {
	Clients int // at most 4

	servers  []server
	letters  []letter
	numberOf map[server]uint64
	nameOf   map[letter]int
	effects  map[input]effect
	next     []uint64
	out      []letter // of the server at work
}

// What a register's state has room for.
const (
	registerServers  = 3
	registerMessages = 32 * 16
)

// ballot is a round and the server whose it is; 0 is none's.
type ballot struct{ round, server uint8 }

func (b ballot) below(c ballot) bool {
	return b.round < c.round || b.round == c.round && b.server < c.server
}

// order is what a client asked for: 0 is nothing.
type order struct{ request, client, value uint8 }

// accepted is a vote; a zero order is none.
type accepted struct {
	ballot ballot
	order  order
}

type server struct {
	id       uint8
	ballot   ballot
	proposal order
	promised uint8 // set of servers, and what each reported
	reports  [registerServers]accepted
	accepts  uint8 // set of servers
	accepted accepted
	decided  bool
}

type letter struct {
	kind     letterKind
	from, to uint8
	ballot   ballot
	vote     accepted
	order    order // of Put, PutOk, Get, GetOk
}

type letterKind uint8

const (
	letterPut letterKind = iota
	letterPutOk
	letterGet
	letterGetOk
	letterPrepare
	letterPrepared
	letterAccept
	letterAccepted
	letterDecided
)

type input struct {
	server  uint64
	message int
}

type effect struct {
	server uint64
	sends  []int
}

// Words is one, and sixteen for the network.
func (r *Register) Words() int { return 1 + registerMessages/32 }

// Start is three blank servers and each client's first message.
func (r *Register) Start(emit func([]uint64)) {
	if r.next == nil {
		r.numberOf, r.nameOf = map[server]uint64{}, map[letter]int{}
		r.effects = map[input]effect{}
		r.next = make([]uint64, r.Words())
	}
	clear(r.next)
	for i := range uint8(registerServers) {
		r.next[0] |= r.number(server{id: i}) << (16 * i)
	}
	for c := range r.Clients {
		id := uint8(registerServers + c)
		r.add(r.name(letter{kind: letterPut, from: id, to: id % registerServers,
			order: order{request: id, client: id, value: 'A' + uint8(c)}}), 1)
		r.name(get(id))
	}
	emit(r.next)
}

// Next is each message delivered.
func (r *Register) Next(state []uint64, emit func(explore.Action, []uint64)) {
	r.deliver(state, emit, r.work)
}

// Fork is a reader that knows what the model has worked out so far.
func (r *Register) Fork() explore.Reader {
	return &registerReader{whole: r, own: Register{Clients: r.Clients,
		next: make([]uint64, r.Words())}}
}

type registerReader struct {
	whole *Register
	own   Register // the tables of whole, and scratch space of its own
}

// Peek is Next as far as all effects are known.
func (r *registerReader) Peek(state []uint64, emit func(explore.Action, []uint64)) bool {
	known, next := true, r.own.next
	r.own = *r.whole
	r.own.next = next
	r.own.deliver(state, emit, func(in input) effect {
		done, ok := r.own.effects[in]
		known = known && ok
		return done
	})
	return known
}

// Judge is the model's.
func (r *registerReader) Judge(state []uint64) uint32 { return r.whole.Judge(state) }

func (r *Register) deliver(
	state []uint64, emit func(explore.Action, []uint64), work func(input) effect,
) {
	for i := range len(r.letters) {
		if state[1+i/32]>>(i%32*2)&3 == 0 {
			continue
		}
		m := &r.letters[i]
		copy(r.next, state)
		r.add(i, -1)
		if m.to >= registerServers {
			if !r.answer(state, m) {
				continue
			}
		} else {
			at := 16 * m.to
			in := input{state[0] >> at & 0xFFFF, i}
			done := work(in)
			if done.server == in.server && len(done.sends) == 0 {
				continue
			}
			r.next[0] = r.next[0]&^(0xFFFF<<at) | done.server<<at
			for _, sent := range done.sends {
				r.add(sent, 1)
			}
		}
		emit(explore.Action(i), r.next)
	}
}

// add changes how often a message is under way.
func (r *Register) add(message, by int) {
	word, at := 1+message/32, message%32*2
	r.next[word] = r.next[word]&^(3<<at) | (r.next[word]>>at+uint64(by))&3<<at
}

func (r *Register) number(s server) uint64 {
	n, ok := r.numberOf[s]
	if !ok {
		n = uint64(len(r.servers))
		r.servers, r.numberOf[s] = append(r.servers, s), n
	}
	return n
}

func (r *Register) name(m letter) int {
	n, ok := r.nameOf[m]
	if !ok {
		if n = len(r.letters); n == registerMessages {
			panic("models: a register has more kinds of messages than its state has room for")
		}
		r.letters, r.nameOf[m] = append(r.letters, m), n
	}
	return n
}

// answer is a client's: put done, it reads from the next server; a client that
// waits for something else ignores it.
func (r *Register) answer(state []uint64, m *letter) bool {
	at := 48 + 4*(m.to-registerServers)
	put := letterPutOk
	if state[0]>>at&15 != 0 {
		put = letterGetOk
	}
	if m.kind != put || state[0]>>at&15 > 1 {
		return false
	}
	r.next[0] += 1 << at
	if m.kind == letterPutOk {
		r.add(r.nameOf[get(m.to)], 1)
	}
	return true
}

// get is a client's second message; Start has named it.
func get(client uint8) letter {
	return letter{kind: letterGet, from: client, to: (client + 1) % registerServers,
		order: order{request: 2 * client, client: client}}
}

// work is what a message does to a server, worked out once.
func (r *Register) work(in input) effect {
	if done, ok := r.effects[in]; ok {
		return done
	}
	s, m := r.servers[in.server], r.letters[in.message]
	r.out = r.out[:0]
	r.receive(&s, &m)
	done := effect{server: r.number(s)}
	for _, sent := range r.out {
		done.sends = append(done.sends, r.name(sent))
	}
	r.effects[in] = done
	return done
}

func (r *Register) receive(s *server, m *letter) {
	if s.decided {
		if m.kind == letterGet {
			got := m.order
			got.value = s.accepted.order.value
			r.send(s, letter{kind: letterGetOk, to: m.from, order: got})
		}
		return
	}
	switch m.kind {
	case letterPut:
		r.put(s, m)
	case letterPrepare:
		if s.ballot.below(m.ballot) {
			s.ballot = m.ballot
			r.send(s, letter{kind: letterPrepared, to: m.from, ballot: m.ballot, vote: s.accepted})
		}
	case letterPrepared:
		r.prepared(s, m)
	case letterAccept:
		if !m.ballot.below(s.ballot) {
			s.ballot, s.accepted = m.ballot, m.vote
			r.send(s, letter{kind: letterAccepted, to: m.from, ballot: m.ballot})
		}
	case letterAccepted:
		r.accepted(s, m)
	case letterDecided:
		s.ballot, s.accepted, s.decided = m.ballot, m.vote, true
	}
}

func (r *Register) put(s *server, m *letter) {
	if s.proposal != (order{}) {
		return
	}
	s.proposal = m.order
	s.ballot = ballot{s.ballot.round + 1, s.id}
	s.promised, s.reports, s.accepts = 1<<s.id, [registerServers]accepted{}, 0
	s.reports[s.id] = s.accepted
	r.tell(s, letter{kind: letterPrepare, ballot: s.ballot})
}

func (r *Register) prepared(s *server, m *letter) {
	if m.ballot != s.ballot {
		return
	}
	s.promised |= 1 << m.from
	s.reports[m.from] = m.vote
	if several(s.promised) != 2 {
		return
	}
	highest := accepted{}
	for _, report := range s.reports {
		if report.order != (order{}) && !report.ballot.below(highest.ballot) {
			highest = report
		}
	}
	if highest.order != (order{}) {
		s.proposal = highest.order
	}
	s.accepted = accepted{s.ballot, s.proposal}
	s.accepts |= 1 << s.id
	r.tell(s, letter{kind: letterAccept, ballot: s.ballot, vote: s.accepted})
}

func (r *Register) accepted(s *server, m *letter) {
	if m.ballot != s.ballot {
		return
	}
	s.accepts |= 1 << m.from
	if several(s.accepts) != 2 {
		return
	}
	s.decided = true
	r.tell(s, letter{kind: letterDecided, ballot: s.ballot, vote: s.accepted})
	r.send(s, letter{kind: letterPutOk, to: s.proposal.client, order: s.proposal})
}

// several counts the servers of a set.
func several(set uint8) int { return int(set&1 + set>>1&1 + set>>2&1) }

func (r *Register) tell(s *server, m letter) {
	for to := range uint8(registerServers) {
		if to != s.id {
			m.to = to
			r.send(s, m)
		}
	}
}

func (r *Register) send(s *server, m letter) {
	m.from = s.id
	r.out = append(r.out, m)
}

// Judge is 1 where two servers have decided differently.
func (r *Register) Judge(state []uint64) uint32 {
	first := order{}
	for i := range registerServers {
		s := &r.servers[state[0]>>(16*i)&0xFFFF]
		if !s.decided {
			continue
		}
		if first != (order{}) && first != s.accepted.order {
			return 1
		}
		first = s.accepted.order
	}
	return 0
}
