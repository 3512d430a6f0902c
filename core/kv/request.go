package kv

// Limits of one command. They are the same everywhere, since a command that one replica refuses
// every replica must refuse.
const (
	// MaxCommandBytes bounds an encoded request: 1.5 MiB, as etcd's default.
	MaxCommandBytes = 3 << 19
	// MaxTxnOps bounds the compares, the success and the failure operations of a transaction, each
	// for itself. A nested transaction may hold what its parent left of the bound, as in etcd.
	MaxTxnOps = 128
	// MaxTotalOps bounds all compares and operations of a command, nested ones included. etcd has
	// no such bound; here it is what bounds the cost of refusing overlapping writes.
	MaxTotalOps = 1024
	// MaxTxnDepth bounds how deep transactions may nest; the outermost has depth 1.
	MaxTxnDepth = 16
	// MaxKeyBytes bounds a key and the end of a range. etcd bounds only the whole request.
	MaxKeyBytes = 32 << 10
	// MaxValueBytes bounds a value: like etcd, by what fits into a command.
	MaxValueBytes = MaxCommandBytes
	// MaxLeaseBatch bounds the leases that one command renews or lets expire.
	MaxLeaseBatch = 1024
)

// Op says which operation a request asks for and a response answers.
type Op uint8

// The operations. Only the first four may occur in a transaction.
const (
	OpRange Op = 1 + iota
	OpPut
	OpDelete
	OpTxn
	OpCompact
	OpHash
	OpLeaseGrant
	OpLeaseRevoke
	OpLeaseKeepAlive
	OpLeaseExpire
	OpLeaseTimeToLive
	OpLeases

	ops // one more than the last
)

// SortOrder is the direction in which a range is sorted. Its numbers are those of etcd's protocol.
type SortOrder uint8

// The sort orders. SortNone is ascending by key, and ascending by any other target.
const (
	SortNone SortOrder = iota
	SortAscend
	SortDescend
)

// SortTarget is what a range is sorted by. Its numbers are those of etcd's protocol.
type SortTarget uint8

// The sort targets. Equal ones stay in ascending order of their keys.
const (
	SortByKey SortTarget = iota
	SortByVersion
	SortByCreate
	SortByMod
	SortByValue
)

// CompareTarget is the property that a compare looks at. Its numbers are those of etcd's protocol.
type CompareTarget uint8

// The compare targets.
const (
	CompareVersion CompareTarget = iota
	CompareCreate
	CompareMod
	CompareValue
	CompareLease
)

// CompareResult is what a compare must yield to hold. Its numbers are those of etcd's protocol.
type CompareResult uint8

// The compare results, read as "what is stored is … what is given".
const (
	Equal CompareResult = iota
	Greater
	Less
	NotEqual
)

// Request is one command. Op says which of the other fields counts; the rest are zero.
//
// The zero Request is not valid. Byte slices are borrowed: neither encoding nor executing a request
// keeps them, and a decoded request points into the bytes that it was decoded from.
type Request struct {
	Op     Op
	Range  Range
	Put    Put
	Delete Delete
	// Revision is the revision to compact at (OpCompact), or to hash up to (OpHash, 0 is now).
	Revision int64
	Txn      *Txn
	// Lease is the lease to grant (ID, or 0 to have one chosen, and TTL), to revoke or to be told
	// of (ID).
	Lease Lease
	// Leases are those to renew (ID) or to let expire (ID and Renewal), at most MaxLeaseBatch.
	Leases []Lease
	// Keys asks OpLeaseTimeToLive for the keys that are attached.
	Keys bool
}

// Range asks for the pairs of Key, or of [Key, End) if End is not empty. An End of one zero byte
// means every key from Key on; a prefix is asked for by an End that is the prefix plus one.
type Range struct {
	Key, End []byte
	// Limit bounds the pairs in the answer; 0 or less is no bound. The answer's Count is of all.
	Limit int64
	// Revision is the revision to read at; 0 or less is now.
	Revision int64
	// Bounds on revisions, each inclusive, 0 for none. They filter the pairs, not the Count.
	MinMod, MaxMod, MinCreate, MaxCreate int64

	Order     SortOrder
	Target    SortTarget
	KeysOnly  bool // leave the values out
	CountOnly bool // leave the pairs out
}

// Put stores Value under Key.
type Put struct {
	Key, Value  []byte
	Lease       int64 // the lease that the pair lives by, 0 for none; it must have been granted
	PrevKV      bool  // answer with the pair that was replaced
	IgnoreValue bool  // keep the value that is there; refused with KeyNotFound if none is
	IgnoreLease bool  // keep the lease that is there; refused with KeyNotFound if none is
}

// Delete removes Key, or all keys of [Key, End), with End as in Range.
type Delete struct {
	Key, End []byte
	PrevKV   bool // answer with the pairs that were removed
}

// Compare is one condition of a transaction, on Key or on every key of [Key, End). Of a range it
// must hold for each pair; of nothing, CompareValue never holds and the others compare with 0.
type Compare struct {
	Key, End []byte
	Target   CompareTarget
	Result   CompareResult
	Value    []byte // for CompareValue
	Number   int64  // for the other targets
}

// Txn runs Success if every Compare holds, else Failure. All compares, nested ones too, look at the
// store as it was before the transaction; operations see the writes of those before them.
//
// A key may be written once: a put that overlaps another put or a delete that could run together
// with it is refused with DuplicateKey. etcd lets two kinds pass, deletes without an upper end and
// deletes in a nested transaction after one that puts; here they are refused too.
type Txn struct {
	Compare          []Compare
	Success, Failure []Request
}

// ReadOnly says whether executing r can change nothing, so that any replica may answer it from what
// it has, and running it twice does no harm.
func (r *Request) ReadOnly() bool {
	switch r.Op {
	case OpRange, OpHash, OpLeaseTimeToLive, OpLeases:
		return true
	case OpTxn:
		return r.Txn == nil || allReadOnly(r.Txn.Success) && allReadOnly(r.Txn.Failure)
	}
	return false
}

func allReadOnly(ops []Request) bool {
	for i := range ops {
		if !ops[i].ReadOnly() {
			return false
		}
	}
	return true
}
