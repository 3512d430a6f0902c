package scenario

// Scenario is one concrete run: no variable, range or list is left unexpanded in it. A caller
// may keep it; nothing else refers to its memory.
type Scenario struct {
	Case      string    // name of the case; empty in a file without cases
	CaseTitle string    // may be empty
	Run       int       // index within the family of this case, from 0
	Values    []Binding // what each variable stands for, in the order of the `each` lines
	Header    Header
	settings  []string // the header lines, variables replaced: a later one wins

	// Body holds *Step, *Expect, *Measure and *Explore: those of the common part, then those of
	// the case, each in the order of the text.
	Body     []Statement
	Common   int       // how many of Body stand above the first case
	Controls []Variant // those of the common part, then those of the case
}

// Variant is a control: the same steps on another protocol, then its own Body.
type Variant struct {
	Origin
	Protocol Protocol
	Body     []Statement
}

// Binding is the value of one variable: one word, or several (a set, an order, a split).
type Binding struct {
	Name  string
	Words []string
}

// Statement is a line that does or claims something: *Step, *Expect, *Measure or *Explore.
type Statement interface {
	// Source returns the place and the text of the statement.
	Source() Origin
}

// Origin is where a statement comes from.
type Origin struct {
	Pos  Pos
	Text string // the canonical line with its variables replaced
	Raw  string // the canonical line as written, the same in all runs of a family
}

// Source returns the origin itself.
func (o Origin) Source() Origin { return o }

// Measure asks for minimum, median, p99 and maximum of a figure over a family.
type Measure struct {
	Origin
	Figure Figure
}

// Explore asks for an exhaustive search from the state after the steps above it. A bound is
// Unbounded if it was not named.
type Explore struct {
	Origin
	Numbers    *Numbers // nil unless named
	Values     []string // what a free proposer may propose
	Attempts   int      // of each proposer
	Crashes    int
	Losing     []string // durable fields that a crash loses
	Restarts   int
	Losses     int
	Duplicates int
	Timeouts   int
	Depth      int
	Once       bool // `messages once`: delivery takes the message away
}

// Unbounded is a bound of Explore that was not named.
const Unbounded = -1

// Numbers is the inclusive range of proposal numbers of a search.
type Numbers struct {
	Lo, Hi int
}
