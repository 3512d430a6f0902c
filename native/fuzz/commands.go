package fuzz

import "strconv"

// commands draws what the clients ask, and when: a trickle, or bursts that fill the window.
func (w *swarm) commands() {
	keys := w.within(1, 6)
	gap := max(1, int(w.timeout)/pick(&w.chance, 1, 4, 16))
	for at := Millis(0); at < w.end; at += Millis(w.within(1, 2*gap)) {
		n := 1
		if w.oneIn(16) {
			n = w.within(2, w.burst) // more than a window
		}
		if w.puts+n > w.most {
			return
		}
		w.ask(at, n, keys)
	}
}

// ask lets a client issue n commands at once.
func (w *swarm) ask(at Millis, n, keys int) {
	text := client(w.plan.Clients[w.below(len(w.plan.Clients))]) + " sends"
	for range n {
		text += " " + w.commandOn("k"+strconv.Itoa(w.within(1, keys)))
	}
	if w.oneIn(2) {
		text += " to " + server(w.server())
	}
	w.step(at, text)
	if w.oneIn(20) {
		w.try(at+Millis(w.below(int(w.timeout))), "C1 resends")
	}
}

func (w *swarm) command() string { return w.commandOn("k1") }

// commandOn draws a command. No two put the same value, so that an answer tells which it saw.
func (w *swarm) commandOn(key string) string {
	w.puts++
	switch w.below(10) {
	case 0, 1, 2, 3:
		return "get(" + key + ")"
	case 4:
		return "delete(" + key + ")"
	}
	return "put(" + key + ",v" + strconv.Itoa(w.puts) + ")"
}
