package kv

import "github.com/tidwall/btree"

// Limits bound what the store keeps so that a retried command executes once. They decide what a
// repetition is answered, so they must be the same on every replica.
type Limits struct {
	// Sessions is how many clients are remembered; 0 means 64. The one whose last command is the
	// oldest goes first.
	Sessions int
	// Window is how many of a client's latest sequence numbers are remembered; 0 means 1024.
	Window int
	// ReplyBytes is the longest encoded response that is remembered; 0 means 1024. Of a longer one
	// only the fact that the command was executed is kept.
	ReplyBytes int
}

func (l Limits) filled() Limits {
	if l.Sessions <= 0 {
		l.Sessions = 64
	}
	if l.Window <= 0 {
		l.Window = 1024
	}
	if l.ReplyBytes <= 0 {
		l.ReplyBytes = 1024
	}
	return l
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

	keys     *btree.Map[string, *version]
	changes  *btree.BTreeG[change]
	versions int64 // how many versions all chains hold, deleted ones included
	bytes    int64 // what their keys and values take
	live     int64 // how many keys have a pair

	sessions *btree.Map[uint64, session]
	replies  *btree.BTreeG[reply]
	floor    uint64 // the highest client id that was ever evicted
	turn     uint64 // counts the calls of ApplyOnce

	// The rest is scratch of the command in execution, and no part of the state.
	request  Request
	response Response
	changed  int64  // writes so far
	path     []bool // outcome of each transaction that runs, outermost first
	step     int    // the next of path
	found    []*version
	touched  [][]byte
}

// New returns an empty store at revision 1.
func New(limits Limits) *Store {
	noLocks := btree.Options{NoLocks: true}
	return &Store{
		limits:    limits.filled(),
		revision:  firstRevision,
		compacted: neverCompacted,
		keys:      btree.NewMap[string, *version](0),
		changes:   btree.NewBTreeGOptions(changeBefore, noLocks),
		sessions:  btree.NewMap[uint64, session](0),
		replies:   btree.NewBTreeGOptions(replyBefore, noLocks),
	}
}

// Clone returns a copy that another goroutine may read, hash or encode while s goes on. It costs a
// few words, and afterwards each write to s copies the tree nodes that it passes, once.
func (s *Store) Clone() *Store {
	c := *s
	c.keys, c.changes = s.keys.Copy(), s.changes.Copy()
	c.sessions, c.replies = s.sessions.Copy(), s.replies.Copy()
	c.request, c.response = Request{}, Response{}
	c.path, c.found, c.touched = nil, nil, nil
	return &c
}

// Stats counts what a store holds.
type Stats struct {
	Revision        int64 // of the last command that changed something; 1 at first
	CompactRevision int64 // of the last compaction; -1 if there was none
	Keys            int64 // with a pair now
	Versions        int64 // kept, deletions and superseded ones included
	Bytes           int64 // of keys and values of all versions, without what the trees take
	Sessions        int   // remembered clients
}

// Stats returns the counts, which are kept up to date and cost nothing to ask for.
func (s *Store) Stats() Stats {
	return Stats{
		Revision: s.revision, CompactRevision: s.compacted,
		Keys: s.live, Versions: s.versions, Bytes: s.bytes, Sessions: s.sessions.Len(),
	}
}

// Apply executes one chosen command and appends the encoded response to dst. It borrows command and
// returns the extended slice. Whatever the bytes are, it answers: a refusal is a response with a
// code, the same on every replica, and changes nothing.
//
// Apply executes a repeated command again. ApplyOnce does not.
func (s *Store) Apply(command, dst []byte) []byte {
	if err := DecodeRequest(command, &s.request); err != nil {
		return s.refuse(dst, Malformed)
	}
	dst = s.execute(dst)
	s.sweep()
	return dst
}

// Read executes a command that writes nothing against the state as it is, without the log, and
// appends the encoded response to dst. It leaves the state untouched; a command that writes gets
// NotReadOnly. What it answers is as old as the last command applied here.
func (s *Store) Read(command, dst []byte) []byte {
	if err := DecodeRequest(command, &s.request); err != nil {
		return s.refuse(dst, Malformed)
	}
	if !s.request.ReadOnly() {
		return s.refuse(dst, NotReadOnly)
	}
	return s.execute(dst)
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
		s.step = 0
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
