package paxos

import "errors"

// A Role is what a replica does about leading. Every role accepts and learns.
type Role uint8

// The roles.
const (
	Follower  Role = iota // waits for a leader, and stands if none is heard
	Candidate             // runs phase 1
	Leader                // runs phase 2
)

// String returns the role's name in lower case.
func (r Role) String() string {
	return [...]string{"follower", "candidate", "leader", "?"}[min(r, 3)]
}

// A Replica is one node of a replicated log: an acceptor, a proposer and a learner over one ring of
// slots, with what keeps them live: elections, repetition, and catching up.
//
// It does no I/O. Its driver hands it what arrived (Step), what became durable (Persisted), the
// time (Tick) and commands (Propose), as much as there is; then calls Drain once, and does what the
// Output says. The driver's whole contract is this:
//
//	Open → for each record of the log, in order: Replay, Drain, execute Output.Chosen, Applied
//	     → Start → for ever: inputs, Drain, then
//	         send Output.Send, at once if it likes: what may not be said yet is not in it;
//	         append Output.Write to the log, make it durable if Output.Sync, call Persisted;
//	         execute Output.Chosen, call Applied; report Output.Fates; answer Output.Reads;
//	         answer Output.Supply from its log, or with a snapshot; call Tick at Output.WakeAt.
//
// What arrived since the last Drain leaves as one message to each peer and one record: that is all
// of the batching, and it needs no timer. Everything in an Output is borrowed until the next Drain,
// and everything handed in until the call returns. A Replica belongs to one goroutine. Equal inputs
// give equal outputs, byte for byte, on every machine.
type Replica struct {
	// What every event looks at lies side by side.
	now       Time
	started   bool
	stirred   bool // there may be more to do than phase 2
	news      bool // there may be more to acknowledge than when that was done last
	voter     bool // a configuration of an open slot names this node in this life
	role      Role
	life      Life    // of this node's disk: a configuration may give it one
	owed      NodeSet // who is owed an Accepted
	peers     NodeSet // the voters of the open slots but this node
	next      Slot    // first free slot, while leading
	fill      Slot    // first slot that phase 1 reported or left open, and is not proposed yet
	fillTo    Slot    // last of these
	told      Slot    // the prefix that peers were told, while leading
	delivered Slot    // handed out in Output.Chosen
	applied   Slot
	memory

	config  Config
	cluster ClusterID
	lives   [MaxNodes]Life // in which the newest configuration names each
	eras    eras           // that govern the slots which are not executed
	elector elector
	reader  reader
	lease   lease

	acks     [MaxNodes]reply // of owed
	promises [MaxNodes]reply // promises that may go, from slot from on
	giving   NodeSet
	catchup  catchup
	renamed  bool // a Format record was made since the last Drain
	counts   [counters]uint64
}

// A reply remembers whom an answer is for.
type reply struct {
	ballot Ballot
	echo   Life
	from   Slot
}

var (
	errStarted  = errors.New("paxos: Replay: after Start")
	errLSN      = errors.New("paxos: Replay: LSN is not above the one before")
	errNoFormat = errors.New("paxos: Replay: the first record is not the only Format record")
	errFormat   = errors.New("paxos: Replay: the log is of another node, life, disk, " +
		"cluster or limits")
	errDrain = errors.New("paxos: Replay: no room for the record; " +
		"Drain and Applied come after each")
	errGap = errors.New("paxos: Replay: the log lacks an entry that it says is chosen")
)

// Open returns a replica that knows nothing, or says what is wrong with c. It allocates all that
// the replica will ever use, Config.Bytes about.
func Open(c *Config) (*Replica, error) {
	r := &Replica{}
	if err := r.Reopen(c); err != nil {
		return nil, err
	}
	return r, nil
}

// Reopen makes r what Open returns for c, in the memory that it has where that is large enough: for
// who restarts nodes by the thousand. All that r knew is gone, and what it lent with it. If c is
// wrong nothing has changed.
func (r *Replica) Reopen(c *Config) error {
	config := *c
	if err := config.check(); err != nil {
		return err
	}
	g := &config.Genesis
	founders, err := g.Members()
	if err != nil {
		return err
	}
	*r = Replica{config: config, life: c.Life, cluster: g.ID(), memory: r.memory}
	r.eras = firstEra(&founders, Slot(g.Limits.Window))
	r.memory.renew(&r.config, &r.eras)
	r.log.restore = true
	r.elector = elector{leader: NoNode, heir: NoNode, random: splitMix(c.Seed)}
	r.catchup.from = NoNode
	r.stirred = true
	r.count()
	return nil
}

// Start begins, after the last Replay or with an empty log: then the first record written is
// Format.
func (r *Replica) Start(now Time) {
	if r.started {
		return
	}
	r.started = true
	r.log.restore, r.log.locked = false, true
	r.now = now
	r.acceptor.promised = max(r.acceptor.promised, r.journal.floor)
	r.elector.round = max(r.elector.round, r.acceptor.promised.Round())
	if !r.journal.formatted {
		r.journal.writeFormat()
	}
	r.lease.granted = now + r.config.Lease // what was granted before is forgotten
	r.awaitLeader()
	r.reconsider()
	if r.peers == 0 {
		r.elector.patience = 0 // there is nobody to wait for
	}
}

// Tick tells the time. It must be called at Output.WakeAt, may be called at any time, and never
// with less than before.
func (r *Replica) Tick(now Time) {
	r.now = max(r.now, now)
	if r.started {
		r.stirred = true
		r.tick()
	}
}

// Step takes in one message, of whatever content: what is not for this replica, stale or malformed
// is dropped and counted. m, its entries and their data are borrowed until Step returns.
func (r *Replica) Step(now Time, m *Message) {
	if now > r.now {
		r.now = now
	}
	r.step(m)
}

// step judges what every message must satisfy: who may say it, to whom, at which ballot (B-21); and
// takes it in.
func (r *Replica) step(m *Message) {
	switch {
	case !r.started:
		r.counts[DropEarly]++
	case m.To != r.config.Node || m.From == r.config.Node || m.From >= MaxNodes:
		r.counts[DropAddress]++
	case m.Kind == Fetch:
		r.stepRest(m) // whoever is behind may ask, learners too
	case m.Kind == Chosen && (len(m.Entries) > 0 || m.Ballot == 0):
		r.onEntries(m)
	case (m.Life == 0 || m.Life != r.lives[m.From]) &&
		!r.eras.names(m.From, m.Life, r.log.prefix+1):
		r.counts[DropLife]++
		r.onStranger(m)
	case m.Kind.answers() && m.Echo != r.life:
		r.counts[DropLife]++
	case !m.Kind.answers() && !m.owned():
		r.counts[DropOwner]++
	default:
		r.hear(m)
		switch {
		case m.Ballot.Round() > r.elector.round && r.jumps(m.Ballot):
		case m.Kind == Accept:
			r.onAccept(m)
		case m.Kind == Accepted:
			r.onAccepted(m)
		case m.Kind == Chosen:
			r.onChosen(m)
		default:
			r.stepRest(m)
		}
	}
}

// owned reports whether m, which answers nothing, is at its sender's own ballot; a beat may be at
// another's.
func (m *Message) owned() bool {
	return m.Echo == 0 &&
		(m.Kind == Beat || m.Ballot.Node() == m.From && m.Ballot.Life() == m.Life)
}

// stepRest takes in what is not part of phase 2.
func (r *Replica) stepRest(m *Message) {
	r.stirred = true
	switch m.Kind {
	case Beat:
		r.onBeat(m)
	case Prepare:
		r.onPrepare(m)
	case Promise:
		r.onPromise(m)
	case Nack:
		if m.VBallot.Round() <= r.elector.round || !r.jumps(m.VBallot) {
			r.onNack(m)
		}
	case Fetch:
		r.onFetch(m)
	case Read:
		r.onRead(m)
	case ReadOK:
		r.onReadOK(m)
	default:
		r.counts[DropKind]++
	}
}

// Applied tells that the state machine has executed every slot up to to. The window moves with it:
// a leader proposes a slot only when the one α before is chosen and applied here.
func (r *Replica) Applied(to Slot) { r.applied = max(r.applied, min(to, r.delivered)) }

// learned moves the chosen prefix to p: every slot up to it is chosen, and in the log.
func (r *Replica) learned(p Slot) {
	configured := (r.fates.under > 0 || r.log.config > r.log.prefix) && r.decided(p)
	r.log.prefix = max(r.log.prefix, p)
	if r.role != Follower {
		r.proposer.Learned(p)
		r.elector.movedAt = r.now
	}
	if configured {
		r.lease.until = 0
	}
	if configured || r.eras.n > 1 {
		r.reconsider()
	}
	if r.role == Candidate && r.proposer.ready {
		r.lead()
	}
}

// decided ends the commands of this node up to slot p, and judges the configurations up to there.
// It reports whether one of these took effect.
func (r *Replica) decided(p Slot) (configured bool) {
	for s := r.log.prefix + 1; s <= p; s++ {
		e := r.log.of(s)
		took := e.Kind == Configure && r.decide(s, e)
		configured = configured || took
		if r.fates.under > 0 {
			r.fates.settle(s, e, took)
		}
	}
	return configured
}

// Node returns this node's name.
func (r *Replica) Node() NodeID { return r.config.Node }

// Life returns the life of this node's disk, 0 if it was given none yet.
func (r *Replica) Life() Life { return r.life }

// Cluster returns the identity of the cluster, to be compared in every handshake.
func (r *Replica) Cluster() ClusterID { return r.cluster }

// Members returns the configuration that governs the first open slot.
func (r *Replica) Members() Members { return r.eras.of(r.log.prefix + 1).Members }

// Era returns the newest configuration that is decided. It may not govern yet.
func (r *Replica) Era() Governed { return r.eras.newest().Governed }

// Votes reports whether a configuration of an open slot names this node in this life. If not, the
// node is a learner: it learns what is chosen, and never promises, accepts or leads.
func (r *Replica) Votes() bool { return r.voter }

// Role returns what the replica does about leading.
func (r *Replica) Role() Role { return r.role }

// Leader returns the leader that this node follows, itself included, or NoNode if it knows of none.
// It is a hint: another node may lead by now.
func (r *Replica) Leader() NodeID { return r.elector.leader }

// Led reports whether the leader that this node follows, or a node that follows one, gave a sign of
// life within Config.Election: if not, there is nobody to send a command to. Like Leader it is a
// hint.
func (r *Replica) Led() bool {
	e := &r.elector
	return r.role == Leader || e.leader != NoNode &&
		(r.now-e.heard <= r.config.Election || r.hearsOf(follows))
}

// Ballot returns the ballot of the leader that was heard last, or of the own attempt to lead.
func (r *Replica) Ballot() Ballot { return r.elector.following }

// Promised returns the highest ballot promised. It may not be durable yet.
func (r *Replica) Promised() Ballot { return r.acceptor.promised }

// Prefix returns the chosen prefix: every slot up to it is chosen, and known here.
func (r *Replica) Prefix() Slot { return r.log.prefix }

// AppliedTo returns the last slot that the driver said was executed.
func (r *Replica) AppliedTo() Slot { return r.applied }

// Written returns the LSN of the last record made, Durable that of the last one that is durable.
func (r *Replica) Written() LSN { return r.journal.lsn }

// Durable returns the LSN up to which everything is durable.
func (r *Replica) Durable() LSN { return r.journal.durable }

// Accepted returns the ballot at which slot s is accepted here, Certain if the slot was learnt to
// be chosen, and makes e its entry, borrowed until the next call. It returns 0 if the slot is not
// in memory.
func (r *Replica) Accepted(s Slot, e *Entry) Ballot { return r.acceptor.Accepted(s, e) }
