package sim

import "github.com/synodlab/synod/core/trace"

// Out gathers what a process does in one event, in order. The world carries it out in that order:
// a scenario may crash the node between two effects. Send and what is told to the trace wait for
// every write that the node has begun before them: what is not durable may not be said (B-01).
type Out struct {
	effects []effect
	sent    []Message // of the effects that send
	told    []Record  // of those that tell
	bytes   []byte
	written LSN // the last position given out
	names   *trace.Names
	free    bool
	kept    bool
}

type effectKind uint8

const (
	effectSend effectKind = iota
	effectSet
	effectStop
	effectWrite
	effectTrim
	effectEmit
)

type effect struct {
	kind  effectKind
	now   bool // does not wait for writes; of a timer: keeps no run from being quiet
	timer uint8
	field uint8
	wait  Range
	lsn   LSN
	at    int // of its message in sent, of its record in told
	from  int // bytes[from:to] is a message's body or a record
	to    int
}

// reset empties o for the next event of a node that has written up to last.
func (o *Out) reset(last LSN) {
	o.effects, o.sent, o.told, o.bytes = o.effects[:0], o.sent[:0], o.told[:0], o.bytes[:0]
	o.written, o.free = last, false
}

// Send sends m to node to once all that this node has written before is durable. A message to
// oneself arrives after the effects of this event, and cannot be lost.
func (o *Out) Send(to Node, m Message) {
	from := len(o.bytes)
	o.bytes = append(o.bytes, m.Body...)
	m.To, m.Body = to, nil
	o.effects = append(o.effects, effect{kind: effectSend, now: o.free, at: len(o.sent),
		from: from, to: len(o.bytes)})
	o.sent = append(o.sent, m)
}

// Free says that this process withholds by itself: what follows in this event waits for no write.
func (o *Out) Free() { o.free = true }

// Kept reports whether messages stay after they arrive (World.Keep). A process that withholds by
// itself then withholds nothing that equals what waits already.
func (o *Out) Kept() bool { return o.kept }

// Broadcast sends m to each of nodes, in order.
func (o *Out) Broadcast(nodes []Node, m Message) {
	for _, to := range nodes {
		o.Send(to, m)
	}
}

// Set sets timer to fire after a wait drawn from r. Setting a timer that runs replaces it.
func (o *Out) Set(timer uint8, r Range) {
	o.effects = append(o.effects, effect{kind: effectSet, timer: timer, wait: r})
}

// SetIdle is Set for a timer that beats keep resetting: it keeps no run from being quiet.
func (o *Out) SetIdle(timer uint8, r Range) {
	o.effects = append(o.effects, effect{kind: effectSet, timer: timer, wait: r, now: true})
}

// Stop stops timer, if it runs.
func (o *Out) Stop(timer uint8) {
	o.effects = append(o.effects, effect{kind: effectStop, timer: timer})
}

// Write begins to write record to durable field and returns its position. A field of the Schema
// holds its last record only; field Stream appends to a stream that keeps all. Durable input
// tells when it is on disk; if the disk needs no time, that is right after this event.
func (o *Out) Write(field uint8, record []byte) LSN {
	o.written++
	e := effect{kind: effectWrite, field: field, lsn: o.written, from: len(o.bytes)}
	o.bytes = append(o.bytes, record...)
	e.to = len(o.bytes)
	o.effects = append(o.effects, e)
	return o.written
}

// Stream is the field whose records are all kept, until Trim.
const Stream = 255

// Trim forgets the records of the stream below lsn, once all that is written now is durable.
func (o *Out) Trim(below LSN) {
	o.effects = append(o.effects, effect{kind: effectTrim, lsn: below})
}
