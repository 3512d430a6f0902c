package paxos

import (
	"encoding/binary"
	"errors"
)

// The sizes of what precedes the entries, and of what precedes an entry's data.
const (
	MessageHeaderBytes = 63
	RecordHeaderBytes  = 45
	EntryHeaderBytes   = 21
)

var (
	errShort     = errors.New("paxos: decode: the bytes end before what they announce")
	errKind      = errors.New("paxos: decode: not the number of a kind that may stand here")
	errNode      = errors.New("paxos: decode: sender or addressee is not below MaxNodes (16)")
	errSpan      = errors.New("paxos: decode: span ends before it begins")
	errCount     = errors.New("paxos: decode: more entries than the caller has room for")
	errNoop      = errors.New("paxos: decode: a noop has neither identity nor data")
	errMoreSlots = errors.New("paxos: decode: more entries than the span has slots")
)

var order = binary.LittleEndian

// AppendMessage appends the canonical encoding of m.
func AppendMessage(dst []byte, m *Message) []byte {
	dst = append(dst, byte(m.Kind), byte(m.From), byte(m.To))
	dst = order.AppendUint16(dst, uint16(m.Life))
	dst = order.AppendUint16(dst, uint16(m.Echo))
	dst = order.AppendUint32(dst, uint32(m.Era))
	dst = order.AppendUint64(dst, uint64(m.Ballot))
	dst = order.AppendUint64(dst, uint64(m.VBallot))
	dst = order.AppendUint64(dst, uint64(m.Span.Lo))
	dst = order.AppendUint64(dst, uint64(m.Span.Hi))
	dst = order.AppendUint64(dst, uint64(m.Chosen))
	dst = order.AppendUint64(dst, m.Round)
	return appendEntries(dst, m.Entries)
}

// DecodeMessage reads one message from the front of b into m and returns the bytes that it took.
// Entries are put into arena, whose length bounds them; their Data points into b. Only what
// AppendMessage writes is accepted: encoding m again gives the same bytes. It allocates nothing.
func DecodeMessage(b []byte, m *Message, arena []Entry) (n int, err error) {
	if len(b) < MessageHeaderBytes {
		return 0, errShort
	}
	*m = Message{
		Kind: Kind(b[0]), From: NodeID(b[1]), To: NodeID(b[2]),
		Life: Life(order.Uint16(b[3:])), Echo: Life(order.Uint16(b[5:])),
		Era:    Era(order.Uint32(b[7:])),
		Ballot: Ballot(order.Uint64(b[11:])), VBallot: Ballot(order.Uint64(b[19:])),
		Span:   Span{Slot(order.Uint64(b[27:])), Slot(order.Uint64(b[35:]))},
		Chosen: Slot(order.Uint64(b[43:])), Round: order.Uint64(b[51:]),
	}
	switch {
	case !m.Kind.ofMessage():
		return 0, errKind
	case m.From >= MaxNodes || m.To >= MaxNodes:
		return 0, errNode
	case m.Span.Hi < m.Span.Lo:
		return 0, errSpan
	}
	m.Entries, n, err = decodeEntries(b[MessageHeaderBytes-4:], arena)
	if err == nil && uint64(len(m.Entries)) > m.Span.Len() {
		err = errMoreSlots
	}
	if err != nil {
		return 0, err
	}
	return MessageHeaderBytes - 4 + n, nil
}

// AppendRecord appends the canonical encoding of rec.
func AppendRecord(dst []byte, rec *Record) []byte {
	dst = append(dst, byte(rec.Kind))
	dst = order.AppendUint64(dst, uint64(rec.LSN))
	dst = order.AppendUint64(dst, uint64(rec.Ballot))
	dst = order.AppendUint64(dst, uint64(rec.Span.Lo))
	dst = order.AppendUint64(dst, uint64(rec.Span.Hi))
	dst = order.AppendUint64(dst, uint64(rec.Chosen))
	return appendEntries(dst, rec.Entries)
}

// DecodeRecord reads one record from the front of b into rec, as DecodeMessage does a message.
func DecodeRecord(b []byte, rec *Record, arena []Entry) (n int, err error) {
	if len(b) < RecordHeaderBytes {
		return 0, errShort
	}
	*rec = Record{
		Kind: Kind(b[0]), LSN: LSN(order.Uint64(b[1:])), Ballot: Ballot(order.Uint64(b[9:])),
		Span:   Span{Slot(order.Uint64(b[17:])), Slot(order.Uint64(b[25:]))},
		Chosen: Slot(order.Uint64(b[33:])),
	}
	switch {
	case !rec.Kind.ofRecord():
		return 0, errKind
	case rec.Span.Hi < rec.Span.Lo:
		return 0, errSpan
	}
	rec.Entries, n, err = decodeEntries(b[RecordHeaderBytes-4:], arena)
	if err == nil && rec.Kind != Format && uint64(len(rec.Entries)) > rec.Span.Len() {
		err = errMoreSlots
	}
	if err != nil {
		return 0, err
	}
	return RecordHeaderBytes - 4 + n, nil
}

// appendEntries appends the number of entries and the entries.
func appendEntries(dst []byte, entries []Entry) []byte {
	dst = order.AppendUint32(dst, uint32(len(entries)))
	for i := range entries {
		e := &entries[i]
		dst = append(dst, byte(e.Kind))
		dst = order.AppendUint64(dst, e.Client)
		dst = order.AppendUint64(dst, e.Seq)
		dst = order.AppendUint32(dst, uint32(len(e.Data)))
		dst = append(dst, e.Data...)
	}
	return dst
}

// decodeEntries reads what appendEntries wrote. Every length is held against what is there before
// it is used.
func decodeEntries(b []byte, arena []Entry) ([]Entry, int, error) {
	if len(b) < 4 {
		return nil, 0, errShort
	}
	count := order.Uint32(b)
	at := 4
	if uint64(count) > uint64(len(arena)) {
		return nil, 0, errCount
	}
	for i := range arena[:count] {
		if len(b)-at < EntryHeaderBytes {
			return nil, 0, errShort
		}
		e, size := &arena[i], order.Uint32(b[at+17:])
		e.Kind = Kind(b[at])
		e.Client, e.Seq = order.Uint64(b[at+1:]), order.Uint64(b[at+9:])
		at += EntryHeaderBytes
		if uint64(size) > uint64(len(b)-at) {
			return nil, 0, errShort
		}
		end := at + int(size)
		e.Data = b[at:end:end]
		at = end
		if !e.Kind.ofEntry() {
			return nil, 0, errKind
		}
		if e.Kind == Noop && (e.Client != 0 || e.Seq != 0 || size != 0) {
			return nil, 0, errNoop
		}
	}
	if count == 0 {
		return nil, at, nil
	}
	return arena[:count:count], at, nil
}
