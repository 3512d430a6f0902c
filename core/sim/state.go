package sim

import (
	"bytes"
	"slices"

	"github.com/synodlab/synod/core/trace"
)

// A writer appends the canonical bytes of a world. Numbers of tables never stand in them: texts
// stand for themselves, positions on a disk and in a queue count from what waits there.
type writer struct {
	dst   []byte
	names *trace.Names
	pasts *trace.Histories
}

// spot is where the bytes of one message stand.
type spot struct{ from, to int }

// AppendState appends the canonical bytes of the whole world: every node with its timers, disk,
// clock and all that waits there, the messages in flight, the links. Two worlds of which the bytes
// are equal cannot be told apart by what happens next.
//
// A world that rests (Settings.ByHand, but between Arm and Rest) has no times in it, and messages
// in flight have no order: any may be chosen. In a moving world all that is due stands there by
// when it is, counted from now, and so does what chance goes by.
func (w *World) AppendState(dst []byte) []byte {
	x := writer{dst: dst, names: &w.Log.Names, pasts: &w.Log.Histories}
	for i := range w.nodes {
		x.dst = w.AppendNode(x.dst, Node(i))
		w.writeNode(&x, Node(i))
	}
	for i := range w.links {
		l := &w.links[i]
		x.dst = append(x.dst, bit(l.cut)|bit(l.walled)<<1)
		if !w.resting {
			x.number(int64(l.sent))
		}
	}
	w.writeFlights(&x)
	if !w.resting {
		w.writeQueue(&x)
	}
	return x.dst
}

// AppendLocal appends the canonical bytes of all that n is: its process, its disk, its timers, what
// waits there. In a world that rests, two nodes of which these bytes are equal do the same
// whatever comes to them.
func (w *World) AppendLocal(dst []byte, n Node) []byte {
	x := writer{dst: w.AppendNode(dst, n), names: &w.Log.Names, pasts: &w.Log.Histories}
	w.writeNode(&x, n)
	return x.dst
}

// writeNode appends what a node has beside its process and its disk.
func (w *World) writeNode(x *writer, n Node) {
	nd := &w.nodes[n]
	x.dst = append(x.dst, bit(nd.paused)|bit(nd.stalled)<<1)
	x.number(int64(nd.suspected))
	x.number(int64(nd.sync))
	if nd.clock.skewed {
		x.number(int64(nd.clock.rate))
		x.number(int64(nd.clock.at(w.Now) - w.Now))
	}
	for i := range nd.timers {
		t := &nd.timers[i]
		x.dst = append(x.dst, bit(t.runs)|bit(t.idle)<<1)
		if !w.resting {
			x.number(int64(t.set))
		}
	}
	w.writeWithheld(x, nd)
	w.writeInbox(x, nd)
}

func bit(b bool) byte {
	if b {
		return 1
	}
	return 0
}

// writeWithheld appends what waits for the disk of nd.
func (w *World) writeWithheld(x *writer, nd *node) {
	x.number(int64(len(nd.withheld)))
	size := 0
	for i := range nd.withheld {
		h := &nd.withheld[i]
		x.number(nd.disk.place(h.lsn))
		if h.tells {
			x.record(&h.record)
		} else {
			x.message(&h.message, nd.held[size:size+h.size])
		}
		size += h.size
	}
}

// writeInbox appends what came while nd was paused.
func (w *World) writeInbox(x *writer, nd *node) {
	for i := nd.next; i < len(nd.inbox); i++ {
		in := &nd.inbox[i]
		if in.kind == Fired && nd.timers[in.timer].gen != in.gen {
			continue
		}
		x.dst = append(x.dst, 'i', byte(in.kind), in.timer, byte(in.peer))
		switch in.kind {
		case Deliver:
			f := &w.flights[in.flight]
			x.message(&f.Message, f.Message.Body)
		case Durable:
			x.number(nd.disk.place(in.lsn))
		}
	}
}

// writeFlights appends the messages in flight: as a set if the world rests, else in order.
func (w *World) writeFlights(x *writer) {
	from := len(x.dst)
	w.spots = w.spots[:0]
	for i := w.first; i >= 0; i = w.flights[i].next {
		f := &w.flights[i]
		at := len(x.dst)
		x.dst = append(x.dst, 'm', bit(f.held)|bit(f.corrupt)<<1)
		x.message(&f.Message, f.Message.Body)
		if !w.resting {
			x.dst = append(x.dst, bit(f.touched)|bit(f.copied)<<1)
			x.number(int64(f.extra))
			x.number(int64(f.nth))
		}
		w.spots = append(w.spots, spot{at, len(x.dst)})
	}
	if !w.resting || len(w.spots) < 2 {
		return
	}
	all := x.dst
	slices.SortFunc(w.spots, func(a, b spot) int {
		return bytes.Compare(all[a.from:a.to], all[b.from:b.to])
	})
	w.sorted = w.sorted[:0]
	for _, s := range w.spots {
		w.sorted = append(w.sorted, all[s.from:s.to]...)
	}
	copy(x.dst[from:], w.sorted)
}

// writeQueue appends what is due, in order, and when it is.
func (w *World) writeQueue(x *writer) {
	due := make([]item, 0, len(w.queue.items))
	for i := range w.queue.items {
		if it := &w.queue.items[i]; it.kind != itemTimer && !w.stale(it) {
			due = append(due, *it)
		}
	}
	for n := range w.nodes {
		for i := range w.nodes[n].timers {
			if t := &w.nodes[n].timers[i]; t.runs {
				due = append(due, t.queueItem(Node(n), uint8(i)))
			}
		}
	}
	slices.SortFunc(due, func(a, b item) int {
		if a.before(&b) {
			return -1
		}
		return 1
	})
	for i := range due {
		it := &due[i]
		x.dst = append(x.dst, 'q', byte(it.kind), byte(it.node))
		x.number(int64(max(it.at-w.Now, 0)))
		switch it.kind {
		case itemArrival:
			x.number(int64(w.rank(int32(it.a))))
		case itemSync:
			x.number(w.nodes[it.node].disk.place(it.lsn))
		default:
			x.number(int64(it.a))
		}
	}
}

// rank returns how many messages in flight are older than that one.
func (w *World) rank(flight int32) int {
	n := 0
	for i := w.first; i >= 0 && i != flight; i = w.flights[i].next {
		n++
	}
	return n
}

func (x *writer) number(n int64) { x.dst = appendUint64(x.dst, uint64(n)) }

func (x *writer) text(v Value) { x.dst = appendBytes(x.dst, x.names.Bytes(v)) }

// past appends the commands of h, last to first.
func (x *writer) past(h History) {
	x.number(int64(x.pasts.Len(h)))
	for h != 0 {
		var v Value
		v, h = x.pasts.Last(h)
		x.text(v)
	}
}

// message appends all of m but its identity.
func (x *writer) message(m *Message, body []byte) {
	x.dst = append(x.dst, m.Kind, byte(m.From), byte(m.To))
	for _, n := range [4]int64{m.N, m.NA, m.Seq, m.Max} {
		x.number(n)
	}
	x.text(m.V)
	x.text(m.VA)
	x.past(m.H)
	x.dst = appendBytes(x.dst, body)
}

// record appends what r tells.
func (x *writer) record(r *Record) {
	x.dst = append(x.dst, 'r', byte(r.Kind), byte(r.To))
	for _, n := range [3]int64{r.Ballot, r.VBallot, r.Slot} {
		x.number(n)
	}
	for _, v := range [3]Value{r.Value, r.VValue, r.Note} {
		x.text(v)
	}
	x.past(r.State)
}
