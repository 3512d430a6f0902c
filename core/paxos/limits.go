package paxos

import "errors"

// Limits are the sizes that are fixed when a cluster is founded. They are equal on all its nodes
// for ever, because a value that one node may accept every other must be able to hold.
type Limits struct {
	// Window is α: how many slots may be open above the chosen prefix. A power of two.
	Window int
	// EntryBytes is the largest Data of an entry.
	EntryBytes int
	// WindowBytes bounds the payload of the open slots together; at least 2 × EntryBytes.
	WindowBytes int
	// BatchEntries and BatchBytes bound one message and one record. BatchBytes is at least
	// EntryBytes.
	BatchEntries int
	BatchBytes   int
}

// OneSlot returns the limits of single-decree Paxos: one slot, with values up to entryBytes.
func OneSlot(entryBytes int) Limits {
	n := max(entryBytes, 1)
	return Limits{Window: 1, EntryBytes: n, WindowBytes: 2 * n, BatchEntries: 1, BatchBytes: n}
}

const (
	maxWindow      = 1 << 20
	maxWindowBytes = 1 << 30
)

var (
	errWindow      = errors.New("paxos: limits: Window must be a power of two, 1 to 2^20")
	errEntryBytes  = errors.New("paxos: limits: EntryBytes must be at least 1")
	errWindowBytes = errors.New("paxos: limits: WindowBytes must be 2 x EntryBytes to 2^30")
	errBatch       = errors.New("paxos: limits: BatchEntries must be 1 to Window, " +
		"BatchBytes EntryBytes to WindowBytes")
)

// MessageBytes returns the size of the largest message's encoding.
func (l *Limits) MessageBytes() int {
	return MessageHeaderBytes + l.BatchEntries*EntryHeaderBytes + l.BatchBytes
}

// RecordBytes returns the size of the largest record's encoding.
func (l *Limits) RecordBytes() int {
	n := l.BatchEntries*EntryHeaderBytes + l.BatchBytes
	return RecordHeaderBytes + max(n, EntryHeaderBytes+max(maxFormatBytes, maxErasBytes))
}

func (l *Limits) check() error {
	switch {
	case l.Window < 1 || l.Window > maxWindow || l.Window&(l.Window-1) != 0:
		return errWindow
	case l.EntryBytes < 1:
		return errEntryBytes
	case l.WindowBytes < 2*l.EntryBytes || l.WindowBytes > maxWindowBytes:
		return errWindowBytes
	case l.BatchEntries < 1 || l.BatchEntries > l.Window:
		return errBatch
	case l.BatchBytes < l.EntryBytes || l.BatchBytes > l.WindowBytes:
		return errBatch
	}
	return nil
}

// admits reports whether e may be in any slot: a known kind, not too large, and a Noop bare.
func (l *Limits) admits(e *Entry) bool {
	if e.Kind == Noop {
		return e.Client == 0 && e.Seq == 0 && len(e.Data) == 0
	}
	return e.Kind.ofEntry() && len(e.Data) <= l.EntryBytes
}

// carries reports whether m's entries fill its span exactly and keep to the limits.
func (l *Limits) carries(m *Message) bool {
	return m.Span.Lo != 0 && m.Span.Hi >= m.Span.Lo && m.Span.Len() == uint64(len(m.Entries)) &&
		l.batch(m.Entries)
}

// batch reports whether entries keep to the limits, one by one and together.
func (l *Limits) batch(entries []Entry) bool {
	if len(entries) > l.BatchEntries {
		return false
	}
	bytes := 0
	for i := range entries {
		if !l.admits(&entries[i]) {
			return false
		}
		bytes += len(entries[i].Data)
	}
	return bytes <= l.BatchBytes
}

// dataBytes returns the size of the payloads of entries together.
func dataBytes(entries []Entry) (bytes int) {
	for i := range entries {
		bytes += len(entries[i].Data)
	}
	return bytes
}
