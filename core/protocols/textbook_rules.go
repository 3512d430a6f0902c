package protocols

import (
	"slices"
	"strconv"
)

// textbookRules are the options that change a rule of Paxos, the right rule first. The documents do
// not state the same rules. Each is right in its own company; T-12, K-35, L-17 and E-41 show what
// comes of one that is taken out of it, or taken at its word.
//
//	              Karp           Lin             Marshall          Wattenhofer    Meling
//	prepare n is  n > n_h        n no smaller    nothing above n   t > T_max      rnd is higher
//	answered if                  than max        is accepted
//	accept n is   n ≥ n_h, and   n no smaller    no prepare above  t = T_max      rnd is no lower
//	obeyed if     n_h becomes n  than max        n was answered
//	and is sent   to who         (to all)        (not said)        to the same    to all
//	              answered                                         majority
//	numbers are   round and id   any that have   n                 1, 2, 3, and   i mod N: 1 4 7,
//	              10 11 20       an order                          not unique     2 5 8, 3 6 9
//	refusals are  silence        told, with max  told              silence, or    silence
//	                                                               told
//	who learns    the leader,    learners, from  learners          the client,    the leader, then
//	              then all (Q3)  the proposer                      then all       all; or all at
//	                             or acceptors                      (execute)      once
//	on disk are   n_a, v_a       max, accepted   (not said)        (who crashes   (who crashes
//	                             number, value                     stays down)    stays down)
//
// In options: Karp's are numbers=karp accept-to=responders answer=once disk=n_a,v_a, Lin's
// answer=at-least refuse=nack disk=n_h,n_a,v_a, Marshall's answer-against=accepted accept=literal,
// and those of Algorithm 1.13 numbers=counter answer=once accept=equal accept-to=responders.
var textbookRules = []Option{
	{Name: "raises", Values: []string{"yes", "no"},
		Doc: "whether accepting a number promises it too (B-14, T-12)"},
	{Name: "count", Values: []string{"per-number", "across"},
		Doc: "whether a learner counts votes for each number apart (B-20)"},
	{Name: "report", Values: []string{"yes", "no"},
		Doc: "whether a promise tells what is accepted (M-44)"},
	{Name: "answer", Values: []string{"above", "at-least", "once"},
		Doc: "which prepare is answered: one above what was promised, or as high; above also " +
			"answers the same question again, once does not (B-18, E-30)"},
	{Name: "answer-against", Values: []string{"promised", "accepted"},
		Doc: "what a prepare is compared with (T-06)"},
	{Name: "accept", Values: []string{"at-least", "equal", "literal", "above", "any"},
		Doc: "which number is accepted, measured against the promise; literal: unless a higher " +
			"prepare was answered (T-07, T-12, B-18)"},
	{Name: "keep", Values: []string{"last", "highest"},
		Doc: "which accepted value is kept (T-12)"},
	{Name: "ballots", Values: []string{"two", "one"},
		Doc: "whether the promised and the accepted number are two variables (B-19)"},
	{Name: "disk", Values: []string{"all", "n_h", "n_a", "v_a", "n", "value", "none"}, List: true,
		Doc: "what is written to disk and read after a restart (B-02 to B-04, K-34, K-35, L-17)"},
	{Name: "recall", Values: []string{"both", "promise"},
		Doc: "what a restarted acceptor takes its promise from: both records or that of the " +
			"promise alone (B-06)"},
	{Name: "wiped", Values: []string{"learns", "votes"},
		Doc: "what a node with an empty disk under its old name does (B-11)"},
	{Name: "adopt", Values: []string{"highest", "any", "lowest", "none"},
		Doc: "which reported value is proposed: any is the first to come (L-04, E-25)"},
	{Name: "believe", Values: []string{"no", "yes"},
		Doc: "whether a reported value is taken for chosen (B-25)"},
	{Name: "prepare-quorum", Values: []string{"majority", "N"},
		Doc: "how many must promise, quorum if only that is given (L-15)"},
	{Name: "quorum", Values: []string{"majority", "N"},
		Doc: "how many must accept (M-50, B-50)"},
	{Name: "tally", Values: []string{"acceptors", "messages"},
		Doc: "what is counted to a quorum (B-17)"},
	{Name: "stale", Values: []string{"dropped", "counted"},
		Doc: "what becomes of promises for another number (B-16)"},
	{Name: "echo", Values: []string{"yes", "no"},
		Doc: "whether an answer names the life of the proposer that it is for (L-17, E-41)"},
	{Name: "count-nack", Values: []string{"no", "yes"},
		Doc: "whether a refusal counts as an answer (E-31)"},
	{Name: "refused", Values: []string{"unknown", "failed"},
		Doc: "what a client is told of a refused round: nothing, or that it failed (B-22)"},
	{Name: "answers", Values: []string{"durable", "early"},
		Doc: "whether an acceptor's answer waits for its disk (B-01)"},
}

// rules are the rules of one run.
type rules struct {
	raises        bool
	across        bool
	reports       bool
	answer        string
	byAccepted    bool
	accept        string
	keepsHighest  bool
	oneBallot     bool
	disk          [5]bool // by the words of diskWords
	recallsBoth   bool
	wipedVotes    bool
	adopt         string
	believes      bool
	prepareQuorum int
	acceptQuorum  int
	byMessage     bool
	staleCounts   bool
	echo          bool
	nackCounts    bool
	tellsFailed   bool
	early         bool
	counter       bool
	strict        bool // no honest acceptor can report a number as high as the one asked for
}

var diskWords = [5]string{"n_h", "n_a", "v_a", "n", "value"}

// Places in rules.disk.
const (
	diskPromised = iota
	diskAccepted
	diskAcceptedValue
	diskNumber
	diskLearnt
)

func parseRules(o Options, acceptors int) rules {
	r := rules{
		raises: o.Word("raises") == "yes" && o.Word("accept") != "literal",
		across: o.Word("count") == "across", reports: o.Word("report") == "yes",
		answer: o.Word("answer"), byAccepted: o.Word("answer-against") == "accepted",
		accept: o.Word("accept"), keepsHighest: o.Word("keep") == "highest",
		oneBallot: o.Word("ballots") == "one", recallsBoth: o.Word("recall") == "both",
		wipedVotes: o.Word("wiped") == "votes", adopt: o.Word("adopt"),
		believes:  o.Word("believe") == "yes",
		byMessage: o.Word("tally") == "messages", staleCounts: o.Word("stale") == "counted",
		echo: o.Word("echo") == "yes", nackCounts: o.Word("count-nack") == "yes",
		tellsFailed: o.Word("refused") == "failed", early: o.Word("answers") == "early",
		counter: o.Word("numbers") == "counter",
	}
	r.prepareQuorum, r.acceptQuorum = quorums(o, acceptors)
	for i, word := range diskWords {
		r.disk[i] = slices.Contains(o["disk"], word) || slices.Contains(o["disk"], "all")
	}
	r.strict = r.raises && r.answer != "at-least" && !r.byAccepted && !r.staleCounts &&
		r.disk == [5]bool{true, true, true, true, true}
	return r
}

// quorums returns how many acceptors must promise and how many must accept.
func quorums(o Options, acceptors int) (prepare, accept int) {
	prepare, accept = acceptors/2+1, acceptors/2+1
	if n, err := strconv.Atoi(o.Word("quorum")); err == nil {
		prepare, accept = n, n
	}
	if n, err := strconv.Atoi(o.Word("prepare-quorum")); err == nil {
		prepare = n
	}
	return prepare, accept
}
