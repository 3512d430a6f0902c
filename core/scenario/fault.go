package scenario

// What breaks disks, clocks and networks. None of these words is reserved: where the header names a
// node so, the word is the node.

// WritingKind says at which end of a record a crash cuts.
type WritingKind uint8

// Where a crash cuts what goes to a disk.
const (
	NotWriting    WritingKind = iota
	BeforeWriting             // the record is not written
	WhileWriting              // it is torn
	AfterWriting              // it is durable, and its node was not told
)

// KeepKind says what a crash leaves of the writes that wait.
type KeepKind uint8

// What a crash leaves of the writes that wait.
const (
	KeepingNone KeepKind = iota // nothing: what is not durable is lost
	Keeping                     // the records selected
	Losing                      // all but these
)

// Records selects records of one disk: `all`, `2 records`, `promised accepted #2`.
type Records struct {
	All   bool
	Count int    // so many: the first if they are kept, else the last; 0: Picks
	Picks []Pick // each selects more
}

// Pick is `accepted`, `accepted #2` or `#2`.
type Pick struct {
	Kind string // a durable field, or a kind of record; empty: any
	N    int    // the n-th of them, oldest first; 0: each
}

// WearKind is what a disk does.
type WearKind uint8

// What a disk does.
const (
	DiskSyncs    WearKind = iota // its writes take so long from now on
	DiskStalls                   // its writes do not end
	DiskLies                     // says durable of what the next crash loses
	DiskBehaves                  // as the header says again
	DiskCorrupts                 // records at rest are damaged
	DiskBackup                   // what is durable is copied aside
)

type (
	// Wear is `disk S1 sync 50ms`, `disk S1 lies`, `disk S1 corrupts accepted #2`, …
	Wear struct {
		Nodes   []string
		Does    WearKind
		Sync    Micros  // of DiskSyncs
		Records Records // of DiskCorrupts
	}
	// Clock is `clock S1 rate 110%`, `clock S1 jumps 50ms` or `clock S1 jumps back 50ms`.
	Clock struct {
		Nodes []string
		Rate  int    // percent; 0: it jumps
		By    Micros // negative: back
	}
	// Topology is `topology chained`, or `topology chained S3 S1 S2`.
	Topology struct {
		Shape    string
		HasNodes bool // else the servers in their order
		Nodes    []string
	}
	// Calm is `calm`: from here on chance loses and copies no message.
	Calm struct{}
	// Rest is `rest`: once all steps above are done nothing moves by itself any more.
	Rest struct{}
)

func (*Wear) action()     {}
func (*Clock) action()    {}
func (*Topology) action() {}
func (*Calm) action()     {}
func (*Rest) action()     {}
