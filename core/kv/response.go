package kv

// Code says how a command ended. Every code but OK means that nothing was changed by this
// application of the command.
type Code uint8

// The codes. Those from EmptyKey to FutureRevision are refusals that etcd knows by the same name.
const (
	// OK: executed.
	OK Code = iota
	// Malformed: the bytes are no command, or a command in a place where it may not be.
	Malformed
	// EmptyKey: a key is empty.
	EmptyKey
	// KeyNotFound: a put keeps a value or lease that is not there, or an operation is of no kind.
	KeyNotFound
	// ValueProvided: a put keeps the value that is there, and brings one.
	ValueProvided
	// LeaseProvided: a put keeps the lease that is there, and brings one.
	LeaseProvided
	// LeaseNotFound: a put names a lease that was not granted.
	LeaseNotFound
	// TooManyOps: a transaction exceeds MaxTxnOps, MaxTotalOps or MaxTxnDepth.
	TooManyOps
	// DuplicateKey: a transaction could write a key twice.
	DuplicateKey
	// InvalidSort: a sort order or target is none of those defined.
	InvalidSort
	// InvalidCompare: a compare target or result is none of those defined.
	InvalidCompare
	// Compacted: the revision asked for was compacted away.
	Compacted
	// FutureRevision: the revision asked for has not happened.
	FutureRevision
	// SessionExpired: the client's session was evicted, or the sequence number left its window. The
	// command may have been executed long ago; it was not executed now (B-36).
	SessionExpired
	// ReplyGone: the command was executed before, exactly once; its answer was too large to keep.
	ReplyGone
	// NotReadOnly: a command that writes was given to Read.
	NotReadOnly

	codes // how many there are
)

var codeText = [codes]string{
	OK:             "ok",
	Malformed:      "malformed command",
	EmptyKey:       "key is not provided",
	KeyNotFound:    "key not found",
	ValueProvided:  "value is provided",
	LeaseProvided:  "lease is provided",
	LeaseNotFound:  "requested lease not found",
	TooManyOps:     "too many operations in txn request",
	DuplicateKey:   "duplicate key given in txn request",
	InvalidSort:    "invalid sort option",
	InvalidCompare: "invalid compare option",
	Compacted:      "required revision has been compacted",
	FutureRevision: "required revision is a future revision",
	SessionExpired: "session expired: the command was not executed now, and may have been before",
	ReplyGone:      "executed before, exactly once; the answer was too large to keep",
	NotReadOnly:    "a command that writes cannot be answered from local state",
}

// String describes the code in a few words.
func (c Code) String() string {
	if c >= codes {
		return "unknown code"
	}
	return codeText[c]
}

// KeyValue is one pair. Create and Mod are revisions, Version counts the puts since the key was
// created, from 1. Lease is 0: there are none yet.
type KeyValue struct {
	Key, Value                  []byte
	Create, Mod, Version, Lease int64
}

// Response answers one Request. If Code is not OK, only Code and Revision count.
//
// A decoded response points into the bytes that it was decoded from.
type Response struct {
	Code Code
	Op   Op
	// Revision is the revision of the store after the operation; within a transaction, the one that
	// the operation saw or made.
	Revision int64
	// KVs are the pairs of a range, the replaced pair of a put, or the removed pairs of a delete.
	KVs []KeyValue
	// Count is how many keys a range holds, regardless of Limit, or how many a delete removed.
	Count int64
	// More says that a range held more pairs than its Limit.
	More bool
	// Succeeded says that a transaction's compares held; Responses answer its operations in order.
	Succeeded bool
	Responses []Response
	// Hash is the FNV-1a hash that OpHash asked for, and CompactRevision the last compaction, -1 if
	// there was none.
	Hash            uint64
	CompactRevision int64
}
