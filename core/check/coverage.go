package check

import "github.com/synodlab/synod/core/trace"

// coverage keeps, for each command, which servers ever executed it.
type coverage struct {
	list []covered // by command
	any  bool
}

type covered struct {
	by    Set
	event int32 // the first execution
}

func (s *coverage) reset() { *s = coverage{list: s.list[:0]} }

func (s *coverage) copyFrom(o *coverage) { s.list, s.any = refill(s.list, o.list), o.any }

// covers takes in that r.Node executes r.Value.
func (j *Judge) covers(i int, r *trace.Record) {
	if j.idle(r.Value) {
		return
	}
	j.coverage.any = true
	c := entry(&j.coverage.list, int(r.Value))
	if c.by == 0 {
		c.event = int32(i)
	}
	c.by = c.by.With(r.Node)
}

// allExecute judges all-execute: what one server has executed, every server that is up has (ETH
// Theorem 1.15, with "eventually" read as: by now; E-34, M-08). A server has executed a command if
// it ever did, before a crash too, or if the command is in the state that it started from.
func (j *Judge) allExecute() Result {
	r := Result{Name: names[allExecute], Event: -1, Other: -1}
	if !j.coverage.any {
		return r
	}
	r.Status = Holds
	up := j.upServers()
	for v := range j.coverage.list {
		c := &j.coverage.list[v]
		if c.by == 0 {
			continue
		}
		for missing := up &^ c.by; missing != 0; missing &= missing - 1 {
			n := missing.first()
			if j.contains(j.servers[n].state, trace.Value(v)) {
				continue
			}
			r.Status, r.Event = Breaks, int(c.event)
			r.Detail = j.say(c.by.first(), " executed ", trace.Value(v), ", ", n, " did not")
			return r
		}
	}
	return r
}

// upServers returns the servers that are up.
func (j *Judge) upServers() Set {
	up := j.cfg.Servers
	for n := range trace.Node(trace.MaxNodes) {
		if j.servers[n].down {
			up = up.Without(n)
		}
	}
	return up
}

// contains reports whether v is among the commands of state.
func (j *Judge) contains(state trace.History, v trace.Value) bool {
	t := &j.log.Histories
	if j.executed.has(t, state) {
		place := j.executed.placeOf(v)
		return place > 0 && place <= int(t.Len(state))
	}
	return t.Has(state, v)
}
