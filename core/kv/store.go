package kv

import "github.com/tidwall/btree"

// Limits bound what the store keeps. They decide what a command is answered, so they must be the
// same on every replica; a snapshot holds them. A field that is 0 or less has its default, and one
// above its bound the bound.
type Limits struct {
	// Sessions is how many clients are remembered: 64 unless told, at most 65,536. The one whose
	// last command is the oldest goes first; finding it costs in proportion to this number.
	Sessions int
	// Window is how many of a client's latest sequence numbers are remembered: 1024 unless told, at
	// most 2^20.
	Window int
	// ReplyBytes is the longest encoded response that is remembered: 1024 unless told, at most 1
	// MiB. Of a longer one only a digest is kept. The replies take Sessions * Window * ReplyBytes
	// at worst.
	ReplyBytes int
	// Leases is how many leases there may be: 65,536 unless told, at most 2^24.
	Leases int
	// Bytes is how many bytes the keys and values of all versions may take: 2 GiB unless told. Puts
	// beyond are refused with NoSpace.
	Bytes int64
}

func (l Limits) filled() Limits {
	return Limits{
		Sessions:   limit(l.Sessions, 64, 1<<16),
		Window:     limit(l.Window, 1024, 1<<20),
		ReplyBytes: limit(l.ReplyBytes, 1024, 1<<20),
		Leases:     limit(l.Leases, 1<<16, 1<<24),
		Bytes:      limit(l.Bytes, 2<<30, 1<<62),
	}
}

// limit is n, at most most, or usual if n is not positive.
func limit[N int | int64](n, usual, most N) N {
	if n <= 0 {
		return usual
	}
	return min(n, most)
}

// firstRevision is the revision of an empty store, and neverCompacted the compaction revision of a
// store that was never compacted: etcd's numbers.
const (
	firstRevision  = 1
	neverCompacted = -1
)

// Store is the replicated state. It is driven from one goroutine at a time.
type Store struct {
	limits    Limits
	revision  int64
	compacted int64 // reads below are refused; what only they could see is swept little by little

	keys    *btree.Map[string, *version] // the newest version of each key
	past    *btree.BTreeG[*version]      // the other versions, olderOfKey
	changes *btree.BTreeG[*version]      // those not swept yet, changedBefore
	bytes   int64                        // what keys and values of all versions take
	live    int64                        // how many keys have a pair

	leases   *btree.BTreeG[*Lease]   // lowerID
	renewals *btree.BTreeG[*Lease]   // the same ones, renewedBefore
	attached *btree.BTreeG[*version] // pairs that have a lease, lowerOfLease
	renewed  uint64                  // the number of the latest grant or renewal
	granted  uint64                  // counts the ids that the store chose

	sessions *btree.Map[uint64, session]
	replies  *btree.BTreeG[*reply]
	floor    uint64 // the highest client id that was ever evicted
	turn     uint64 // counts the commands given to ApplyOnce and ApplyNext that were not refused

	sum uint64 // of the digests of all versions, leases, sessions and replies; see Hash

	// The rest is scratch of the command in execution, and no part of the state.
	request  Request
	response Response
	changed  int64  // writes so far
	incoming int64  // bytes that the puts will add
	path     []bool // outcome of each transaction that runs, outermost first
	step     int    // the next of path
	found    []*version
	probe    version // what is looked for in a tree of versions
	term     Lease   // what is looked for in a tree of leases
	asked    reply   // what is looked for in the tree of replies
}

// New returns an empty store at revision 1.
func New(limits Limits) *Store {
	return &Store{
		limits:    limits.filled(),
		revision:  firstRevision,
		compacted: neverCompacted,
		keys:      btree.NewMap[string, *version](0),
		past:      tree(olderOfKey),
		changes:   tree(changedBefore),
		leases:    tree(lowerID),
		renewals:  tree(renewedBefore),
		attached:  tree(lowerOfLease),
		sessions:  btree.NewMap[uint64, session](0),
		replies:   tree(replyBefore),
	}
}

// tree returns an empty tree. All hold pointers, so that one copy of the code serves all: the tab
// pays for it.
func tree[T any](before func(a, b *T) bool) *btree.BTreeG[*T] {
	return btree.NewBTreeGOptions(before, btree.Options{NoLocks: true})
}

// Clone returns a copy that another goroutine may read, watch, hash, encode or even write while s
// goes on. It costs a few words, and afterwards each write to s copies the tree nodes that it
// passes, once.
func (s *Store) Clone() *Store {
	c := *s
	c.keys, c.past, c.changes = s.keys.Copy(), s.past.Copy(), s.changes.Copy()
	c.leases, c.renewals, c.attached = s.leases.Copy(), s.renewals.Copy(), s.attached.Copy()
	c.sessions, c.replies = s.sessions.Copy(), s.replies.Copy()
	c.request, c.response = Request{}, Response{}
	c.path, c.found = nil, nil
	return &c
}

// Limits returns the limits in force, which for a restored store are those of its snapshot.
func (s *Store) Limits() Limits { return s.limits }

// Stats counts what a store holds.
type Stats struct {
	Revision        int64 // of the last command that changed something; 1 at first
	CompactRevision int64 // of the last compaction; -1 if there was none
	Keys            int64 // with a pair now
	Versions        int64 // kept, deletions and superseded ones included
	Bytes           int64 // of keys and values of all versions, without what the trees take
	Sessions        int   // remembered clients
	Leases          int   // granted and not ended
}

// Stats returns the counts, which are kept up to date and cost nothing to ask for.
func (s *Store) Stats() Stats {
	return Stats{
		Revision: s.revision, CompactRevision: s.compacted,
		Keys: s.live, Versions: int64(s.keys.Len() + s.past.Len()), Bytes: s.bytes,
		Sessions: s.sessions.Len(), Leases: s.leases.Len(),
	}
}

// Apply executes one chosen command and appends the encoded response to dst. It borrows command and
// returns the extended slice. Whatever the bytes are, it answers: a refusal is a response with a
// code, the same on every replica, and changes nothing.
//
// Apply executes a repeated command again. ApplyOnce and ApplyNext do not.
func (s *Store) Apply(command, dst []byte) []byte {
	if code := s.decode(command); code != OK {
		return s.refuse(dst, code)
	}
	dst = s.execute(dst)
	s.sweep()
	return dst
}

// Read executes a command that writes nothing against the state as it is, without the log, and
// appends the encoded response to dst. It leaves the state untouched; a command that writes gets
// NotReadOnly. What it answers is as old as the last command applied here.
func (s *Store) Read(command, dst []byte) []byte {
	if code := s.decode(command); code != OK {
		return s.refuse(dst, code)
	}
	if !s.request.ReadOnly() {
		return s.refuse(dst, NotReadOnly)
	}
	return s.execute(dst)
}

// decode reads command into s.request.
func (s *Store) decode(command []byte) Code {
	if len(command) > MaxCommandBytes {
		return TooLarge
	}
	if DecodeRequest(command, &s.request) != nil {
		return Malformed
	}
	return OK
}

func (s *Store) refuse(dst []byte, code Code) []byte {
	return AppendResponse(dst, &Response{Code: code, Revision: s.revision})
}

// execute runs s.request: judge it, decide all its compares, admit it against the state, and only
// then write, so that what is refused has written nothing.
func (s *Store) execute(dst []byte) []byte {
	r, out := &s.request, &s.response
	code := r.Check()
	if code == OK {
		s.path = s.decide(r, s.path[:0])
		s.step, s.incoming = 0, 0
		code = s.admit(r)
	}
	if code != OK {
		return s.refuse(dst, code)
	}
	*out = Response{KVs: out.KVs[:0]}
	s.step = 0
	s.run(r, out)
	if s.changed > 0 {
		s.revision++
		s.changed = 0
	}
	dst = AppendResponse(dst, out)
	s.release()
	return dst
}

// scratchPairs is how much scratch for pairs outlives a command.
const scratchPairs = 64

// release lets go of the pairs that the last command gathered, which later ones may free.
func (s *Store) release() {
	kvs, found := s.response.KVs, s.found
	if cap(kvs) > scratchPairs {
		s.response.KVs = nil
	} else if len(kvs) > 0 {
		clear(kvs[:cap(kvs)])
	}
	if cap(found) > scratchPairs {
		s.found = nil
	}
}

// admit judges r against the state before the command: whether the revisions that it asks for and
// the pairs that it builds on are there.
func (s *Store) admit(r *Request) Code {
	switch r.Op {
	case OpRange:
		return s.readable(r.Range.Revision)
	case OpPut:
		return s.admitPut(&r.Put)
	case OpTxn:
		ops := r.Txn.branch(s.outcome())
		for i := range ops {
			if code := s.admit(&ops[i]); code != OK {
				return code
			}
		}
	case OpCompact:
		return s.admitCompact(r.Revision)
	case OpHash:
		return s.readable(r.Revision)
	case OpLeaseGrant:
		return s.admitGrant(&r.Lease)
	case OpLeaseRevoke:
		if s.lease(r.Lease.ID) == nil {
			return LeaseNotFound
		}
	}
	return OK
}

// run executes r, which was admitted, so it cannot fail.
func (s *Store) run(r *Request, out *Response) {
	out.Op = r.Op
	switch r.Op {
	case OpRange:
		s.runRange(&r.Range, out)
	case OpPut:
		s.runPut(&r.Put, out)
	case OpDelete:
		s.runDelete(&r.Delete, out)
	case OpTxn:
		s.runTxn(r.Txn, out)
	case OpCompact:
		s.compacted = r.Revision
	case OpHash:
		s.runHash(r.Revision, out)
	default:
		s.runLeaseOp(r, out)
	}
	out.Revision = s.now()
}

// now is the revision that an operation sees: with the first write of a command, the next one.
func (s *Store) now() int64 {
	if s.changed > 0 {
		return s.revision + 1
	}
	return s.revision
}
