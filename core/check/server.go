package check

import "github.com/synodlab/synod/core/trace"

// server is what a judge keeps of one node.
type server struct {
	down    bool
	state   trace.History // what it has executed since it last started, or what it started from
	stateAt int32         // the record that says so
	longest trace.History // the longest sequence that it ever had executed
	longAt  int32
}

// execute takes in that the server has executed state.
func (s *server) execute(i int, state trace.History) {
	s.state, s.stateAt = state, int32(i)
}

// lengthen keeps state if it is the longest.
func (s *server) lengthen(t *trace.Histories, i int, state trace.History) {
	if t.Len(state) > t.Len(s.longest) {
		s.longest, s.longAt = state, int32(i)
	}
}

// prefix reports whether a is a prefix of b: at once if both are on the spine.
func (j *Judge) prefix(a, b trace.History) bool {
	t := &j.log.Histories
	if j.executed.has(t, a) && j.executed.has(t, b) {
		return t.Len(a) <= t.Len(b)
	}
	return t.Prefix(a, b)
}

// comparable reports whether one of a and b is a prefix of the other.
func (j *Judge) comparable(a, b trace.History) bool { return j.prefix(a, b) || j.prefix(b, a) }

// crashes takes in that a node forgets what is not on its disk.
func (j *Judge) crashes(n trace.Node) {
	j.rounds.fault()
	if n >= trace.MaxNodes {
		return
	}
	s := &j.servers[n]
	s.down, s.state = true, 0
	j.leaders.acting = j.leaders.acting.Without(n)
	j.rounds.down = j.rounds.down.With(n)
	j.waits.drop(n)
}

// restarts takes in that a node starts from its disk, whether it was down or not.
func (j *Judge) restarts(n trace.Node) {
	j.rounds.fault()
	if n >= trace.MaxNodes {
		return
	}
	s := &j.servers[n]
	s.down, s.state = false, 0
	j.waits.hopeless = false
	j.leaders.acting = j.leaders.acting.Without(n)
	j.rounds.down = j.rounds.down.Without(n)
	j.waits.drop(n)
}
