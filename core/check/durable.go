package check

import "github.com/synodlab/synod/core/trace"

// mustKeepShown judges reply-durable where a server executes: a state that a client was shown is
// contained in every later state of the service (M-20, M-34, M-44, M-51, K-05, K-40). A later
// state is one that a server executes or a client is shown after the client heard. It contains what
// was shown, or it is a part of it: a server that lags behind, and an answer that was long under
// way, take nothing back. What breaks is a state that can never grow into one that contains it.
// An answer that shows no state is not judged.
func (j *Judge) mustKeepShown(i int, r *trace.Record, state trace.History) {
	if j.shown.len() == 0 || !j.open(replyDurable) || j.comparable(j.shown.tip(), state) {
		return
	}
	j.takesBack(i, r.Node, state)
}

// mustKeepShownAtEnd judges reply-durable where the run ends: the states of the servers that are up
// are later states too, also of those that have executed nothing since. One that is down has none.
func (j *Judge) mustKeepShownAtEnd() {
	if j.shown.len() == 0 {
		return
	}
	for n := range trace.Node(trace.MaxNodes) {
		s := &j.servers[n]
		if j.open(replyDurable) && !j.comparable(j.shown.tip(), s.state) {
			j.takesBack(int(s.stateAt), n, s.state)
		}
	}
}

func (j *Judge) takesBack(event int, n trace.Node, state trace.History) {
	answer, client := j.shown.fork(&j.log.Histories, state)
	j.breaks(replyDurable, event, answer, client, " was shown ", j.shown.tip(), ", and ", n,
		" has executed ", state)
}
