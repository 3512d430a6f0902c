package protocols

// The kinds that every protocol with clients has, at the same place.
const (
	kindRequest uint8 = iota
	kindReply
)

// timerRetry is the clients' timer, the first of every protocol that has clients.
const timerRetry = 0

var (
	requestKind = Kind{Name: "request", Words: Words{"request"}, Fields: []string{"v"}}
	replyKind   = Kind{Name: "reply", Words: Words{"reply"}, Fields: []string{"state"}}
)

// The kinds of Paxos, in everybody's words: the documents agree on more than their vocabularies
// show. Where they do not agree is told at [textbookRules].
var (
	prepareKind = Kind{Name: "prepare", Fields: []string{"n"},
		Words: Words{"prepare", "Q1", "prepare", "prepare", "ask", "Prep"}}
	promiseKind = Kind{Name: "promise", Fields: []string{"n", "n_a", "v_a"},
		Words: Words{"promise", "R1", "promise", "ready", "ok", "Prom"},
		Shown: [6][]string{1: {"n_a", "v_a"}, 4: {"n_a", "v_a"}}}
	acceptKind = Kind{Name: "accept", Fields: []string{"n", "v", "seq"},
		Words: Words{"accept", "Q2", "accept?", "accept", "propose", "Acc"},
		Shown: [6][]string{2: {"v", "n", "seq"}}}
	acceptedKind = Kind{Name: "accepted", Fields: []string{"n", "v", "seq"},
		Words: Words{"accepted", "R2", "accepted", "accepted", "success", "Lrn"},
		Shown: [6][]string{1: {}, 4: {}}}
	chosenKind = Kind{Name: "chosen", Fields: []string{"v", "seq"},
		Words: Words{"chosen", "Q3", "chosen", "chosen", "execute", "Commit"},
		Shown: [6][]string{1: {}}}
	nackKind = Kind{Name: "nack", Fields: []string{"n", "max"},
		Words: Words{"nack", "nack", "reject", "reject", "no", "Nack"}}
)

// The accepts and learns that no number but that of the sequence is in (Meling's, before rounds).
var (
	plainAcceptKind = Kind{Name: "accept", Fields: []string{"v", "seq"}, Words: acceptKind.Words}
	plainLearnKind  = Kind{Name: "accepted", Fields: []string{"v", "seq"},
		Words: acceptedKind.Words}
)

// None returns how a vocabulary writes that no value, and that no number, is there.
func None(vocabulary int) (value, number string) {
	return rowAcceptedValue.None.In(vocabulary), rowAccepted.None.In(vocabulary)
}

// The rows of tables of state, in everybody's words.
var (
	rowPromised = Row{Name: "promised", None: Words{"nil", "-1", "nil", "nil", "0", "nil"},
		Words: Words{"promised", "n_h", "max_proposal_number", "promised", "T_max", "rnd"}}
	rowAccepted = Row{Name: "accepted", None: Words{"nil", "-1", "nil", "nil", "0", "nil"},
		Words: Words{"accepted", "n_a", "accepted_proposal", "accepted", "T_store", "vrnd"}}
	rowAcceptedValue = Row{Name: "accepted_value", None: Words{"nil", "nil", "nil", "nil", "⊥",
		"nil"},
		Words: Words{"accepted_value", "v_a", "accepted_value", "accepted_value", "C", "vval"}}
	rowNumber = Row{Name: "n", None: Words{"nil", "nil", "nil", "nil", "0", "nil"},
		Words: Words{"n", "n", "n", "n", "t", "n"}}
	rowProposed = Row{Name: "v", None: Words{"nil", "nil", "nil", "nil", "⊥", "nil"},
		Words: Words{"v", "v", "v", "v", "c", "v"}}
	rowValue   = plainRow("value")
	rowDone    = plainRow("done")
	rowView    = plainRow("view")
	rowPrimary = plainRow("primary")
	rowLeader  = plainRow("leader")
	rowBallot  = plainRow("ballot")
	rowLog     = plainRow("log")
	rowExec    = plainRow("executed")
	rowState   = plainRow("state")
	rowAnswer  = plainRow("answer")
)

func plainRow(name string) Row { return Row{Name: name, Words: Words{name}, None: Words{"nil"}} }
