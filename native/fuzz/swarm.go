package fuzz

import "strconv"

// Shape is what is decided before a seed is.
type Shape struct {
	Servers  int    // how many; 0: the seed decides, from 3 to 7
	Protocol string // name and options; "": the replica that ships
}

// Shipping is the protocol that is fuzzed if none is named.
const Shipping = "multi-paxos"

// swarm draws one plan.
type swarm struct {
	chance
	plan    *Plan
	end     Millis // of the faults
	timeout Millis // the shortest
	down    []bool // by server, from 1: a step has crashed it and none has restarted it
	unsure  []bool // by server: it may be down for good
	worn    []bool // by server: its disk or its clock is not as it should be
	puts    int    // so far, so that each puts another value
	target  int    // the server that was bothered last
	churn   bool   // members change
	left    bool   // one has
	burst   int    // most commands at once
	most    int    // commands in all
	same    bool   // clients ask the same server again and again: none may stay down
}

// Draw returns the plan of a seed: always the same one.
func Draw(seed uint64, shape Shape) *Plan {
	w := &swarm{chance: chance{state: seed}, plan: &Plan{Seed: seed, Protocol: shape.Protocol}}
	p := w.plan
	if p.Protocol == "" {
		p.Protocol = Shipping
	}
	if p.Servers = shape.Servers; p.Servers == 0 {
		p.Servers = pick(&w.chance, 3, 3, 3, 4, 5, 5, 5, 6, 7)
	}
	for i := range w.within(1, 4) {
		p.Clients = append(p.Clients, i+1)
	}
	w.sizes()
	w.down, w.unsure = make([]bool, p.all()+1), make([]bool, p.all()+1)
	w.worn = make([]bool, p.all()+1)
	w.target = w.server()
	w.world()
	w.commands()
	w.faults()
	w.recovery()
	p.sort()
	return p
}

// sizes draws the sizes of the protocol, and whether members change.
func (w *swarm) sizes() {
	p := w.plan
	w.burst, w.most = 100, 300
	if p.Protocol != Shipping {
		return
	}
	if w.oneIn(2) {
		window := pick(&w.chance, 1, 2, 4, 8, 16)
		p.Protocol += " window=" + strconv.Itoa(window)
		w.burst, w.most = 2*window+2, min(300, 20*window)
	}
	if w.oneIn(2) {
		p.Protocol += " snapshot=" + strconv.Itoa(pick(&w.chance, 1, 5, 20, 50))
	}
	if w.churn = w.oneIn(3); w.churn {
		p.Spares = w.below(3)
	}
	// Drawn apart: nothing else that a seed means depends on it.
	if own := (&chance{state: ^p.Seed}); own.oneIn(6) {
		p.Protocol += " apply=" + Millis(own.within(1, 3)).String() + " slow=" +
			server(own.within(1, p.Servers))
	}
}

// server returns the number of any server, spares among them.
func (w *swarm) server() int { return w.within(1, w.plan.all()) }

func (w *swarm) step(at Millis, text string) {
	w.plan.Steps = append(w.plan.Steps, Step{At: at, Text: text})
}

func (w *swarm) try(at Millis, text string) {
	w.plan.Steps = append(w.plan.Steps, Step{At: at, Text: text, Try: true})
}

// world draws how the network and the disks are. Delays stay well below the timeouts: a cluster
// whose messages take longer than its patience need not recover.
func (w *swarm) world() {
	w.timeout = pick[Millis](&w.chance, 20, 50, 100, 100, 200)
	w.option("timeout "+w.timeout.String()+".."+(2*w.timeout).String(), "timeout 100ms..200ms")
	w.end = w.timeout * Millis(w.within(8, 40))
	most := max(1, int(w.timeout)/10)
	lo := w.below(most)
	w.option("network delay "+Millis(lo).String()+".."+Millis(w.within(lo, most)).String()+
		w.network(), "network delay 1ms")
	if w.oneIn(2) {
		w.option("disk sync " + Millis(w.within(1, max(1, int(w.timeout)/20))).String())
	}
	retry, whom := w.timeout*Millis(w.within(2, 6)), pick(&w.chance, "next", "next", "all", "same")
	w.plan.World = append(w.plan.World, Option{Line: "retry " + retry.String() + " " + whom,
		Simpler: []string{"retry 200ms next"}}) // who never asks again need not be answered
	w.same = whom == "same"
	if w.oneIn(3) {
		w.slowLinks(most)
	}
}

// option adds a header line that becomes one of simpler, or nothing, when it is not needed.
func (w *swarm) option(line string, simpler ...string) {
	w.plan.World = append(w.plan.World, Option{Line: line, Simpler: append([]string{""},
		simpler...)})
}

// network draws what a network does by chance.
func (w *swarm) network() string {
	text := ""
	if w.oneIn(2) {
		text += " loss " + strconv.Itoa(w.within(1, 10)) + "%"
	}
	if w.oneIn(2) {
		text += " duplicate " + strconv.Itoa(w.within(1, 20)) + "%"
	}
	if w.oneIn(2) {
		text += " reorder"
	}
	return text
}

// slowLinks lets a few directions be slower than the others.
func (w *swarm) slowLinks(most int) {
	for range w.within(1, 3) {
		if from, to := w.server(), w.server(); from != to {
			w.option("link " + server(from) + " -> " + server(to) + " delay " +
				Millis(most).String() + ".." + Millis(2*most).String())
		}
	}
}

// calm is the step that ends what a network does by chance.
const calm = "calm"

// patience is how many timeouts a cluster has to recover.
const patience = 100

// recovery heals everything, and asks for something new.
func (w *swarm) recovery() {
	p := w.plan
	p.Recovers, p.Rest, p.Patience = true, 20*w.timeout, patience*w.timeout
	p.Until = w.end + 3*p.Patience
	w.step(w.end, "heal")
	if p.chancy() {
		w.step(w.end, calm)
	}
	for n := 1; n <= p.all(); n++ {
		w.try(w.end, "resume "+server(n))
	}
	w.mend()
	all := w.oneIn(4)
	for n := 1; n <= p.all(); n++ {
		if all || w.down[n] || w.unsure[n] {
			w.step(w.end, "restart "+server(n))
		}
	}
	for _, c := range p.Clients {
		w.step(w.end, client(c)+" sends "+w.command())
	}
}

// mend lets disks and clocks be as they should.
func (w *swarm) mend() {
	for n := 1; n <= w.plan.all(); n++ {
		if w.worn[n] {
			w.try(w.end, "disk "+server(n)+" behaves")
			w.try(w.end, "clock "+server(n)+" rate 100%")
		}
	}
}
