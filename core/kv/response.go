package kv

// Code says how a command ended. Every code but OK means that nothing was changed by this
// application of the command.
type Code uint8

// The codes. Those from EmptyKey to FutureRevision and from LeaseExists to NoSpace are refusals
// that etcd knows, but for InvalidCompare and TooManyLeases, which it has no word for.
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
	// LeaseExists: the lease to grant was granted before and is still there.
	LeaseExists
	// LeaseTTLTooLarge: the lease to grant would live longer than MaxLeaseTTL.
	LeaseTTLTooLarge
	// TooManyLeases: there are as many leases as Limits.Leases, or a command names too many.
	TooManyLeases
	// TooLarge: a key, the end of a range, a value or the whole command is longer than its bound.
	TooLarge
	// NoSpace: the pairs to put would make the store larger than Limits.Bytes. Deleting and then
	// compacting gives space back.
	NoSpace
	// OutOfOrder: the sequence number given to ApplyNext is not the next one of its session. The
	// command was not executed, and may be when its turn has come (B-27).
	OutOfOrder

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

	LeaseExists:      "lease already exists",
	LeaseTTLTooLarge: "too large lease TTL",
	TooManyLeases:    "too many leases",
	TooLarge:         "request is too large",
	NoSpace:          "database space exceeded",
	OutOfOrder:       "not executed: the commands before it in its session were not",
}

// String describes the code in a few words.
func (c Code) String() string {
	if c >= codes {
		return "unknown code"
	}
	return codeText[c]
}

// KeyValue is one pair. Create and Mod are revisions, Version counts the puts since the key was
// created, from 1. Lease is the id of the lease that it lives by, 0 if none.
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
	// Count is how many keys a range holds, regardless of Limit, or how many a delete, a revocation
	// or an expiry removed.
	Count int64
	// More says that a range held more pairs than its Limit.
	More bool
	// Succeeded says that a transaction's compares held; Responses answer its operations in order.
	Succeeded bool
	Responses []Response
	// Hash is the hash that OpHash asked for: equal on members that hold the same versions between
	// the last compaction, CompactRevision, -1 if there was none, and the revision asked for.
	Hash            uint64
	CompactRevision int64
	// Leases answer the lease operations: the one granted; those asked to be renewed, in the order
	// asked, with TTL 0 if there is none; those that expired; the one asked for, with TTL -1 if
	// there is none; or all, in the order of their ids.
	Leases []Lease
	// Keys are those attached to the lease asked for, in order.
	Keys [][]byte
}
