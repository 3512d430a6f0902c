package fuzz

import "strings"

// changes asks for other members: one more, one less, or a set of them. Only one leaves by itself:
// nobody can leave who is the last.
func (w *swarm) changes(at Millis) {
	switch n := server(w.server()); w.below(4) {
	case 0:
		if !w.left {
			w.try(at, "leave "+n)
		}
		w.left = true
	case 1:
		w.try(at, "members "+strings.Join(w.someServers(), " "))
	default:
		w.try(at, "join "+n)
	}
}

// someServers returns two or more servers and spares.
func (w *swarm) someServers() []string {
	some := []string{}
	for n := 1; n <= w.plan.all(); n++ {
		if w.oneIn(2) {
			some = append(some, server(n))
		}
	}
	if len(some) < 2 {
		return []string{server(1), server(w.plan.all())}
	}
	return some
}
