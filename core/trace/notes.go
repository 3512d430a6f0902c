package trace

// Words that a Note record bears when it says more than a sentence for readers: the checks and
// figures understand these. Each is the text of Record.Note.
const (
	Proposes = "proposes" // Value was issued: by client Node, or by a person at proposer Node
	Resends  = "resends"  // client Node sends Value again
	Round    = "round"    // Node starts a round with number Ballot
	Refuses  = "refuses"  // acceptor Node refuses or ignores Ballot of To for the higher VBallot
	Suspects = "suspects" // the detector of Node suspects To
	Trusts   = "trusts"   // the detector of Node trusts To again
	Waits    = "waits"    // Node waits from now on for others, undecided or holding a lock
	Settled  = "settled"  // Node waits no longer
	Commits  = "commits"  // Node commits transaction Value
	Aborts   = "aborts"   // Node aborts transaction Value
	Alarm    = "alarm"    // Node saw two claims that cannot both be right
	Pauses   = "pauses"   // Node stops taking in anything, for a time
	Resumes  = "resumes"  // Node goes on
	Wiped    = "wiped"    // Node's disk is empty from now on
	Cuts     = "cuts"     // the link From -> To is cut
	Mends    = "mends"    // the link From -> To works again
	Holds    = "holds"    // message Message waits on its way until it is released
	Releases = "releases" // message Message goes on
	Corrupts = "corrupts" // message Message is damaged; it will fail its checksum
	Hopeless = "hopeless" // nothing can happen any more that would let a waiting node go on
	NotQuiet = "not quiet"
)
