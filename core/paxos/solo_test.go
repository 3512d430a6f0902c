package paxos

import (
	"testing"

	"github.com/stretchr/testify/require"
)

// solo is one replica whose peers are the test.
type solo struct {
	t   *testing.T
	n   int
	r   *Replica
	out *Output
	now Time
	seq uint64
}

func newSolo(t *testing.T, n int, id NodeID) *solo {
	return soloOf(t, n, configOf(n, id, smallLimits(), 1))
}

// soloOf returns a replica of n founders, started with an empty log.
func soloOf(t *testing.T, n int, c Config) *solo {
	r, err := Open(&c)
	require.NoError(t, err)
	r.Start(0)
	s := &solo{t: t, n: n, r: r}
	s.persist()
	return s
}

func (s *solo) drain() *Output {
	s.out = s.r.Drain()
	return s.out
}

// persist makes all durable that was written, and drains what that lets go.
func (s *solo) persist() *Output {
	s.drain()
	s.r.Persisted(s.r.Written())
	return s.drain()
}

func (s *solo) step(m Message) { s.r.Step(s.now, &m) }

// kinds returns how many messages of kind k the last output sends.
func (s *solo) kinds(k Kind) (n int) {
	for i := range s.out.Send {
		if s.out.Send[i].Kind == k {
			n++
		}
	}
	return n
}

// elect makes the replica the leader of three with the promise of node `with`.
func (s *solo) elect(with NodeID, parts ...Message) {
	s.stand()
	require.Positive(s.t, s.kinds(Prepare))
	if parts == nil {
		parts = []Message{{Span: Span{s.r.Prefix() + 1, Forever}}}
	}
	for _, m := range parts {
		s.promise(with, m)
	}
	require.Equal(s.t, Leader, s.r.Role())
}

// promise has node `from` answer the prepare with one part.
func (s *solo) promise(from NodeID, m Message) {
	m.Kind, m.From, m.To, m.Echo = Promise, from, s.r.Node(), 1
	m.Life, m.Ballot, m.Era = max(m.Life, 1), s.r.proposer.ballot, 1
	s.step(m)
}

// nothing is the whole promise of one who accepted nothing above the prefix.
func (s *solo) nothing() Message { return Message{Span: Span{s.r.Prefix() + 1, Forever}} }

// stand lets the replica see that nobody leads and that it reaches the others, until it stands.
func (s *solo) stand() {
	s.now += 300 * millisecond
	s.present(0)
	s.r.Tick(s.now)
	s.persist()
}

// present has the beats of the other founders arrive: they hear everyone, and say so much more.
func (s *solo) present(says presence) {
	for n := range NodeID(s.n) {
		if n != s.r.Node() {
			s.step(s.beat(n, says))
		}
	}
}

// beat is a beat of a node that hears everyone.
func (s *solo) beat(from NodeID, says presence) Message {
	return Message{Kind: Beat, From: from, To: s.r.Node(), Life: 1, Era: 1,
		Round: uint64(says | presence(1<<MaxNodes-1)<<hearsShift)}
}

func (s *solo) accept(from NodeID, b Ballot, lo Slot, chosen Slot, vs ...string) Message {
	m := Message{Kind: Accept, From: from, To: s.r.Node(), Life: 1, Era: 1, Ballot: b,
		Chosen: chosen,
		Span:   Span{lo, lo + Slot(len(vs))}}
	for i, v := range vs {
		m.Entries = append(m.Entries, value(9, uint64(lo)+uint64(i), v))
	}
	return m
}

func (s *solo) accepted(from NodeID, lo, hi Slot) Message {
	return Message{Kind: Accepted, From: from, To: s.r.Node(), Life: 1, Echo: 1, Era: 1,
		Ballot: s.r.Ballot(), Span: Span{lo, hi}}
}

// chosen brings chosen entries, of the slots that follow the prefix.
func (s *solo) chosen(from NodeID, entries ...Entry) {
	lo := s.r.Prefix() + 1
	hi := lo + Slot(len(entries))
	s.step(Message{Kind: Chosen, From: from, To: s.r.Node(), Life: 1, Echo: s.r.Life(), Era: 1,
		Span: Span{lo, hi}, Chosen: hi - 1, Entries: entries})
	require.Equal(s.t, hi-1, s.r.Prefix())
}

// offer has the leader propose so many commands, and makes its own votes durable.
func (s *solo) offer(n int) {
	for range n {
		s.seq++
		e := value(1, s.seq, "x")
		_, ref := s.r.Propose(&e)
		require.Equal(s.t, Taken, ref)
	}
	s.persist()
}

// execute tells that what was handed out is applied.
func (s *solo) execute() { s.r.Applied(s.r.delivered) }

// sent returns the messages of kind k that the last output sends to node `to`.
func (s *solo) sent(k Kind, to NodeID) (all []Message) {
	for _, m := range s.out.Send {
		if m.Kind == k && m.To == to {
			all = append(all, m)
		}
	}
	return all
}

// members is a majority configuration of nodes with the disks that they have from the start.
func members(t *testing.T, nodes ...NodeID) Members {
	var all []Member
	for _, n := range nodes {
		all = append(all, Member{n, 1, DiskID{byte(n + 1)}})
	}
	m, err := Majority(all...)
	require.NoError(t, err)
	return m
}

// configuration is the command that makes m follow base.
func configuration(base Era, m Members) Entry {
	return Entry{Kind: Configure, Client: 1, Seq: uint64(base),
		Data: m.AppendTo(order.AppendUint32(nil, uint32(base)))}
}

func roomyLimits() Limits {
	return Limits{Window: 8, EntryBytes: 160, WindowBytes: 1024, BatchEntries: 4, BatchBytes: 320}
}
