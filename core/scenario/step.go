package scenario

// Step is a statement that does something.
type Step struct {
	Origin
	When   When
	Try    bool // no error if it cannot be done
	Action Action
}

// WhenKind says what a step waits for.
type WhenKind uint8

// What a step waits for.
const (
	Next     WhenKind = iota // right after the step before it
	At                       // a point of virtual time: Time
	After                    // Time after the step before it
	Once                     // the first moment at which Condition holds
	Whenever                 // each time that Condition becomes true
	AtEvent                  // after event number Event
)

// When is the prefix of a step.
type When struct {
	Kind      WhenKind
	Time      Micros
	Event     uint64
	Condition Condition // of Once and Whenever
}

// Action is what a step does: one of the types of this file, as a pointer.
type Action interface{ action() }

// Command is a command word with its arguments: `add(1)`, `transfer(A,B,5)`, `m1`.
type Command struct {
	Text string // canonical, blanks removed: `transfer(A,B,5)`
	Name string // `transfer`
	Args []string
}

// The actions. Lists are expanded: a step on an empty list does nothing.
type (
	// Send is `C1 sends m1 m2 to S1 S2`. Without `to`, HasTo is false: the protocol's default.
	Send struct {
		Clients  []string
		Commands []Command
		HasTo    bool
		To       []string
	}
	// Resend is `C1 resends m1 to S2`; Commands is empty for the oldest unanswered.
	Resend struct {
		Clients  []string
		Commands []Command
		HasTo    bool
		To       []string
	}
	// Propose is `P1 proposes red with 3`.
	Propose struct {
		Nodes     []string
		Value     string // empty: the last one
		HasNumber bool
		Number    uint64
	}
	// Lead is `S2 leads with 11`.
	Lead struct {
		Nodes     []string
		HasNumber bool
		Number    uint64
	}
	// Fire is `timeout S2 retransmit`; an empty Timer is the next one.
	Fire struct {
		Nodes []string
		Timer string
	}
	// Suspect is `S2 suspects S1`, or `S2 trusts S1`.
	Suspect struct {
		Nodes  []string
		Others []string
		Trusts bool
	}
	// Vote is `P2 votes no`.
	Vote struct {
		Nodes []string
		Yes   bool
	}
	// Crash is `crash S1 S2`, `crash S1 after sending accept to S3`, `crash S1 while writing
	// accepted`, or `crash S1 keeping 2 records`.
	Crash struct {
		Nodes   []string
		Sending SendingKind
		Message Selector // its Kind, Fields, N; To if Ends
		Writing WritingKind
		Record  Pick // of Writing: the n-th from here on, the first if N is 0
		Keep    KeepKind
		Records Records // of Keep
	}
	// Restart is `restart S1 losing promised`, `restart S1 losing 2 records`, or `restart S1 from
	// backup`.
	Restart struct {
		Nodes  []string
		Losing []string
		Last   int // so many records of a stream are lost
		Backup bool
	}
	// Wipe is a crash that empties the disk.
	Wipe struct{ Nodes []string }
	// Pause makes arrivals and timers wait.
	Pause struct{ Nodes []string }
	// Resume ends a pause.
	Resume struct{ Nodes []string }
	// Sync ends the waiting writes of the nodes, or of all of them.
	Sync struct {
		All   bool
		Nodes []string
	}
	// Partition replaces the standing one. Nodes in no group keep all their links.
	Partition struct{ Groups [][]string }
	// Heal ends the partition and every cut.
	Heal struct{}
	// Cut is `cut S1 -> S3`, of each pair.
	Cut struct {
		From, To []string
		Both     bool
	}
	// Mend undoes Cut.
	Mend struct {
		From, To []string
		Both     bool
	}
	// Move does something to messages: `deliver all accept S1 -> S3`.
	Move struct {
		Verb      Verb
		Reach     Reach
		Message   Selector
		By        Micros // of DelayBy
		Until     UntilKind
		UntilTime Micros
		Condition Condition // of UntilCondition
	}
	// Forge sends a message that its sender's code never sent.
	Forge struct{ Message Selector }
	// Proceed is `run`, `run 100ms`, `run until CONDITION`: hand over to the timed scheduler.
	Proceed struct {
		Until     UntilKind // UntilNothing: until quiet
		For       Micros
		Condition Condition
	}
	// Advance is `step 3`: that many events.
	Advance struct{ Events int }
	// Note is an annotation on the timeline.
	Note struct{ Text string }
	// Open is where a link opens, paused.
	Open struct{}
	// Join is `join S4`.
	Join struct{ Nodes []string }
	// Leave is `leave S1`.
	Leave struct{ Nodes []string }
	// Members is `members S2 S3 S4`.
	Members struct{ Nodes []string }
)

// SendingKind says at which message a crash cuts.
type SendingKind uint8

// Where a crash cuts.
const (
	NotSending SendingKind = iota // at once
	BeforeSending
	AfterSending
)

// Verb is what is done to a message.
type Verb uint8

// What is done to messages.
const (
	Deliver Verb = iota
	Lose
	Duplicate
	Hold
	Release
	Corrupt
	DelayBy
)

// Reach is how many of the messages that fit are meant.
type Reach uint8

// How many messages are meant.
const (
	One   Reach = iota // the oldest in flight for each pair, else the next that is sent
	All                // those in flight
	Every              // those in flight and those to come
)

// UntilKind says what ends something that goes on.
type UntilKind uint8

// What ends something that goes on.
const (
	UntilNothing UntilKind = iota
	UntilTime
	UntilCondition
)

func (*Send) action()      {}
func (*Resend) action()    {}
func (*Propose) action()   {}
func (*Lead) action()      {}
func (*Fire) action()      {}
func (*Suspect) action()   {}
func (*Vote) action()      {}
func (*Crash) action()     {}
func (*Restart) action()   {}
func (*Wipe) action()      {}
func (*Pause) action()     {}
func (*Resume) action()    {}
func (*Sync) action()      {}
func (*Partition) action() {}
func (*Heal) action()      {}
func (*Cut) action()       {}
func (*Mend) action()      {}
func (*Move) action()      {}
func (*Forge) action()     {}
func (*Proceed) action()   {}
func (*Advance) action()   {}
func (*Note) action()      {}
func (*Open) action()      {}
func (*Join) action()      {}
func (*Leave) action()     {}
func (*Members) action()   {}
