package paxos

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"
)

// lane is a cluster in one goroutine: messages are handed over by slice, every write is durable at
// once, time does not pass unless told to.
type lane struct {
	nodes    []*Replica
	out      *Output
	inbox    [][]Message
	executed []Slot
	messages int
	now      Time
	seq      uint64
	data     []byte
	each     bool // drain after each command, so that each is a message of its own
	stepped  []bool

	record           Record
	reads, confirmed int
}

func newLane(t testing.TB, n int, limits Limits) *lane {
	l := &lane{executed: make([]Slot, n), data: make([]byte, 16)}
	for i := range n {
		c := configOf(n, NodeID(i), limits, 1)
		r, err := Open(&c)
		require.NoError(t, err)
		r.Start(0)
		l.nodes = append(l.nodes, r)
		l.inbox = append(l.inbox, make([]Message, 0, 1024))
		l.stepped = append(l.stepped, true)
	}
	l.settle()
	l.now = 500 * millisecond
	l.nodes[0].Campaign()
	l.stepped[0] = true
	l.settle()
	require.Equal(t, Leader, l.nodes[0].Role())
	return l
}

// drain does what a driver does, with a disk that is done at once, and reports whether there was
// anything to do.
func (l *lane) drain(i int) bool {
	r := l.nodes[i]
	l.out = r.Drain()
	o := l.out
	for k := range o.Send {
		to := o.Send[k].To
		l.inbox[to] = append(l.inbox[to], o.Send[k])
	}
	l.messages += len(o.Send)
	if n := len(o.Chosen); n > 0 {
		l.executed[i] += Slot(n)
		r.Applied(l.executed[i])
	}
	for _, c := range o.Reads {
		if c.Refusal == Taken {
			l.confirmed++
		}
	}
	if n := len(o.Write); n > 0 {
		r.Persisted(o.Write[n-1].LSN)
		return true
	}
	return o.More
}

// settle runs until nothing moves. What a message lends is used up before its sender drains again.
func (l *lane) settle() {
	for busy := true; busy; {
		busy = false
		l.step()
		for i := range l.nodes {
			for l.stepped[i] {
				l.stepped[i] = l.drain(i)
				busy = true
			}
		}
	}
}

// commit proposes n commands, together or one message each, and runs until every node has executed
// all of them.
func (l *lane) commit(n int) {
	for range n {
		l.seq++
		e := Entry{Kind: Value, Client: 1, Seq: l.seq, Data: l.data}
		if _, ref := l.nodes[0].Propose(&e); ref != Taken {
			panic(ref.String())
		}
		l.stepped[0] = true
		if l.each {
			l.drain(0)
			l.step()
		}
	}
	l.settle()
}

// step hands over what is in flight, before the one who lent it drains again.
func (l *lane) step() {
	for i, r := range l.nodes {
		for k := range l.inbox[i] {
			r.Step(l.now, &l.inbox[i][k])
			l.stepped[i] = true
		}
		l.inbox[i] = l.inbox[i][:0]
	}
}

func laneLimits(batch int) Limits {
	return Limits{Window: 256, EntryBytes: 1024, WindowBytes: 64 << 10, BatchEntries: batch,
		BatchBytes: 32 << 10}
}

func BenchmarkReplica(b *testing.B) {
	for _, n := range []int{3, 5} {
		for _, shape := range []struct {
			name        string
			outstanding int
			each        bool
		}{{"serial", 1, false}, {"outstanding64", 64, true}, {"batch64", 64, false}} {
			b.Run(fmt.Sprintf("%s/n%d", shape.name, n), func(b *testing.B) {
				l := newLane(b, n, laneLimits(64))
				l.each = shape.each
				l.commit(shape.outstanding)
				l.messages = 0
				b.ReportAllocs()
				b.ResetTimer()
				done := 0
				for ; done < b.N; done += shape.outstanding {
					l.commit(shape.outstanding)
				}
				b.ReportMetric(float64(l.messages)/float64(done), "messages/decision")
				require.Equal(b, l.executed[0], l.executed[n-1])
			})
		}
	}
}
