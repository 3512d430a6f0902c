package kv

// watchChanges is about how many changes one call of Watch looks at, so that a watch that wants few
// of them does not hold up its caller for long.
const watchChanges = 1 << 14

// eventBytes is what an event counts for besides its keys and values.
const eventBytes = 64

// Watch says which events are wanted: changes of Key, or of the keys in [Key, End), with End as in
// Range.
type Watch struct {
	Key, End []byte
	NoPut    bool // leave puts out
	NoDelete bool // leave deletions out
	PrevKV   bool // tell the pair that was replaced or removed
	Fragment bool // a revision that is too large for a batch may be split
}

// Check says whether w can be watched at all: OK, EmptyKey or TooLarge.
func (w *Watch) Check() Code { return checkKeys(w.Key, w.End) }

// Event is one change of one key. What it points to is shared with the store and never changes; it
// may be kept, and must not be written.
type Event struct {
	// Delete says that the pair was removed, by a delete, a revocation or an expiry, not put.
	Delete bool
	// KV is the pair that was put, or the key that was removed. KV.Mod is the revision.
	KV *KeyValue
	// Prev is the pair that was there before; nil if there was none, if Watch.PrevKV did not ask
	// for it, or if the event is of the compacted revision, so that it can no longer be read.
	Prev *KeyValue
}

// Bytes is what e counts for in a batch: a little more than its keys and values take.
func (e *Event) Bytes() int {
	n := eventBytes + len(e.KV.Key) + len(e.KV.Value)
	if e.Prev != nil {
		n += len(e.Prev.Key) + len(e.Prev.Value)
	}
	return n
}

// Position is a place in the history of a store: before event Sub, counted from 0, of a revision.
// A watch from revision r on begins at {r, 0}; revisions of a future that has not happened yet are
// as good as others.
type Position struct{ Revision, Sub int64 }

// Before says whether p is an earlier place than q.
func (p Position) Before(q Position) bool {
	return p.Revision < q.Revision || p.Revision == q.Revision && p.Sub < q.Sub
}

// Wants says whether e is one of the events that w asks for. A driver with many watches that are
// all up to date reads the new events once, with a watch of everything, and asks each watch.
func (w *Watch) Wants(e *Event) bool {
	if e.Delete && w.NoDelete || !e.Delete && w.NoPut {
		return false
	}
	return within(e.KV.Key, w.Key, w.End)
}

// Watch appends to dst the events that w wants, from place from on, in the order in which they
// happened, and returns the place to go on from: all wanted events before it were given. If its
// revision is beyond that of the store, there are none left; else the call was cut short, maybe
// without any event, and is to be repeated from there.
//
// most bounds the Bytes of the events appended. All events of a revision come in one batch, and
// alone if they are too many for the bound; with Fragment they are cut where the bound is reached,
// but for one event, and the place returned has a Sub that is not 0.
//
// The code is Compacted if events from from.Revision on may be gone, which is if it is below
// Stats.CompactRevision, or what Check says. Watch only reads; on a Clone of its own it may run
// beside anything. Its cost is in proportion to the changes from from on, wanted or not.
func (s *Store) Watch(w *Watch, from Position, most int, dst []Event) ([]Event, Position, Code) {
	if code := w.Check(); code != OK {
		return dst, from, code
	}
	if from.Revision < s.compacted {
		return dst, from, Compacted
	}
	if from.Revision > s.revision {
		return dst, from, OK
	}
	b := batch{events: dst, start: len(dst), room: most}
	b.next = Position{Revision: s.revision + 1}
	s.changes.Ascend(&version{KeyValue: KeyValue{Mod: from.Revision}, sub: from.Sub},
		func(v *version) bool { return b.visit(s, w, v) })
	return b.events, b.next, OK
}

// batch is what one call of Watch gathers.
type batch struct {
	events   []Event
	start    int // how many events were there before
	room     int // bytes
	seen     int // changes looked at
	revision int64
	first    int      // index in events of the first one of revision
	next     Position // where to go on from
}

// visit looks at one change and says whether to go on.
func (b *batch) visit(s *Store, w *Watch, v *version) bool {
	if v.Mod != b.revision {
		b.revision, b.first = v.Mod, len(b.events)
		if b.seen >= watchChanges {
			b.next = v.position()
			return false
		}
	}
	b.seen++
	e := Event{Delete: v.dead, KV: &v.KeyValue}
	if !w.Wants(&e) {
		return true
	}
	if w.PrevKV && v.Version != 1 && v.Mod > s.compacted {
		if prev := s.superseded(v.Key, v.Mod-1).pair(); prev != nil {
			e.Prev = &prev.KeyValue
		}
	}
	b.room -= e.Bytes()
	switch {
	case b.room >= 0 || len(b.events) == b.start:
	case w.Fragment:
		b.next = v.position()
		return false
	case b.first > b.start:
		b.events, b.next = b.events[:b.first], Position{Revision: v.Mod}
		return false
	}
	b.events = append(b.events, e)
	return true
}
