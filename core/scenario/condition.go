package scenario

// ConditionKind says what a condition is about.
type ConditionKind uint8

// The conditions. Those that name an act have happened once it was done; Leads, Suspects, RowIs,
// Quiet and Is are so now.
const (
	NoCondition   ConditionKind = iota
	Chosen                      // `chosen V [at SLOT]`
	NothingChosen               // `nothing chosen`, in expectations
	Executed                    // `NODE executed V`: among others
	Accepted                    // `NODE accepted V`
	Promised                    // `NODE promised V`
	Heard                       // `NODE heard V`: V is in a state that the client was shown
	Sent                        // `NODE sent KIND [#n] [to NODES]`
	Received                    // `NODE received KIND [#n] [from NODES]`
	Leads                       // `NODE leads`
	Suspects                    // `NODE suspects OTHER`
	RowIs                       // `NODE.ROW op V`
	Quiet                       // `quiet`
	Is                          // `NODE is STATE`: up, down or paused
	Alarmed                     // `NODE alarmed`: has raised an alarm
)

// Condition is a claim about one moment of a run.
type Condition struct {
	Pos     Pos
	Kind    ConditionKind
	Node    string
	Other   string   // of Suspects
	Value   string   // of Chosen, Executed, Accepted, Promised, Heard, RowIs; blanks removed
	HasSlot bool     // of Chosen
	Slot    uint64   // of Chosen
	Message Selector // of Sent (To if Ends) and Received (From if Ends)
	Row     string   // of RowIs
	Op      Op       // of RowIs
	State   string   // of Is
}

// Op is a comparison.
type Op uint8

// The comparisons.
const (
	Equal Op = iota
	NotEqual
	Less
	LessOrEqual
	Greater
	GreaterOrEqual
)

var opTexts = [...]string{"=", "!=", "<", "<=", ">", ">="}

// String returns the comparison as it is written.
func (o Op) String() string { return opTexts[o] }

// Selector selects messages: `KIND[(words)] [#n] [FROM -> TO]`. With Ends, it means one message
// for each pair, FROM first; an empty list then means no message.
type Selector struct {
	Pos      Pos
	Kind     string // as written: the protocol's name, or a synonym; see SameKind
	Fields   []Field
	N        uint64 // the n-th such message ever sent; 0 if not named
	Ends     bool   // FROM -> TO was written
	From, To []string
	AnyFrom  bool // `*`
	AnyTo    bool // `*`
}

// Field is a word between the parentheses of a selector: it equals the field Name, or any field
// if Name is empty; the Value `_` is anything.
type Field struct {
	Name  string
	Value string // blanks removed
}
