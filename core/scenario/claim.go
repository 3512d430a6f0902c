package scenario

// Expect is an expectation.
type Expect struct {
	Origin
	HasAt bool // `at TIME expect …`: judged then
	At    Micros
	HasBy bool // `expect by TIME …`: a deadline
	By    Micros
	Runs  Runs
	// Here says that a step of the same part stands below: judged at this place in the steps, not
	// at the end of the run.
	Here  bool
	Claim Claim
}

// claimsBreak reports whether x says that a check breaks. `in no run breaks …` says the contrary.
func (x *Expect) claimsBreak() bool {
	c, ok := x.Claim.(*CheckIs)
	return ok && c.Breaks && x.Runs.Kind != NoRun
}

// RunsKind says in how many runs of a family a claim must hold.
type RunsKind uint8

// In how many runs a claim must hold.
const (
	AllRuns RunsKind = iota
	ExactRuns
	AtLeastRuns
	SomeRun
	NoRun
)

// Runs is `in 2 runs`, `in at least 990 runs`, `in some run`, `in no run`; else all.
type Runs struct {
	Kind RunsKind
	N    int // of ExactRuns and AtLeastRuns
}

// Claim is what is expected: one of the types of this file, as a pointer.
type Claim interface{ claim() }

// The claims.
type (
	// CheckIs is a named check that holds, or is violated if Breaks. HasN: `livelock 50`.
	CheckIs struct {
		Check  string
		Breaks bool
		HasN   bool
		N      int
		For    []string // `for C1`; empty: all
	}
	// Holds is `[not] CONDITION`.
	Holds struct {
		Not       bool
		Condition Condition
	}
	// Before is `[not] CONDITION before CONDITION`: both happened, in this order.
	Before struct {
		Not           bool
		First, Second Condition
	}
	// ExecutedIs is `S1 executed m2 m1`: exactly these, in this order; none for `nothing`.
	ExecutedIs struct {
		Node     string
		Commands []string
	}
	// HeardIs is `C2 heard m2, m1 m2`: the states shown, in order; none for `nothing`.
	HeardIs struct {
		Node   string
		States [][]string
	}
	// RowsAre is `[not] S1.n_h = 11`, or `[not] *.n_a = 11 11 _ -1 -1`. With Every, Values holds
	// one word for each node that has the row, or one for all; else one or more words of the same
	// value. Blanks inside a word are removed.
	RowsAre struct {
		Not    bool
		Every  bool
		Node   string
		Row    string
		Op     Op
		Values []string
	}
	// LeadersAre is `leader S2`: exactly these; none for `nobody`.
	LeadersAre struct{ Nodes []string }
	// FigureIs is `sent accept S1 -> * = 2`. N is in microseconds for latency.
	FigureIs struct {
		Figure Figure
		Op     Op
		N      int64
	}
	// SameState is `same-state S1 S2 [with case a]`, or `different-state …`.
	SameState struct {
		Different bool
		Nodes     []string
		Case      string // empty: compare the machines of Nodes with each other
	}
	// SameChosen is `same-chosen with case a`.
	SameChosen struct{ Case string }
	// Safe is `safe` or `safe CHECK…`: the search found no violation, or none of these.
	Safe struct{ Checks []string }
	// Violation is `violation CHECK`: the search found this one.
	Violation struct{ Check string }
	// Count is a figure of the search: `shortest 17`, `states 3921`, `depth 25`, `generated 9`.
	Count struct {
		What string
		N    uint64
	}
	// Ends is `every end CONDITION` or `some end CONDITION` of the search.
	Ends struct {
		Every     bool
		Not       bool
		Condition Condition
	}
)

// Searches tells whether the claim is about a search rather than about a run.
func Searches(c Claim) bool {
	switch c.(type) {
	case *Safe, *Violation, *Count, *Ends:
		return true
	}
	return false
}

// Figure is something that is counted: sent, delivered, lost (of Message, if HasMessage), rounds,
// preempted, rolled-back, latency (of Command, microseconds), events.
type Figure struct {
	Name       string
	HasMessage bool
	Message    Selector
	Command    string
}

func (*CheckIs) claim()    {}
func (*Holds) claim()      {}
func (*Before) claim()     {}
func (*ExecutedIs) claim() {}
func (*HeardIs) claim()    {}
func (*RowsAre) claim()    {}
func (*LeadersAre) claim() {}
func (*FigureIs) claim()   {}
func (*SameState) claim()  {}
func (*SameChosen) claim() {}
func (*Safe) claim()       {}
func (*Violation) claim()  {}
func (*Count) claim()      {}
func (*Ends) claim()       {}
