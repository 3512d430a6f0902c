package check

import "github.com/synodlab/synod/core/trace"

// Config tells a Judge what it must know of a run: who plays which role, and what a quorum is.
type Config struct {
	Log *trace.Log // its Names and Histories are read, its Records by Event alone

	Servers, Proposers, Acceptors, Learners, Clients Set

	// Quorum is how many of Acceptors must accept a value under one number to make it chosen; a
	// Configure record with a slot changes both from that slot on. 0: the protocol has no accept
	// events, and what is chosen cannot be judged.
	Quorum int

	// AcceptKind is the Record.Type of the message that proposes a value to the acceptors, on whose
	// sendings unique and safe-proposal are judged; 0: there is none.
	AcceptKind uint8

	// AcceptPromises says that who accepts a number also promises it, as Karp's n_h = n and Lin's
	// rule have it. Without it only Promise records promise (T-12, B-14).
	AcceptPromises bool

	TimeoutHi int64    // longest wait of the protocol, in microseconds: the unit of blocked
	Checks    []string // the properties to judge; nil: all. Unknown names are ignored
}

// Judge judges one run. It is not safe for use by several goroutines.
type Judge struct {
	cfg     Config
	log     *trace.Log
	judging uint32 // properties to judge, a bit each
	now     int64  // virtual time of the last record or End
	last    int    // number of the last record, -1 before the first
	quiet   bool   // as of the last End: nothing can happen any more

	verdicts [properties]verdict
	found    []Violation
	told     int // how many of found the caller has taken

	servers   [trace.MaxNodes]server
	promised  [trace.MaxNodes]mark
	commands  commands
	instances instances
	votes     votes
	proposals proposals
	executed  spine // what servers executed
	forked    bool  // a server's sequence has left it, as far as order was judged
	strayed   bool  // the same, whatever is judged
	shown     spine // what clients were shown
	answers   answers
	learnt    learnings
	promises  learnings // of acceptors for single slots
	holders   holders
	leaders   leaders
	outcomes  outcomes
	rounds    rounds
	waits     waits
	coverage  coverage
	progress  progress
}

// verdict is what is known of one property.
type verdict struct {
	judged       bool // there was something to judge
	broken       int  // how often it broke
	event, other int32
	detail       string
}

// mark is a number that a record set.
type mark struct {
	number int64
	event  int32
	set    bool
}

// New returns a Judge of a run that has not begun.
func New(c Config) *Judge {
	j := new(Judge)
	j.Reset(c)
	return j
}

// Reset begins the judgement of another run. It keeps the memory of the one before.
func (j *Judge) Reset(c Config) {
	j.cfg, j.log, j.judging = c, c.Log, 0
	if c.Acceptors == 0 {
		j.cfg.Acceptors = ^Set(0)
	}
	for _, name := range c.Checks {
		if p := find(name); p < properties {
			j.judging |= 1 << p
		}
	}
	if c.Checks == nil {
		j.judging = 1<<properties - 1
	}
	j.now, j.last, j.quiet = 0, -1, false
	j.verdicts = [properties]verdict{}
	j.servers, j.promised = [trace.MaxNodes]server{}, [trace.MaxNodes]mark{}
	j.found, j.told, j.forked, j.strayed = j.found[:0], 0, false, false
	j.holders, j.leaders.acting, j.progress = holders{}, 0, progress{}
	j.resetTables()
}

func (j *Judge) resetTables() {
	j.commands.reset()
	j.instances.reset()
	j.votes.reset()
	j.proposals.reset()
	j.executed.reset()
	j.shown.reset()
	j.answers.reset()
	j.learnt.reset()
	j.promises.reset()
	j.leaders.reset()
	j.outcomes.reset()
	j.rounds.reset()
	j.waits.reset()
	j.coverage.reset()
}

// CopyFrom makes j judge what o has judged so far, in j's own memory: a search goes on from one
// state in several directions. Both read the same log tables.
func (j *Judge) CopyFrom(o *Judge) {
	j.cfg, j.log, j.judging = o.cfg, o.log, o.judging
	j.now, j.last, j.quiet = o.now, o.last, o.quiet
	j.verdicts, j.servers, j.promised = o.verdicts, o.servers, o.promised
	j.found, j.told = refill(j.found, o.found), o.told
	j.forked, j.strayed = o.forked, o.strayed
	j.holders, j.progress = o.holders, o.progress
	j.commands.copyFrom(&o.commands)
	j.instances.copyFrom(&o.instances)
	j.votes.copyFrom(&o.votes)
	j.proposals.copyFrom(&o.proposals)
	j.executed.copyFrom(&o.executed)
	j.shown.copyFrom(&o.shown)
	j.answers.copyFrom(&o.answers)
	j.learnt.copyFrom(&o.learnt)
	j.promises.copyFrom(&o.promises)
	j.leaders.copyFrom(&o.leaders)
	j.outcomes.copyFrom(&o.outcomes)
	j.rounds.copyFrom(&o.rounds)
	j.waits.copyFrom(&o.waits)
	j.coverage.copyFrom(&o.coverage)
}

// Event judges record i of the log: each record once, in order, right after it was appended. An
// accept that makes its value chosen, and says nothing else, gets the Note "chosen".
func (j *Judge) Event(i int) {
	r := &j.log.Records[i]
	if j.Observe(i, r) && r.Note == 0 {
		r.Note = j.log.Names.Of("chosen")
	}
}

// Observe judges r as record i, without a look at the log's records. It reports whether r is an
// accept that made its value chosen in its slot: true once for each slot and value.
func (j *Judge) Observe(i int, r *trace.Record) (chosen bool) {
	j.now, j.last = max(j.now, r.At), i
	switch r.Kind {
	case trace.Send:
		j.sends(i, r)
	case trace.Promise:
		j.promises1b(i, r)
	case trace.Accept:
		return j.accepts(i, r)
	case trace.Chosen:
		j.learns(i, r)
	case trace.Execute:
		j.executes(i, r)
	case trace.Reply:
		j.hears(i, r)
	case trace.Lead:
		j.leads(i, r)
	case trace.Configure:
		j.configures(i, r)
	case trace.Note:
		j.notes(i, r)
	case trace.StepDown, trace.Crash, trace.Restart, trace.Lose:
		j.changes(r)
	}
	return false
}

// sends judges a message that leaves.
func (j *Judge) sends(i int, r *trace.Record) {
	numbered := r.Ballot != trace.NoNumber && r.Value != 0
	if numbered && j.cfg.AcceptKind != 0 && r.Type == j.cfg.AcceptKind {
		j.proposes(i, r)
	}
	if j.cfg.Clients.Has(r.Node) {
		j.letsGo(r)
	}
}

// accepts judges an accept and counts it.
func (j *Judge) accepts(i int, r *trace.Record) (chosen bool) {
	j.mustBeProposed(i, r)
	j.mayAccept(i, r)
	if j.cfg.Quorum == 0 {
		return false
	}
	vote, fresh := j.votes.add(j.cfg.Acceptors, j.cfg.Quorum, i, r)
	if vote == nil {
		return false
	}
	j.chooses(i, vote)
	j.choiceBinds(i, vote)
	if fresh {
		j.moves(i, r)
		j.commands.chosen(r.Value, r.At)
	}
	return fresh
}

// learns judges that a node learns a value.
func (j *Judge) learns(i int, r *trace.Record) {
	j.mustBeProposed(i, r)
	j.mustBeChosen(i, r)
	j.mustAgree(i, r, slotKey)
	j.mustStay(i, r)
	j.moves(i, r)
	j.commands.chosen(r.Value, r.At)
}

// executes judges that a server executes a command.
func (j *Judge) executes(i int, r *trace.Record) {
	if r.Node >= trace.MaxNodes {
		return
	}
	s := &j.servers[r.Node]
	state := r.State
	if state == 0 {
		state = j.log.Histories.Then(s.state, r.Value)
	}
	straight := j.executed.add(&j.log.Histories, state, i, r.Node)
	j.strayed = j.strayed || !straight
	j.mustBeProposed(i, r)
	if r.Slot != trace.NoNumber {
		j.mustAgree(i, r, slotKey)
	} else {
		j.mustAgreeInPlace(i, r, straight, state)
	}
	j.mustFollow(i, r, straight, state)
	j.mustExtend(i, r, s, state)
	j.mustBeNew(i, r, s, straight, state)
	j.mustKeepShown(i, r, state)
	s.execute(i, state)
	j.covers(i, r)
	j.moves(i, r)
}

// hears judges that a client hears an answer.
func (j *Judge) hears(i int, r *trace.Record) {
	c := j.commands.of(r.Value)
	j.grants(i, r, c)
	j.answered(r, c)
	if r.State != 0 {
		straight := j.shown.add(&j.log.Histories, r.State, i, r.Node)
		j.mustBePrefix(i, r, straight)
		j.mustFitRealTime(i, r, straight, c)
	}
	j.moves(i, r)
}

// changes takes in what happens to nodes and to messages.
func (j *Judge) changes(r *trace.Record) {
	switch r.Kind {
	case trace.StepDown:
		j.leaders.acting = j.leaders.acting.Without(r.Node)
	case trace.Lose:
		j.rounds.fault()
	case trace.Crash:
		j.crashes(r.Node)
	case trace.Restart:
		j.restarts(r.Node)
	}
}

// End says that the run is judged as of now, in microseconds, and whether it is quiet: whether
// nothing can happen any more unless somebody makes it happen. A run may go on after it and be
// judged again; a check that is judged only here says so in its doc.
func (j *Judge) End(now int64, quiet bool) {
	j.now, j.quiet = max(j.now, now), quiet
	j.mustKeepShownAtEnd()
}

// Violations returns the violations that were found since it was last called, in order. Each
// property reports its first one only, but for prefix, which reports up to eight. The slice is
// borrowed until the next call of any method.
func (j *Judge) Violations() []Violation {
	fresh := j.found[j.told:]
	j.told = len(j.found)
	return fresh
}

// Result returns the verdict on one property as of the last record and the last End. One that is
// not judged in this run is NotApplicable. Where a property has a parameter, this is its least.
func (j *Judge) Result(name string) Result {
	p := find(name)
	if p == properties || !j.on(p) {
		return Result{Name: name, Event: -1, Other: -1}
	}
	switch p {
	case decides:
		return j.Decides(0)
	case noProgress:
		return j.NoProgress(1, 0)
	case livelock:
		return j.Livelock(1)
	case blocked:
		return j.Blocked(1)
	case allExecute:
		return j.allExecute()
	}
	return j.verdicts[p].result(name)
}

// Results appends the verdicts on the safety properties that are judged in this run to dst.
func (j *Judge) Results(dst []Result) []Result {
	for p := range lastSafety + 1 {
		if j.on(p) {
			dst = append(dst, j.verdicts[p].result(names[p]))
		}
	}
	return dst
}

func (v *verdict) result(name string) Result {
	r := Result{Name: name, Event: -1, Other: -1}
	switch {
	case v.broken > 0:
		r.Status, r.Event, r.Other, r.Detail = Breaks, int(v.event), int(v.other), v.detail
	case v.judged:
		r.Status = Holds
	}
	return r
}

// on reports whether p is judged in this run.
func (j *Judge) on(p property) bool { return j.judging>>p&1 == 1 }

// open reports whether p is judged and has not broken yet, and notes that there is something to
// judge. A property that broke stays broken, and its first witness stands.
func (j *Judge) open(p property) bool {
	if !j.on(p) {
		return false
	}
	j.verdicts[p].judged = true
	return j.verdicts[p].broken == 0
}

// breaks records that p breaks at record event, beside record other, -1 if there is none. why is
// the sentence that says so, in parts.
func (j *Judge) breaks(p property, event, other int, why ...any) {
	v, detail := &j.verdicts[p], j.say(why...)
	if v.broken == 0 {
		v.event, v.other, v.detail = int32(event), int32(other), detail
	}
	v.broken++
	j.found = append(j.found, Violation{Name: names[p], Event: event, Other: other, Detail: detail})
}
