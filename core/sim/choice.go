package sim

import (
	"strconv"

	"github.com/synodlab/synod/core/trace"
)

// ChoiceKind is what may be chosen to happen next.
type ChoiceKind uint8

// The kinds of choices.
const (
	ChooseDeliver ChoiceKind = iota // message ID arrives
	ChooseLose                      // it is lost
	ChooseCopy                      // a second copy of it is on its way
	ChooseFire                      // timer Timer of Node fires
	ChooseSync                      // the waiting writes of Node end
	ChooseCrash                     // Node crashes; the first Keep of its waiting writes stay
	ChooseRestart                   // Node starts from its disk
	ChooseWipe                      // the disk of Node, which is down, is emptied
)

// Choice is one thing that may happen next: what a driver chooses among, whether it is a search, a
// schedule or a person. It is good in the state that it was offered in.
type Choice struct {
	Kind   ChoiceKind
	Node   Node // the receiver of a message
	Timer  uint8
	Keep   int
	Flight int    // place of the message in flight,
	ID     uint32 // and its identity
}

// Choices appends all that may happen next, in a fixed order: for each message in flight, oldest
// first and of copies one, that it arrives, is lost, is doubled; then for each node its timers, its
// disk, its crash with nothing, one, … all of its waiting writes kept, its restart, its wipe.
// Messages that are held, and what comes to a paused node, wait for a driver.
func (w *World) Choices(dst []Choice) []Choice {
	for i := w.first; i >= 0; i = w.flights[i].next {
		dst = w.choicesOfFlight(dst, int(i))
	}
	for i := range w.nodes {
		dst = w.choicesOfNode(dst, Node(i))
	}
	return dst
}

func (w *World) choicesOfFlight(dst []Choice, i int) []Choice {
	f := &w.flights[i]
	m := &f.Message
	if f.held || f.copied && w.another(i) {
		return dst
	}
	c := Choice{Node: m.To, Flight: i, ID: m.ID}
	if to := &w.nodes[m.To]; to.up && !to.paused && w.Linked(m.From, m.To) {
		dst = append(dst, c)
	}
	if m.From != m.To {
		c.Kind = ChooseLose
		dst = append(dst, c)
		c.Kind = ChooseCopy
		dst = append(dst, c)
	}
	return dst
}

func (w *World) choicesOfNode(dst []Choice, n Node) []Choice {
	nd := &w.nodes[n]
	if !nd.up {
		dst = append(dst, Choice{Kind: ChooseRestart, Node: n})
		if !nd.disk.empty() {
			dst = append(dst, Choice{Kind: ChooseWipe, Node: n})
		}
		return dst
	}
	for t := range nd.timers {
		if nd.timers[t].runs && !nd.paused {
			dst = append(dst, Choice{Kind: ChooseFire, Node: n, Timer: uint8(t)})
		}
	}
	waiting := nd.disk.waiting()
	if waiting > 0 {
		dst = append(dst, Choice{Kind: ChooseSync, Node: n})
	}
	for keep := range waiting + 1 {
		dst = append(dst, Choice{Kind: ChooseCrash, Node: n, Keep: keep})
	}
	return dst
}

// another reports whether an older copy of the same message is in flight: that one goes first.
func (w *World) another(i int) bool {
	for o := w.first; o != int32(i); o = w.flights[o].next {
		if f := &w.flights[o]; f.Message.ID == w.flights[i].Message.ID && !f.held {
			return true
		}
	}
	return false
}

// Take lets c happen. It returns why it cannot, if it cannot.
func (w *World) Take(c Choice) (refusal string) {
	if c.Kind <= ChooseCopy && !w.InFlight(c.Flight, c.ID) {
		return "no such message is in flight"
	}
	switch c.Kind {
	case ChooseDeliver:
		return w.Deliver(c.Flight)
	case ChooseLose:
		return w.Lose(c.Flight)
	case ChooseCopy:
		w.Copy(c.Flight)
	case ChooseFire:
		return w.Fire(c.Node, int(c.Timer))
	case ChooseSync:
		return w.Sync(c.Node)
	case ChooseCrash:
		return w.crashAfter(c.Node, c.Keep)
	case ChooseRestart:
		return w.Restart(c.Node, nil)
	case ChooseWipe:
		return w.Wipe(c.Node)
	}
	return ""
}

// crashAfter crashes n when the first keep of its waiting writes are durable.
func (w *World) crashAfter(n Node, keep int) (refusal string) {
	if keep == 0 {
		return w.Crash(n)
	}
	kept := make([]bool, w.nodes[n].disk.waiting())
	for i := range min(keep, len(kept)) {
		kept[i] = true
	}
	return w.CrashKeeping(n, kept)
}

// AppendChoice appends c as a statement of the scenario language. To tell a message from those like
// it the world's whole log is read, if it is not the oldest of them.
func (w *World) AppendChoice(dst []byte, c Choice) []byte {
	dst = append(dst, [...]string{"deliver ", "lose ", "duplicate ", "timeout ", "sync ", "crash ",
		"restart ", "wipe "}[c.Kind]...)
	if c.Kind <= ChooseCopy {
		return w.appendSelector(dst, c.Flight)
	}
	dst = append(dst, w.Log.Nodes[c.Node]...)
	switch {
	case c.Kind == ChooseFire:
		dst = append(append(dst, ' '), w.schema.Timers[c.Timer]...)
	case c.Kind == ChooseCrash && c.Keep > 0:
		dst = strconv.AppendInt(append(dst, " keeping "...), int64(c.Keep), 10)
		dst = append(dst, " record"...)
		if c.Keep > 1 {
			dst = append(dst, 's')
		}
	}
	return dst
}

// appendSelector appends what selects a message in flight.
func (w *World) appendSelector(dst []byte, flight int) []byte {
	m := &w.flights[flight].Message
	dst = append(dst, w.Log.Kinds[m.Kind]...)
	for i := w.first; i >= 0; i = w.flights[i].next {
		if o := &w.flights[i].Message; alike(o, m) {
			if o.ID != m.ID {
				dst = append(dst, " #"...)
				dst = strconv.AppendInt(dst, int64(w.ordinal(m)), 10)
			}
			break
		}
	}
	dst = append(append(dst, ' '), w.Log.Nodes[m.From]...)
	return append(append(dst, " -> "...), w.Log.Nodes[m.To]...)
}

func alike(a, b *Message) bool { return a.Kind == b.Kind && a.From == b.From && a.To == b.To }

// ordinal returns how many messages like m were sent, up to m.
func (w *World) ordinal(m *Message) int {
	n := 0
	for i := range w.Log.Records {
		r := &w.Log.Records[i]
		if r.Kind == trace.Send && r.Type == m.Kind+1 && r.From == m.From && r.To == m.To &&
			r.Message <= m.ID {
			n++
		}
	}
	return n
}
