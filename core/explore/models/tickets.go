package models

import (
	"math/bits"

	"github.com/synodlab/synod/core/explore"
)

// Tickets is algorithm 1.13 (E-28): two clients, three servers, and tickets that
// clients count for themselves, so that both may use the same. A message once
// sent may arrive at any time, a client may give up and begin anew at any time,
// and proposes only for the attempt it is at.
//
//	word 0  server s, 8 bits from 8s: Tmax, Tstore (3 bits each), C (2 bits)
//	        client u, 6 bits from 24+6u: t (3 bits), c (2), proposed (1)
//	        bits 37 and 38: command 1 and 2 was executed
//	        bits 60..63: restarts left
//	word 1  ok, three bits for each (u, t, server): 0 none, 1 nothing stored,
//	        2.. what was stored
//	word 2  propose, a bit for each (u, t, command, pair of servers)
//	word 3  success, a bit for each (u, t, command, server)
type Tickets struct {
	Attempts int // of each client, at most 3
	Defect   TicketDefect
	Restarts int // of clients: back to t = 0, with the other command (E-41)

	next []uint64
	emit func(explore.Action, []uint64)
}

// TicketDefect is one rule of algorithm 1.13 broken.
type TicketDefect int

// The defects.
const (
	TicketsSound   TicketDefect = iota
	EqualIsGranted              // a server grants a ticket equal to its Tmax (E-30)
	TicketIgnored               // a server stores whatever is proposed
	AnySupported                // a client supports any stored command (E-25)
)

const ticketServers = 3

// pairs are the majorities.
var pairs = [3]int{0b011, 0b101, 0b110}

// Words is four.
func (p *Tickets) Words() int { return 4 }

// Start is where no server stores anything; client u wants command u+1.
func (p *Tickets) Start(emit func([]uint64)) {
	p.next = []uint64{1<<(24+3) | 2<<(30+3) | uint64(p.Restarts)<<60, 0, 0, 0}
	emit(p.next)
}

func bitOK(u, t, s int) int { return 3 * ((u*3+t-1)*3 + s) }

// bitOf numbers (client, ticket, command, server or pair).
func bitOf(u, t, c, s int) int { return ((u*3+t-1)*2+c-1)*3 + s }

func clientAt(u int) int { return 24 + 6*u }

// executed is the bit before those of the commands.
const executed = 36

func (p *Tickets) client(state []uint64, u int) (t, c int, proposed bool) {
	field := int(state[0] >> clientAt(u))
	return field & 7, field >> 3 & 3, field>>5&1 != 0
}

func stores(state []uint64, s int) (highest, stored, command int) {
	field := int(state[0] >> (8 * s))
	return field & 7, field >> 3 & 7, field >> 6 & 3
}

// Next is what either client or any server may do.
func (p *Tickets) Next(state []uint64, emit func(explore.Action, []uint64)) {
	p.emit = emit
	for u := range 2 {
		p.ask(state, u)
		p.propose(state, u)
		for t := 1; t <= p.Attempts; t++ {
			p.execute(state, u, t)
			for s := range ticketServers {
				p.grant(state, u, t, s)
				p.store(state, u, t, s)
			}
		}
	}
}

// begin is the next state before what changes in it.
func (p *Tickets) begin(state []uint64) { copy(p.next, state) }

func (p *Tickets) end(kind, u, t, more int) {
	p.emit(explore.Action(kind<<12|u<<10|t<<6|more), p.next)
}

// become sets a client's ticket, command and whether it proposed.
func (p *Tickets) become(u, t, c, proposed int) {
	at := clientAt(u)
	p.next[0] = p.next[0]&^(0x3F<<at) | uint64(t|c<<3|proposed<<5)<<at
}

// ask is a new attempt; and a restart, which forgets how far the client was.
func (p *Tickets) ask(state []uint64, u int) {
	t, c, _ := p.client(state, u)
	if t < p.Attempts {
		p.begin(state)
		p.become(u, t+1, c, 0)
		p.end(1, u, t+1, 0)
	}
	if state[0]>>60 != 0 && t > 0 {
		p.begin(state)
		p.next[0] -= 1 << 60
		p.become(u, 0, 2-u, 0)
		p.end(2, u, 0, 0)
	}
}

// asked tells whether a client ever asked with ticket t.
func (p *Tickets) asked(state []uint64, u, t int) bool {
	now, _, _ := p.client(state, u)
	return t <= now || state[0]>>60 < uint64(p.Restarts) && p.heard(state, u, t)
}

func (p *Tickets) heard(state []uint64, u, t int) bool {
	return state[1]>>bitOK(u, t, 0)&0o777 != 0
}

// grant is a server's ok.
func (p *Tickets) grant(state []uint64, u, t, s int) {
	highest, stored, command := stores(state, s)
	fits := t > highest || t == highest && p.Defect == EqualIsGranted
	if !p.asked(state, u, t) || !fits || state[1]>>bitOK(u, t, s)&7 != 0 {
		return
	}
	p.begin(state)
	p.next[0] = p.next[0]&^(7<<(8*s)) | uint64(t)<<(8*s)
	says := 1
	if stored != 0 {
		says = 2 + command - 1 + 2*(stored-1)
	}
	p.next[1] |= uint64(says) << bitOK(u, t, s)
	p.end(3, u, t, s)
}

// propose sends to any two servers that granted the ticket.
func (p *Tickets) propose(state []uint64, u int) {
	t, own, proposed := p.client(state, u)
	if t == 0 || proposed {
		return
	}
	for n, pair := range pairs {
		complete, newest, of := p.reports(state, u, t, pair)
		if !complete {
			continue
		}
		for c := 1; c <= 2; c++ {
			free := newest == 0 && c == own
			forced := newest != 0 && of[newest]>>c&1 != 0
			if p.Defect == AnySupported && newest != 0 {
				forced = (of[1]|of[2]|of[3])>>c&1 != 0
			}
			if free || forced {
				p.begin(state)
				p.become(u, t, c, 1)
				p.next[2] |= 1 << bitOf(u, t, c, n)
				p.end(4, u, t, n<<2|c)
			}
		}
	}
}

// reports is what a pair of servers said they store: the newest ticket, and by
// ticket the commands.
func (p *Tickets) reports(
	state []uint64, u, t, pair int,
) (complete bool, newest int, of [4]int) {
	for s := range ticketServers {
		if pair>>s&1 == 0 {
			continue
		}
		said := int(state[1] >> bitOK(u, t, s) & 7)
		if said == 0 {
			return false, 0, of
		}
		if said > 1 {
			stored := (said-2)/2 + 1
			newest = max(newest, stored)
			of[stored] |= 1 << ((said-2)%2 + 1)
		}
	}
	return true, newest, of
}

// store is a server's success, for any proposal that reached it.
func (p *Tickets) store(state []uint64, u, t, s int) {
	highest, _, _ := stores(state, s)
	if t != highest && p.Defect != TicketIgnored {
		return
	}
	for c := 1; c <= 2; c++ {
		reached := false
		for n, pair := range pairs {
			reached = reached || pair>>s&1 != 0 && has(state[2], bitOf(u, t, c, n))
		}
		if !reached || has(state[3], bitOf(u, t, c, s)) {
			continue
		}
		p.begin(state)
		p.next[0] = p.next[0]&^(0xF8<<(8*s)) | uint64(t<<3|c<<6)<<(8*s)
		p.next[3] |= 1 << bitOf(u, t, c, s)
		p.end(5, u, t, s<<2|c)
	}
}

// execute is a client's, who knows of two successes for one of its tickets; it may
// do so again.
func (p *Tickets) execute(state []uint64, u, t int) {
	successes := int(state[3]>>bitOf(u, t, 1, 0)|state[3]>>bitOf(u, t, 2, 0)) & 7
	if bits.OnesCount(uint(successes)) < 2 {
		return
	}
	for c := 1; c <= 2; c++ {
		if state[2]>>bitOf(u, t, c, 0)&7 != 0 {
			p.begin(state)
			p.next[0] |= 1 << (executed + c)
			p.end(6, u, t, c)
		}
	}
}

// Judge is 1 where both commands were executed.
func (p *Tickets) Judge(state []uint64) uint32 {
	return uint32(state[0] >> (executed + 1) & (state[0] >> (executed + 2)) & 1)
}
