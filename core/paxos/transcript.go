package paxos

import "errors"

// A Transcript is the recording of everything that went into one replica, from Open on. Played
// back, natively or in wasm, the same bytes come out: a Player hashes them.
//
// Each method appends one event and is to be called beside the replica's method of that name,
// before it. What was appended may be moved elsewhere at any time, and the Transcript emptied. An
// event is its kind in one byte, the length of what follows in four, and that:
//
//	1 open       node 1 · life 2 · disk 16 · seed 8 · election 8 · beat 8 · delay 8 · lease 8 ·
//	             drift 8 · contacts 2 · genesis
//	2 replay     record
//	3 start      time 8
//	4 tick       time 8
//	5 step       time 8 · message
//	6 persisted  LSN 8
//	7 propose    one entry, behind its number in four bytes
//	8 applied    slot 8
//	9 supplied   to 1 · life 2 · span 16 · snapshot 1 · entries behind their number in four bytes
//	10 drain
//	11 campaign
//	12 read       time 8
//	13 transfer   node 1
//	14 reconfigure era 4 · members
//	15 snapshotted slot 8
//	16 installed  record
type Transcript []byte

const (
	eventOpen byte = 1 + iota
	eventReplay
	eventStart
	eventTick
	eventStep
	eventPersisted
	eventPropose
	eventApplied
	eventSupplied
	eventDrain
	eventCampaign
	eventRead
	eventTransfer
	eventReconfigure
	eventSnapshotted
	eventInstalled
)

const eventHeaderBytes = 5

// begin appends an event's header and returns where its body starts.
func (t *Transcript) begin(kind byte) int {
	*t = append(*t, kind, 0, 0, 0, 0)
	return len(*t)
}

// end fills in the length of the body that starts at.
func (t *Transcript) end(at int) { order.PutUint32((*t)[at-4:], uint32(len(*t)-at)) }

func (t *Transcript) number(kind byte, n uint64) {
	at := t.begin(kind)
	*t = order.AppendUint64(*t, n)
	t.end(at)
}

// Open records what the replica is opened with. It comes first.
func (t *Transcript) Open(c *Config) {
	at := t.begin(eventOpen)
	*t = append(*t, byte(c.Node))
	*t = order.AppendUint16(*t, uint16(c.Life))
	*t = append(*t, c.Disk[:]...)
	*t = appendWords(*t, c.Seed, uint64(c.Election), uint64(c.Beat), uint64(c.Delay),
		uint64(c.Lease), uint64(c.Drift))
	*t = order.AppendUint16(*t, uint16(c.Contacts))
	*t = c.Genesis.AppendTo(*t)
	t.end(at)
}

// Replay records a record taken back.
func (t *Transcript) Replay(rec *Record) {
	at := t.begin(eventReplay)
	*t = AppendRecord(*t, rec)
	t.end(at)
}

// Start records the start.
func (t *Transcript) Start(now Time) { t.number(eventStart, uint64(now)) }

// Tick records a tick.
func (t *Transcript) Tick(now Time) { t.number(eventTick, uint64(now)) }

// Step records a message that came in.
func (t *Transcript) Step(now Time, m *Message) {
	at := t.begin(eventStep)
	*t = AppendMessage(order.AppendUint64(*t, uint64(now)), m)
	t.end(at)
}

// Persisted records what became durable.
func (t *Transcript) Persisted(to LSN) { t.number(eventPersisted, uint64(to)) }

// Propose records a command that was offered, taken or not.
func (t *Transcript) Propose(e *Entry) {
	at := t.begin(eventPropose)
	*t = appendEntries(*t, []Entry{*e})
	t.end(at)
}

// Applied records what was executed.
func (t *Transcript) Applied(to Slot) { t.number(eventApplied, uint64(to)) }

// Supplied records entries that came from the driver's log.
func (t *Transcript) Supplied(s *Supply, entries []Entry) {
	at := t.begin(eventSupplied)
	*t = appendEntries(s.appendTo(*t), entries)
	t.end(at)
}

// Drain records that the output was taken.
func (t *Transcript) Drain() { t.end(t.begin(eventDrain)) }

// Campaign records that the node was told to stand.
func (t *Transcript) Campaign() { t.end(t.begin(eventCampaign)) }

// Read records that a read was asked for.
func (t *Transcript) Read(now Time) { t.number(eventRead, uint64(now)) }

// Snapshotted records that a snapshot is durable.
func (t *Transcript) Snapshotted(to Slot) { t.number(eventSnapshotted, uint64(to)) }

// Transfer records that the node was told to leave the lead to another.
func (t *Transcript) Transfer(to NodeID) {
	at := t.begin(eventTransfer)
	*t = append(*t, byte(to))
	t.end(at)
}

// Reconfigure records a configuration that was offered, taken or not.
func (t *Transcript) Reconfigure(base Era, m *Members) {
	at := t.begin(eventReconfigure)
	*t = m.AppendTo(order.AppendUint32(*t, uint32(base)))
	t.end(at)
}

// Installed records that a snapshot was installed.
func (t *Transcript) Installed(rec *Record) {
	at := t.begin(eventInstalled)
	*t = AppendRecord(*t, rec)
	t.end(at)
}

var (
	errEventKind = errors.New("paxos: transcript: not the number of an event")
	errEventBody = errors.New("paxos: transcript: an event's length contradicts its content")
	errNotOpen   = errors.New("paxos: transcript: the first event, and no other, must be open")
	errTooMuch   = errors.New("paxos: transcript: the replica would take more memory " +
		"than is allowed")
)

// A Player runs a replica by a transcript.
type Player struct {
	maxBytes int
	replica  *Replica
	arena    []Entry
	buf      []byte
	hash     uint64
	events   uint64
	drains   uint64
}

const (
	fnvOffset = 0xcbf29ce484222325
	fnvPrime  = 0x100000001b3
)

// NewPlayer returns a player that refuses to open a replica of more than maxBytes.
func NewPlayer(maxBytes int) *Player { return &Player{maxBytes: maxBytes, hash: fnvOffset} }

// Hash returns the FNV-1a 64 hash of all that came out: every Output of a drain and every message
// of a supplied event, in canonical bytes, one after the other.
func (p *Player) Hash() uint64 { return p.hash }

// Events returns how many events were played, Drains how many of them were drains.
func (p *Player) Events() uint64 { return p.events }

// Drains returns how many drains were played.
func (p *Player) Drains() uint64 { return p.drains }

// Replica returns the replica that is played, nil before open. It may be looked at only.
func (p *Player) Replica() *Replica { return p.replica }

// Play plays the whole events at the front of b and returns the bytes that they took: the rest is
// the beginning of an event that goes on. After an error the player is of no use.
func (p *Player) Play(b []byte) (n int, err error) {
	for len(b)-n >= eventHeaderBytes {
		size := uint64(order.Uint32(b[n+1:]))
		if size > uint64(len(b)-n-eventHeaderBytes) {
			break
		}
		body := b[n+eventHeaderBytes : n+eventHeaderBytes+int(size)]
		if err := p.event(b[n], body); err != nil {
			return n, err
		}
		p.events++
		n += eventHeaderBytes + int(size)
	}
	return n, nil
}

func (p *Player) event(kind byte, b []byte) error {
	if (kind == eventOpen) != (p.replica == nil) {
		return errNotOpen
	}
	switch kind {
	case eventOpen:
		return p.open(b)
	case eventReplay, eventInstalled:
		return p.record(kind, b)
	case eventStep:
		return p.step(b)
	case eventPropose:
		entries, n, err := decodeEntries(b, p.arena[:1])
		if err = whole(n, b, err); err != nil || len(entries) != 1 {
			return errEventBody
		}
		p.replica.Propose(&entries[0])
	case eventSupplied:
		return p.supplied(b)
	case eventTransfer:
		if len(b) != 1 {
			return errEventBody
		}
		p.replica.Transfer(NodeID(b[0]))
	case eventReconfigure:
		return p.reconfigure(b)
	case eventDrain, eventCampaign:
		if len(b) != 0 {
			return errEventBody
		}
		if kind == eventCampaign {
			p.replica.Campaign()
			return nil
		}
		p.drains++
		p.buf = p.replica.Drain().AppendTo(p.buf[:0])
		p.sum()
	default:
		return p.number(kind, b)
	}
	return nil
}

// record plays the events that are one record.
func (p *Player) record(kind byte, b []byte) error {
	var rec Record
	n, err := DecodeRecord(b, &rec, p.arena)
	if err = whole(n, b, err); err != nil {
		return err
	}
	if kind == eventReplay {
		return p.replica.Replay(&rec)
	}
	return p.replica.Installed(&rec)
}

func (p *Player) reconfigure(b []byte) error {
	if len(b) < 4 {
		return errEventBody
	}
	m, err := DecodeMembers(b[4:])
	if err != nil {
		return err
	}
	p.replica.Reconfigure(Era(order.Uint32(b)), &m)
	return nil
}

// number plays the events that are one number.
func (p *Player) number(kind byte, b []byte) error {
	if len(b) != 8 {
		if kind > eventInstalled {
			return errEventKind
		}
		return errEventBody
	}
	n := order.Uint64(b)
	switch kind {
	case eventStart:
		p.replica.Start(Time(n))
	case eventTick:
		p.replica.Tick(Time(n))
	case eventPersisted:
		p.replica.Persisted(LSN(n))
	case eventApplied:
		p.replica.Applied(Slot(n))
	case eventRead:
		p.replica.Read(Time(n))
	case eventSnapshotted:
		p.replica.Snapshotted(Slot(n))
	default:
		return errEventKind
	}
	return nil
}

func (p *Player) open(b []byte) error {
	const fixed = 1 + 2 + 16 + 6*8 + 2
	if len(b) < fixed {
		return errEventBody
	}
	c := Config{
		Node: NodeID(b[0]), Life: Life(order.Uint16(b[1:])), Disk: DiskID(b[3:19]),
		Seed: order.Uint64(b[19:]), Election: Time(order.Uint64(b[27:])),
		Beat: Time(order.Uint64(b[35:])), Delay: Time(order.Uint64(b[43:])),
		Lease: Time(order.Uint64(b[51:])), Drift: Time(order.Uint64(b[59:])),
		Contacts: NodeSet(order.Uint16(b[67:])),
	}
	n, err := DecodeGenesis(b[fixed:], &c.Genesis)
	if err = whole(n, b[fixed:], err); err != nil {
		return err
	}
	if c.Bytes() > p.maxBytes {
		return errTooMuch
	}
	if p.replica, err = Open(&c); err != nil {
		return err
	}
	p.arena = make([]Entry, c.Genesis.Limits.BatchEntries)
	return nil
}

func (p *Player) step(b []byte) error {
	if len(b) < 8 {
		return errEventBody
	}
	var m Message
	n, err := DecodeMessage(b[8:], &m, p.arena)
	if err = whole(n, b[8:], err); err != nil {
		return err
	}
	p.replica.Step(Time(order.Uint64(b)), &m)
	return nil
}

func (p *Player) supplied(b []byte) error {
	const fixed = 1 + 2 + 16 + 1
	if len(b) < fixed {
		return errEventBody
	}
	s := Supply{
		To: NodeID(b[0]), Life: Life(order.Uint16(b[1:])),
		Span:     Span{Slot(order.Uint64(b[3:])), Slot(order.Uint64(b[11:]))},
		Snapshot: b[19] != 0,
	}
	entries, n, err := decodeEntries(b[fixed:], p.arena)
	if err = whole(n, b[fixed:], err); err != nil {
		return err
	}
	var m Message
	if p.replica.Supplied(&s, entries, &m) {
		p.buf = AppendMessage(p.buf[:0], &m)
		p.sum()
	}
	return nil
}

// sum takes buf into the hash.
func (p *Player) sum() {
	h := p.hash
	for _, c := range p.buf {
		h = (h ^ uint64(c)) * fnvPrime
	}
	p.hash = h
}

// whole makes an error of bytes that are left over.
func whole(n int, b []byte, err error) error {
	if err == nil && n != len(b) {
		return errEventBody
	}
	return err
}
