package kv

import (
	"bytes"
	"encoding/binary"
	"math"
)

// Loader reads a snapshot in pieces. What comes is judged, not trusted, for it comes from a disk or
// a peer: hostile bytes give an error, and what is allocated is in proportion to what was sent.
type Loader struct {
	s     *Store
	buf   []byte // of a chunk that is not complete
	taken int    // bytes of the snapshot before buf
	kind  byte   // of the last chunk; 0 before the first
	full  bool   // whether the last chunk was full
	ended bool
	err   error

	// The last element read of each kind.
	lease    Lease
	version  *version
	client   uint64
	answered reply
	first    Position // of the changes that were not swept; {0, 0} if there is none
}

// NewLoader returns a Loader that waits for the first byte.
func NewLoader() *Loader { return &Loader{} }

// Restore returns the store that AppendState encoded. It copies state. The error is a *FormatError.
func Restore(state []byte) (*Store, error) {
	l := NewLoader()
	if _, err := l.Write(state); err != nil {
		return nil, err
	}
	return l.Store()
}

// Write takes the next bytes of the snapshot, any number, and copies what it keeps. The error is a
// *FormatError, and the same for all later calls.
func (l *Loader) Write(p []byte) (n int, err error) {
	data, joined := p, len(l.buf) > 0
	if joined {
		l.buf = append(l.buf, p...)
		data = l.buf
	}
	start := l.taken
	for len(data) > 0 && l.err == nil {
		used := l.chunk(data)
		if used == 0 {
			break
		}
		l.taken += used
		data = data[used:]
	}
	if l.err != nil {
		return 0, l.err
	}
	if !joined || l.taken > start {
		l.buf = append(l.buf[:0], data...)
	}
	return len(p), nil
}

// Store returns the store that was read, once the last byte was written. The error is a
// *FormatError.
func (l *Loader) Store() (*Store, error) {
	if l.err == nil && (!l.ended || len(l.buf) > 0) {
		l.err = &FormatError{What: "state", Offset: l.taken + len(l.buf), Want: "more bytes"}
	}
	if l.err != nil {
		return nil, l.err
	}
	return l.s, nil
}

// chunk reads what data begins with and returns how many bytes that took, 0 if there are not enough
// or if they are wrong.
func (l *Loader) chunk(data []byte) int {
	c := cursor{what: "state", data: data, base: l.taken}
	if l.kind == 0 && l.s == nil && l.taken == 0 {
		c.exact(stateVersion, "format version 2")
		l.err = c.failure()
		return c.at
	}
	kind := c.byte(kindEnd, "a kind of chunk")
	size, n := binary.Uvarint(data[1:])
	switch {
	case c.err != nil:
	case l.ended || kind < max(l.kind, kindHead) || kind > kindHead && l.s == nil ||
		kind == l.kind && !l.full:
		c.at--
		c.fail("a chunk in its turn")
	case n < 0 || size > MaxChunkBytes || size == 0 && n > 0 || n > 1 && data[n] == 0:
		c.fail("the bytes of a chunk")
	case n == 0 || size > uint64(len(data)-1-n):
		return 0
	default:
		l.kind = kind
		l.body(data[1+n:1+n+int(size)], l.taken+1+n)
		return 1 + n + int(size)
	}
	l.err = c.failure()
	return 0
}

// body reads the body of a chunk, which begins at byte base of the snapshot.
func (l *Loader) body(data []byte, base int) {
	c := cursor{what: "state", data: data, base: base}
	switch l.kind {
	case kindHead:
		l.head(&c)
	case kindEnd:
		l.close(&c)
	default:
		l.elements(&c)
	}
	l.full = len(data) >= chunkBytes
	l.err = c.failure()
}

func (l *Loader) elements(c *cursor) {
	for start := true; c.at < len(c.data) && c.err == nil; start = false {
		if c.at >= chunkBytes {
			c.fail("another chunk")
			return
		}
		switch l.kind {
		case kindLease:
			l.readLease(c)
		case kindVersion:
			l.readVersion(c, start)
		case kindSession:
			l.readSession(c)
		case kindReply:
			l.readReply(c)
		}
	}
}

// mostRevision leaves room to count on: a store of honest commands is never near it.
const mostRevision = 1 << 62

func (l *Loader) head(c *cursor) {
	limits := Limits{
		Sessions: c.positive("sessions"), Window: c.positive("a window"),
		ReplyBytes: c.positive("bytes of a reply"), Leases: c.positive("leases"),
		Bytes: c.int64("bytes"),
	}
	s := New(limits)
	if s.limits != limits {
		c.fail("limits within their bounds")
	}
	s.revision, s.compacted = c.int64("a revision"), c.int64("a revision")
	if s.revision < firstRevision || s.revision > mostRevision ||
		s.compacted < neverCompacted || s.compacted > s.revision {
		c.fail("a revision from 1 to 2^62, compacted at most there")
	}
	l.first = Position{Revision: c.int64("a revision"), Sub: c.int64("a sub-revision")}
	s.renewed, s.granted = c.uvarint("a renewal"), c.uvarint("a number of leases")
	s.floor, s.turn = c.uvarint("a client"), c.uvarint("a turn")
	if c.at != len(c.data) {
		c.fail("the end of the head")
	}
	l.s, l.version = s, &version{}
	l.lease.ID = math.MinInt64
}

func (l *Loader) readLease(c *cursor) {
	next := c.lease()
	switch {
	case c.err != nil:
		return
	case next.ID <= l.lease.ID && l.s.leases.Len() > 0 || next.ID == 0:
		c.fail("a lease above the one before, not 0")
	case next.TTL < MinLeaseTTL || next.TTL > MaxLeaseTTL:
		c.fail("seconds to live within their bounds")
	case next.Renewal == 0 || next.Renewal > l.s.renewed:
		c.fail("a renewal that happened")
	case l.s.leases.Len() >= l.s.limits.Leases:
		c.fail("as many leases as allowed")
	default:
		kept := next
		if _, twice := l.s.renewals.Set(&kept); twice {
			c.fail("a renewal of one lease")
		}
		l.s.leases.Load(&kept)
		l.s.sum += kept.digest()
		l.lease = next
	}
}

func (l *Loader) readSession(c *cursor) {
	client := c.uvarint("a client")
	known := session{high: c.uvarint("a sequence number"), used: c.uvarint("a turn")}
	switch {
	case c.err != nil:
		return
	case client <= l.client || known.high == 0 || known.used == 0 || known.used > l.s.turn:
		c.fail("a client above the one before, used at most now")
	case l.s.sessions.Len() >= l.s.limits.Sessions:
		c.fail("as many sessions as allowed")
	default:
		l.s.keep(client, session{}, known)
		l.client = client
	}
}

func (l *Loader) readReply(c *cursor) {
	next := reply{client: c.uvarint("a client"), seq: c.uvarint("a sequence number")}
	if c.bool("kept, 0 or 1") {
		next.response = append([]byte{}, c.bytes("a response")...)
		next.digest = responseDigest(next.response)
	} else {
		next.digest = c.uvarint("a digest")
	}
	known, found := l.s.sessions.Get(next.client)
	switch {
	case c.err != nil:
		return
	case !found || next.seq > known.high || next.seq <= l.s.low(known.high) ||
		len(next.response) > l.s.limits.ReplyBytes || !replyBefore(&l.answered, &next):
		c.fail("a reply after the one before, in the window of a known client")
	default:
		kept := next
		l.s.replies.Load(&kept)
		l.s.sum += kept.sum()
		l.answered = next
	}
}

// readVersion reads one version; start says that it is the first one of its chunk.
func (l *Loader) readVersion(c *cursor, start bool) {
	before := l.version
	flags := c.byte(1|2, "version flags")
	v := &version{dead: flags&2 != 0}
	if flags&1 != 0 && !start {
		v.Key = before.Key
	} else {
		v.Key = c.bytes("a key")
		if again := bytes.Equal(v.Key, before.Key); again && start {
			v.Key = before.Key
		} else if again || bytes.Compare(v.Key, before.Key) < 0 || flags&1 != 0 {
			c.fail("a key above the one before")
		}
	}
	v.Mod, v.sub = c.int64("a revision"), c.int64("a sub-revision")
	if !v.dead {
		v.Value = bytes.Clone(c.bytes("a value"))
		v.Create = c.int64("a revision")
		v.Version = c.int64("a version")
		v.Lease = c.int64("a lease")
	}
	if c.err == nil {
		l.take(c, v)
	}
}

// take puts v, and the one before it, where they belong.
func (l *Loader) take(c *cursor, v *version) {
	before := l.version
	if len(before.Key) > 0 && bytes.Equal(v.Key, before.Key) {
		if v.Key = before.Key; v.Mod <= before.Mod {
			c.fail("a revision above the one before")
		}
		l.s.past.Load(before)
	} else {
		v.Key = bytes.Clone(v.Key)
		l.newest(c)
	}
	swept := l.first == Position{} || v.position().Before(l.first)
	switch {
	case len(v.Key) == 0 || len(v.Key) > MaxKeyBytes || len(v.Value) > MaxValueBytes:
		c.fail("a key and value within their bounds")
	case v.Mod <= 0 || v.Mod > l.s.revision || v.sub < 0:
		c.fail("a revision up to now")
	case swept && v.Mod >= l.s.compacted:
		c.fail("a change that was compacted, or is listed as not swept")
	case !swept:
		if _, twice := l.s.changes.Set(v); twice {
			c.fail("another sub-revision for each change of a revision")
		}
	}
	l.version = v
	l.s.bytes += v.weight()
	l.s.sum += v.digest()
}

// newest makes the last version read that of its key.
func (l *Loader) newest(c *cursor) {
	v := l.version
	if len(v.Key) == 0 {
		return
	}
	l.s.keys.Load(view(v.Key), v)
	if v.dead {
		return
	}
	l.s.live++
	if v.Lease != 0 {
		if l.s.lease(v.Lease) == nil {
			c.fail("a lease that is there")
		}
		l.s.attached.Set(v)
	}
}

// close reads the last chunk.
func (l *Loader) close(c *cursor) {
	l.newest(c)
	if v, _ := l.s.changes.Min(); v != nil && v.position() != l.first ||
		v == nil && l.first != (Position{}) {
		c.fail("the first change that was not swept")
	}
	if c.uvarint("a hash") != l.s.Hash() || c.at != len(c.data) {
		c.fail("the hash of what came before")
	}
	l.ended = true
}

func (c *cursor) positive(want string) int {
	n := c.uvarint(want)
	if n == 0 || n > math.MaxInt32 {
		c.fail("a positive number: " + want)
	}
	return int(n & math.MaxInt32)
}
