package paxos

import "errors"

// An Outbox withholds answers until what they state is durable (B-01 of PITFALLS.md).
//
// Each answer waits for the highest LSN of any record that made what it states, which may be older
// than the question: an answer to a repeated question waits for the first one's write. Answers are
// released in the order in which they were held. What waits is lost in a crash, which is safe: it
// was never said.
type Outbox struct {
	held    []held
	first   int // oldest in held
	n       int // how many are in held
	durable LSN
	entries int // room of each
	bytes   int
}

type held struct {
	lsn     LSN
	m       Message
	entries []Entry
	data    []byte
}

var errOutbox = errors.New("paxos: outbox: room for one message at least, " +
	"and no negative sizes, are needed")

// NewOutbox returns an outbox for so many messages, each with up to so many entries and payload
// bytes. It is the only allocation.
func NewOutbox(messages, entries, bytes int) (*Outbox, error) {
	b := &Outbox{}
	if err := b.Renew(messages, entries, bytes); err != nil {
		return nil, err
	}
	return b, nil
}

// Renew makes b what NewOutbox returns, in the memory that it has. After an error it is as
// it was.
func (b *Outbox) Renew(messages, entries, bytes int) error {
	if messages < 1 || entries < 0 || bytes < 0 {
		return errOutbox
	}
	b.renew(messages, entries, bytes)
	return nil
}

// renew empties the outbox, with room for so much.
func (b *Outbox) renew(messages, entries, bytes int) {
	same := len(b.held) == messages && b.entries == entries && b.bytes == bytes
	*b = Outbox{held: reuse(b.held, messages), entries: entries, bytes: bytes}
	if same || entries == 0 && bytes == 0 {
		return
	}
	all, data := make([]Entry, messages*entries), make([]byte, messages*bytes)
	for i := range b.held {
		b.held[i].entries = all[i*entries : (i+1)*entries : (i+1)*entries]
		b.held[i].data = data[i*bytes : (i+1)*bytes : (i+1)*bytes]
	}
}

// Hold keeps a copy of m, entries and payload included, until lsn is durable; with lsn durable
// already, Next gives it at once. It reports false, and keeps nothing, if there is no room: the
// question will be repeated.
func (b *Outbox) Hold(m *Message, lsn LSN) bool {
	if b.n == len(b.held) || len(m.Entries) > b.entries {
		return false
	}
	bytes := 0
	for i := range m.Entries {
		bytes += len(m.Entries[i].Data)
	}
	if bytes > b.bytes {
		return false
	}
	h := &b.held[(b.first+b.n)%len(b.held)]
	h.lsn, h.m = lsn, *m
	if len(m.Entries) > 0 {
		h.m.Entries = h.entries[:copy(h.entries, m.Entries)]
	}
	at := 0
	for i := range h.m.Entries {
		e := &h.m.Entries[i]
		end := at + copy(h.data[at:], e.Data)
		e.Data = h.data[at:end:end]
		at = end
	}
	b.n++
	return true
}

// Persisted tells that every record up to lsn is durable. A lower lsn than before changes nothing.
func (b *Outbox) Persisted(lsn LSN) { b.durable = max(b.durable, lsn) }

// Next makes out the oldest message that was held, if it may go now; its entries are borrowed until
// the next Hold. It reports whether there was one.
func (b *Outbox) Next(out *Message) bool {
	if b.n == 0 || b.held[b.first].lsn > b.durable {
		return false
	}
	*out = b.held[b.first].m
	b.first = (b.first + 1) % len(b.held)
	b.n--
	return true
}

// At returns the i-th of the messages that are held, the oldest being 0: borrowed until the next
// Hold, and not to be changed.
func (b *Outbox) At(i int) *Message { return &b.held[(b.first+i)%len(b.held)].m }

// Len returns how many messages are held.
func (b *Outbox) Len() int { return b.n }
