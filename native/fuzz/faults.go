package fuzz

import (
	"slices"
	"strings"
)

// fault draws one fault that begins at a time: it adds the steps that bring it about and, mostly,
// those that end it.
type fault func(w *swarm, at Millis)

// kinds are the faults from which a seed draws its own few.
var kinds = []fault{(*swarm).crashes, (*swarm).powerCut, (*swarm).crashAtMessage, (*swarm).pauses,
	(*swarm).splits, (*swarm).isolates, (*swarm).cutsOneWay, (*swarm).campaigns,
	(*swarm).losesKind, (*swarm).holdsKind, (*swarm).delays, (*swarm).corrupts,
	(*swarm).crashKeeping, (*swarm).crashAtRecord, (*swarm).slowDisk, (*swarm).rots,
	(*swarm).drifts, (*swarm).shapes, (*swarm).wipes}

// faults draws which kinds of faults there are, and how often.
func (w *swarm) faults() {
	mine := slices.Clone(kinds)
	shuffle(&w.chance, mine)
	mine = mine[:w.within(1, 6)]
	if w.churn {
		mine = append(mine, (*swarm).changes, (*swarm).changes)
	}
	gap := int(w.timeout) * pick(&w.chance, 1, 2, 4) / 2
	for at := Millis(w.below(2 * gap)); at < w.end; at += Millis(w.within(1, 2*gap)) {
		mine[w.below(len(mine))](w, at)
	}
}

// while returns how long a fault lasts: mostly about as long as a timeout, sometimes very long.
func (w *swarm) while() Millis {
	if w.oneIn(8) {
		return w.timeout * Millis(w.within(4, 12))
	}
	return 1 + Millis(w.below(3*int(w.timeout)))
}

// victim returns a server: often the one that was bothered last, so that faults meet.
func (w *swarm) victim() int {
	if w.oneIn(3) {
		w.target = w.server()
	}
	return w.target
}

func (w *swarm) crash(at Millis, n int) {
	w.try(at, "crash "+server(n))
	back := at + w.while()
	if w.oneIn(3) {
		back = at + Millis(w.below(3)) // at once
	}
	if w.down[n] = back >= w.end; !w.down[n] {
		w.step(back, "restart "+server(n))
	}
}

func (w *swarm) crashes(at Millis) { w.crash(at, w.victim()) }

// powerCut crashes several servers at once, perhaps all of them.
func (w *swarm) powerCut(at Millis) {
	for n := 1; n <= w.plan.all(); n++ {
		if !w.oneIn(3) {
			w.crash(at, n)
		}
	}
}

// said are the kinds of messages that are worth a crash, in the words of the language.
var said = []string{"prepare", "promise", "accept", "accepted", "chosen", "beat", "nack"}

// mayStayDown reports whether server n may be down, or without its vote, for good: only a minority
// may; and none if members change, or if there are clients who ask nobody else.
func (w *swarm) mayStayDown(n int) bool {
	others := 0
	for i, unsure := range w.unsure {
		if unsure && i != n {
			others++
		}
	}
	return !w.same && !w.churn && n <= w.plan.Servers && others < (w.plan.Servers-1)/2
}

// crashAt crashes a server at a moment that may come late, when all else has healed, or never.
func (w *swarm) crashAt(at Millis, moment string) {
	n := w.victim()
	if !w.mayStayDown(n) {
		w.crash(at, n)
		return
	}
	w.unsure[n] = true
	w.try(at, "crash "+server(n)+moment)
	w.step(at+w.while(), "restart "+server(n))
}

// crashAtMessage crashes a server between two of its own effects.
func (w *swarm) crashAtMessage(at Millis) {
	w.crashAt(at, pick(&w.chance, " before", " after")+" sending "+said[w.below(len(said))])
}

func (w *swarm) pauses(at Millis) {
	n := server(w.victim())
	w.try(at, "pause "+n)
	w.try(at+w.while(), "resume "+n)
}

// splits divides the servers, and with them the clients, into two or three groups.
func (w *swarm) splits(at Millis) {
	groups := make([][]string, pick(&w.chance, 2, 2, 2, 3))
	for n := 1; n <= w.plan.all(); n++ {
		g := w.below(len(groups))
		groups[g] = append(groups[g], server(n))
	}
	if w.oneIn(2) {
		for _, c := range w.plan.Clients {
			g := w.below(len(groups))
			groups[g] = append(groups[g], client(c))
		}
	}
	groups = slices.DeleteFunc(groups, func(g []string) bool { return len(g) == 0 })
	if len(groups) < 2 {
		return
	}
	var sides []string
	for _, g := range groups {
		sides = append(sides, strings.Join(g, " "))
	}
	w.step(at, "partition "+strings.Join(sides, " | "))
	if !w.oneIn(4) {
		w.step(at+w.while(), "heal")
	}
}

// isolates cuts one server off all others: in both directions, or so that it only hears, or is
// only heard (B-52).
func (w *swarm) isolates(at Millis) {
	n := w.victim()
	others := w.others(n)
	me := server(n)
	back := at + w.while()
	hears, heard := true, true
	switch w.below(3) {
	case 0:
		hears = false
	case 1:
		heard = false
	}
	if hears {
		w.try(at, "cut "+others+" -> "+me)
		w.try(back, "mend "+others+" -> "+me)
	}
	if heard {
		w.try(at, "cut "+me+" -> "+others)
		w.try(back, "mend "+me+" -> "+others)
	}
}

func (w *swarm) others(n int) string {
	var others []string
	for i := 1; i <= w.plan.all(); i++ {
		if i != n {
			others = append(others, server(i))
		}
	}
	return strings.Join(others, " ")
}

func (w *swarm) cutsOneWay(at Millis) {
	a, b := w.server(), w.server()
	if a == b {
		return
	}
	link := server(a) + " -> " + server(b)
	w.try(at, "cut "+link)
	w.try(at+w.while(), "mend "+link)
}

// shapes gives the network a shape in which some reach only some (B-51, B-52).
func (w *swarm) shapes(at Millis) {
	order := make([]string, w.plan.all())
	for i := range order {
		order[i] = server(i + 1)
	}
	shuffle(&w.chance, order)
	w.step(at, "topology "+pick(&w.chance, "chained", "hub", "constrained", "ring", "deaf", "mute")+
		" "+strings.Join(order, " "))
	w.step(at+w.while(), "heal")
}

// campaigns lets a server stand for leader, whoever leads.
func (w *swarm) campaigns(at Millis) { w.try(at, server(w.victim())+" leads") }

// message draws a selector: a kind, from one server to another.
func (w *swarm) message() string {
	return said[w.below(len(said))] + " " + server(w.victim()) + " -> " +
		pick(&w.chance, "*", server(w.server()))
}

func (w *swarm) losesKind(at Millis) {
	w.try(at, "lose every "+w.message()+" until "+(at+w.while()).String())
}

// holdsKind keeps messages of a kind back, so that they come late: behind others, after restarts.
func (w *swarm) holdsKind(at Millis) {
	w.try(at, "hold every "+w.message()+" until "+(at+w.while()).String())
}

func (w *swarm) delays(at Millis) {
	w.try(at, "delay "+w.message()+" by "+w.while().String())
}

func (w *swarm) corrupts(at Millis) { w.try(at, "corrupt "+w.message()) }
