package kv

import (
	"bytes"
	"math"
)

// Restore returns the store that AppendState encoded. It copies state. The error is a *FormatError:
// a snapshot comes from a disk or a peer, so it is judged, not trusted.
func Restore(state []byte) (*Store, error) {
	c := cursor{what: "state", data: state}
	c.version()
	limits := Limits{
		Sessions:   c.positive("the number of sessions"),
		Window:     c.positive("the window"),
		ReplyBytes: c.positive("the bytes of a reply"),
	}
	s := New(limits)
	s.revision = c.int64("a revision")
	s.compacted = c.int64("a revision")
	if s.revision < firstRevision || s.revision > mostRevision ||
		s.compacted < neverCompacted || s.compacted > s.revision {
		c.fail("a revision from 1 to 2^62, compacted at most there")
	}
	s.floor = c.uvarint("a client")
	s.turn = c.uvarint("a turn")
	c.keys(s)
	c.changes(s)
	c.sessions(s)
	c.replies(s)
	if err := c.end(); err != nil {
		return nil, err
	}
	return s, nil
}

// mostRevision leaves room to count on: a store of honest commands is never near it.
const mostRevision = 1 << 62

func (c *cursor) positive(want string) int {
	n := c.uvarint(want)
	if n == 0 || n > math.MaxInt32 {
		c.fail("a positive number: " + want)
	}
	return int(n & math.MaxInt32)
}

func (c *cursor) keys(s *Store) {
	last := ""
	for n := c.count(len(c.data), leastPairBytes, "a number of keys"); n > 0 && c.err == nil; n-- {
		key := bytes.Clone(c.bytes("a key"))
		if len(key) == 0 || view(key) <= last {
			c.fail("a key above the one before")
			return
		}
		last = view(key)
		if head := c.chain(s, key); c.err == nil {
			s.keys.Set(last, head)
		}
	}
}

// chain reads the versions of one key.
func (c *cursor) chain(s *Store, key []byte) *version {
	var head *version
	tail, newer := &head, s.revision+1
	n := c.count(len(c.data), 2, "a number of versions")
	if n == 0 {
		c.fail("a version")
	}
	for ; n > 0 && c.err == nil; n-- {
		v := &version{KeyValue: KeyValue{Key: key}}
		if v.Mod = c.int64("a revision"); v.Mod <= 0 || v.Mod >= newer {
			c.fail("a revision below the one before")
		}
		newer = v.Mod
		if v.dead = c.bool("dead, 0 or 1"); !v.dead {
			v.Value = bytes.Clone(c.bytes("a value"))
			v.Create = c.int64("a revision")
			v.Version = c.int64("a version")
			v.Lease = c.int64("a lease")
		}
		*tail, tail = v, &v.prev
		s.versions++
		s.bytes += v.weight()
	}
	if head != nil && !head.dead {
		s.live++
	}
	return head
}

func (c *cursor) changes(s *Store) {
	var last change
	for n := c.count(len(c.data), 3, "a number of changes"); n > 0 && c.err == nil; n-- {
		next := change{rev: c.int64("a revision"), sub: c.int64("a sub-revision")}
		next.key = c.bytes("a key")
		if len(next.key) == 0 || next.rev > s.revision || !changeBefore(last, next) {
			c.fail("a change of a key, after the one before and up to now")
			return
		}
		// The key may be swept already, ahead of its last changes.
		if head, found := s.keys.Get(view(next.key)); found {
			next.key = head.Key
		} else {
			next.key = bytes.Clone(next.key)
		}
		s.changes.Set(next)
		last = next
	}
}

func (c *cursor) sessions(s *Store) {
	last := uint64(0)
	n := c.count(s.limits.Sessions, 3, "as many sessions as allowed")
	for ; n > 0 && c.err == nil; n-- {
		client := c.uvarint("a client")
		known := session{high: c.uvarint("a sequence number"), used: c.uvarint("a turn")}
		if client <= last || known.used > s.turn {
			c.fail("a client above the one before, used at most now")
			return
		}
		last = client
		s.sessions.Set(client, known)
	}
}

func (c *cursor) replies(s *Store) {
	var last reply
	for n := c.count(len(c.data), 3, "a number of replies"); n > 0 && c.err == nil; n-- {
		next := reply{client: c.uvarint("a client"), seq: c.uvarint("a sequence number")}
		if c.bool("kept, 0 or 1") {
			next.response = append([]byte{}, c.bytes("a response")...)
		}
		known, found := s.sessions.Get(next.client)
		if !found || next.seq > known.high || next.seq <= s.low(known.high) ||
			len(next.response) > s.limits.ReplyBytes || !replyBefore(last, next) {
			c.fail("a reply after the one before, in the window of a known client")
			return
		}
		s.replies.Set(next)
		last = next
	}
}
