package paxos

// A Kind tells messages, records and entries apart. One numbering serves all three, so that a
// byte in a dump has one meaning.
type Kind uint8

// The kinds of messages.
const (
	Beat     Kind = 1 + iota // a node is here: whom it follows and hears, and its chosen prefix
	Prepare                  // 1a: asks for a promise at Ballot, for the slots of Span
	Promise                  // 1b: one part of a promise
	Accept                   // 2a: asks to accept Entries at Ballot in the slots of Span
	Accepted                 // 2b: this acceptor has all of Span at exactly Ballot
	Nack                     // refuses what Ballot asked: VBallot is promised
	Chosen                   // with Entries: they are chosen; without: see Message.Chosen
	Fetch                    // asks for the chosen entries of Span
	Read                     // asks who still follows Ballot, in round Round
	ReadOK                   // answers Read
)

// The kinds of records besides Accepted and Chosen, which are also messages.
const (
	Format   Kind = 32 + iota // who this disk is, and the cluster that it belongs to
	Promised                  // Ballot is promised
	Snapshot                  // every slot below Span.Hi is in a snapshot
)

// The kinds of entries.
const (
	Noop      Kind = 64 + iota // fills a slot that nothing was reported for
	Value                      // a command of the state machine
	Configure                  // the next configuration
)

var kindNames = [...]string{
	Beat: "beat", Prepare: "prepare", Promise: "promise", Accept: "accept", Accepted: "accepted",
	Nack: "nack", Chosen: "chosen", Fetch: "fetch", Read: "read", ReadOK: "readok",
	Format: "format", Promised: "promised", Snapshot: "snapshot",
	Noop: "noop", Value: "value", Configure: "configure",
}

// String returns the kind's name in lower case, or "?" for a number that is no kind.
func (k Kind) String() string {
	if int(k) < len(kindNames) && kindNames[k] != "" {
		return kindNames[k]
	}
	return "?"
}

// answers reports whether a node sends this kind only to one who asked.
func (k Kind) answers() bool {
	const all uint32 = 1<<Promise | 1<<Accepted | 1<<Nack | 1<<ReadOK
	return 1<<(k%32)&all != 0
}

func (k Kind) ofMessage() bool { return k >= Beat && k <= ReadOK }
func (k Kind) ofEntry() bool   { return k >= Noop && k <= Configure }
func (k Kind) ofRecord() bool {
	return k == Accepted || k == Chosen || (k >= Format && k <= Snapshot)
}

// An Entry is what is agreed on for one slot.
//
// (Client, Seq) is its identity, by which the one who proposed it recognises it in a slot; Client
// is 0 for entries that nobody proposed, and Noop has no identity and no data.
type Entry struct {
	Kind   Kind
	Client uint64
	Seq    uint64
	Data   []byte // owned by whoever made the entry; see each function for how long it is borrowed
}

// A Message is one flat value for every kind; Entries is its only pointer. A field that a kind does
// not use is zero.
//
//	Kind      Ballot    VBallot    Span                  Entries        Round
//	Beat      leader's                                                  what the sender sees
//	Prepare   asked                slots asked for
//	Promise   asked     of Entries slots covered         a leading run  first slot it can supply
//	Accept    leader's             slots of Entries      all of Span
//	Accepted  of Span              run held at Ballot    values, or none
//	Nack      refused   promised
//	Chosen    leader's             slots of Entries      all, or none
//	Fetch                          slots wanted
//	Read      leader's                                                  number of the round
//	ReadOK    asked     promised                                        number of the round
//
// A Promise is a set of parts whose spans together cover what was asked (B-24 of PITFALLS.md). In
// one part the first len(Entries) slots of Span hold Entries, accepted at VBallot; the rest of Span
// is empty at this acceptor. VBallot is Certain if the entries are known to be chosen.
//
// From, To, Life: the sender, the addressee, and the sender's life. Echo: in an answer, the life of
// the one who asked. Era: the configuration of the slots in Span, as far as the sender knows.
// Chosen: the sender's chosen prefix; every slot up to it is chosen. With the Ballot of a leader it
// certifies, to a node that accepted a slot up to it at exactly that ballot, that what it accepted
// is chosen, and nothing else (B-28).
type Message struct {
	Kind     Kind
	From, To NodeID
	Life     Life
	Echo     Life
	Era      Era
	Ballot   Ballot
	VBallot  Ballot
	Span     Span
	Chosen   Slot
	Round    uint64
	Entries  []Entry
}

// answer starts the answer to m: addressed back, echoing the asker's life, at the same ballot.
func (m *Message) answer(k Kind, life Life, out *Message) {
	*out = Message{
		Kind: k, From: m.To, To: m.From, Life: life, Echo: m.Life, Era: m.Era, Ballot: m.Ballot,
	}
}
