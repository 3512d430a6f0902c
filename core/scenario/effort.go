package scenario

// Beside its events a run costs what is asked between them: whether a statement that waits has its
// turn, whether a rule is for a message, whether a deadline is met. That is bounded too, so that a
// text of a few thousand such lines cannot keep a page or a server busy for minutes. The costs are
// counts, in units of some nanoseconds, and so the same on every machine.
const (
	maxEffort     = 1_500_000_000 // of a run
	maxFileEffort = 3_000_000_000 // of all runs of a file

	costOfGlance = 3  // at a statement that waits for its turn
	costOfAsking = 6  // whether a condition holds, whether a message fits
	costOfRow    = 30 // of the table of state of one node
	costOfClaim  = 30 // beside what it asks
)

// weary reports whether the run has cost what a run may cost; it is over then.
func (r *Run) weary() bool {
	if r.effort > maxEffort && r.err == nil {
		r.err = r.fault(Pos{Line: 1, Col: 1}, "the lines that wait ask too much of the run",
			"fewer lines that wait, or fewer events")
	}
	return r.effort > maxEffort
}

// glance takes in one look at everything that waits.
func (r *Run) glance() {
	waiting := len(r.script.chains) + len(r.rules) + len(r.deadlines) + len(r.live)
	r.effort += costOfGlance * waiting
}
