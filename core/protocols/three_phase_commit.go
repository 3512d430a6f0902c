package protocols

import "github.com/synodlab/synod/core/sim"

// threePhaseCommit is Skeen's repair of two-phase commit (T-02, E-18): nobody commits before all
// know that all voted yes. So a site that waits too long can decide: it aborts as long as it does
// not know how the votes went, and commits if it does. That is right as long as who is silent is
// dead. A wall between two that live makes one commit and the other abort.
var threePhaseCommit = Protocol{
	Name:    "three-phase-commit",
	Title:   "Three-phase commit",
	Seeds:   []string{"A-3PC"},
	Options: commitOptions,
	Kinds:   commitKinds,
	Rows:    commitRows,
	Timers:  []string{"retransmit", "wait"},
	Checks:  commitChecks,
	To:      "the coordinator: TC proposes t1",
	Open: func(p *sim.Place, o Options) (func(sim.Node) sim.Process, error) {
		return openCommitment(p, o, true)
	},
}

// expect waits for what comes next, in the protocol that has a timeout for it.
func (s *site) expect(out *sim.Out) {
	if s.three {
		out.Set(timerWait, s.place.Timeout)
	}
}

// impatient decides alone: what it waits for did not come.
func (s *site) impatient(out *sim.Out) {
	switch t := s.open(); {
	case t == nil:
	case t.phase == waiting:
		s.decide(out, t, aborted)
	default:
		s.decide(out, t, committed)
	}
}

// detect takes in whom the detector suspects or trusts again. Where the coordinator is suspected,
// the first participant that is not takes its place and decides by what it knows itself; that is
// what makes three phases right wherever the detector is.
func (s *site) detect(in *sim.Input, out *sim.Out) {
	for _, n := range in.Peers {
		if in.Kind == sim.Trust {
			s.suspected &^= 1 << n
		} else {
			s.suspected |= 1 << n
		}
	}
	t := s.open()
	if t == nil || !s.three || in.Kind == sim.Trust {
		return
	}
	if s.leads && t.phase == preCommitted {
		s.pending &^= s.suspected
		s.goOn(out, t)
	}
	if s.leads || s.suspected>>s.coordinator&1 == 0 {
		return
	}
	s.expect(out)
	for _, n := range s.sites {
		if n != s.coordinator && n < s.self && s.suspected>>n&1 == 0 {
			return
		}
	}
	s.takeOver(out, t)
}

// takeOver makes s the coordinator of t. Who does not know how the votes went lets all abort; who
// does tells the others first, and commits when all have heard it.
func (s *site) takeOver(out *sim.Out, t *transaction) {
	s.leads, s.pending = true, s.others()&^s.suspected
	if t.phase == waiting {
		s.pending = 0 // as if all had voted
		s.decide(out, t, aborted)
		return
	}
	s.say(out, t)
	s.goOn(out, t)
}
