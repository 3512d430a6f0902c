package node

import (
	"hash/fnv"
	"strconv"
	"time"

	"github.com/synodlab/synod/core/kv"
	"github.com/synodlab/synod/core/paxos"
	"github.com/synodlab/synod/core/trace"
	"github.com/synodlab/synod/native/wire"
)

const (
	sendEvent    = trace.Send
	deliverEvent = trace.Deliver

	// eventsPerRefill events may be shown in each refillPeriod: what a browser can follow, and what
	// costs the loop next to nothing. What is left out is counted, and the count is shown.
	eventsPerRefill = 50
	refillPeriod    = 100 * time.Millisecond
	maxHeld         = 256 // events that wait for their record
	shownValueBytes = 64
)

// events shows what the node does, as lines of the one format of package trace. Values are shown as
// a digest and their length. It has no effect on anything: without a feed it does nothing, and
// beyond its budget it only counts.
type events struct {
	feed   *wire.Feed
	values bool
	self   string

	next   uint64 // number of the next event
	left   uint64 // events left out since the last one that was shown
	budget int
	filled time.Time
	line   []byte
	held   []heldEvent
	leads  bool
}

// heldEvent is a promise or an accept whose record is not durable yet: it has not happened.
type heldEvent struct {
	lsn    paxos.LSN
	kind   trace.Kind
	ballot paxos.Ballot
	slot   paxos.Slot
	value  string
}

func newEvents(c *Config) *events {
	return &events{feed: c.Feed, values: c.TraceValues,
		self: strconv.Itoa(int(c.Node)), budget: eventsPerRefill}
}

// may reports whether one more event may be shown now.
func (v *events) may() bool {
	if v.feed == nil {
		return false
	}
	if v.budget == 0 && time.Since(v.filled) >= refillPeriod {
		v.budget, v.filled = eventsPerRefill, time.Now()
		if v.left > 0 {
			v.begin(trace.Note)
			v.text(`,"note":`, strconv.FormatUint(v.left, 10)+" events are not shown")
			v.end()
			v.left = 0
		}
	}
	if v.budget == 0 {
		v.left++
		return false
	}
	v.budget--
	return true
}

// begin starts a line; the order of the fields that follow is that of trace.Log.AppendJSON.
func (v *events) begin(kind trace.Kind) {
	b := append(v.line[:0], `{"event":`...)
	b = strconv.AppendUint(b, v.next, 10)
	b = append(b, `,"at":`...)
	b = strconv.AppendInt(b, time.Now().UnixMicro(), 10)
	b = trace.AppendString(append(b, `,"node":`...), v.self)
	b = append(append(b, `,"kind":"`...), kind.String()...)
	v.line = append(b, '"')
	v.next++
}

func (v *events) text(key, text string) {
	if text != "" {
		v.line = trace.AppendString(append(v.line, key...), text)
	}
}

func (v *events) number(key string, n uint64) {
	if n != 0 {
		v.line = strconv.AppendUint(append(v.line, key...), n, 10)
	}
}

// ballot writes a ballot as a status line does: its number has more digits than a reader of JSON
// need keep.
func (v *events) ballot(key string, b paxos.Ballot) {
	if b != 0 {
		v.text(key, ballotText(b))
	}
}

func (v *events) end() {
	_ = v.feed.Publish(append(v.line, '}')) // a line is never empty, and far below the bound
}

// message shows that a message leaves or arrives; of its entries the first stands for all.
func (v *events) message(kind trace.Kind, number uint32, m *paxos.Message) {
	if !v.may() {
		return
	}
	value := ""
	if len(m.Entries) > 0 {
		value = v.value(&m.Entries[0])
	}
	v.begin(kind)
	v.number(`,"id":`, uint64(number))
	v.text(`,"from":`, strconv.Itoa(int(m.From)))
	v.text(`,"to":`, strconv.Itoa(int(m.To)))
	v.text(`,"message":`, m.Kind.String())
	v.ballot(`,"ballot":`, m.Ballot)
	v.ballot(`,"vballot":`, m.VBallot)
	v.number(`,"slot":`, uint64(m.Span.Lo))
	v.text(`,"value":`, value)
	if n := len(m.Entries); n > 1 {
		v.text(`,"note":`, strconv.Itoa(n)+" slots")
	}
	v.end()
}

// write holds the events that a record brings about, until it is durable (B-01).
func (v *events) write(rec *paxos.Record) {
	if v.feed == nil || len(v.held)+len(rec.Entries) >= maxHeld {
		return
	}
	switch rec.Kind {
	case paxos.Promised:
		v.held = append(v.held, heldEvent{rec.LSN, trace.Promise, rec.Ballot, 0, ""})
	case paxos.Accepted:
		for i := range rec.Entries {
			v.held = append(v.held, heldEvent{rec.LSN, trace.Accept, rec.Ballot,
				rec.Span.Lo + paxos.Slot(i), v.value(&rec.Entries[i])})
		}
	}
}

// durable shows what waited for records up to to.
func (v *events) durable(to paxos.LSN) {
	n := 0
	for ; n < len(v.held) && v.held[n].lsn <= to; n++ {
		if h := &v.held[n]; v.may() {
			v.show(h.kind, h.ballot, h.slot, h.value)
		}
	}
	v.held = append(v.held[:0], v.held[n:]...)
}

// chosen shows that a slot is known to be chosen, and executed.
func (v *events) chosen(s paxos.Slot, e *paxos.Entry) {
	if !v.may() {
		return
	}
	value := v.value(e)
	v.show(trace.Chosen, 0, s, value)
	if v.may() {
		v.show(trace.Execute, 0, s, value)
	}
}

// role shows when the node begins and ceases to lead.
func (v *events) role(r *paxos.Replica) {
	if leads := r.Role() == paxos.Leader; leads != v.leads {
		v.leads = leads
		if !v.may() {
			return
		}
		kind := trace.StepDown
		if leads {
			kind = trace.Lead
		}
		v.show(kind, r.Ballot(), 0, "")
	}
}

func (v *events) show(kind trace.Kind, b paxos.Ballot, s paxos.Slot, value string) {
	v.begin(kind)
	v.ballot(`,"ballot":`, b)
	v.number(`,"slot":`, uint64(s))
	v.text(`,"value":`, value)
	v.end()
}

// value is what is shown of an entry: the digest and length of its data, or what it does.
func (v *events) value(e *paxos.Entry) string {
	if e.Kind != paxos.Value {
		return e.Kind.String()
	}
	if v.values {
		return describe(e.Data)
	}
	h := fnv.New64a()
	_, _ = h.Write(e.Data) // a hash takes everything
	digest := strconv.FormatUint(h.Sum64(), 16)
	return digest + "/" + strconv.Itoa(len(e.Data))
}

// describe puts a command of the store into a few words.
func describe(command []byte) string {
	var r kv.Request
	if kv.DecodeRequest(command, &r) != nil {
		return "malformed"
	}
	switch r.Op {
	case kv.OpPut:
		return "put " + cut(r.Put.Key) + "=" + cut(r.Put.Value)
	case kv.OpRange:
		return "get " + cut(r.Range.Key)
	case kv.OpDelete:
		return "delete " + cut(r.Delete.Key)
	case kv.OpTxn:
		return "txn of " + strconv.Itoa(len(r.Txn.Compare)) + " compares"
	case kv.OpCompact:
		return "compact " + strconv.FormatInt(r.Revision, 10)
	}
	return "hash"
}

func cut(b []byte) string { return string(b[:min(len(b), shownValueBytes)]) }
