package node

import (
	"time"

	"github.com/synodlab/synod/core/paxos"
	"github.com/synodlab/synod/native/wire"
)

const (
	// chorePeriod is how often commands under way are looked after, if there are any.
	chorePeriod = 20 * paxos.Time(time.Millisecond)
	// statusPeriod is how often the node tells how it is.
	statusPeriod = 500 * paxos.Time(time.Millisecond)
)

// driver is what the loop owns: the replica, and whatever knows what it was last told.
type driver struct {
	n        *Node
	replica  *paxos.Replica // nil before genesis
	genesis  *paxos.Genesis
	tag      tag
	founding founding
	wakeAt   paxos.Time // when the replica wants to be told the time
	choreAt  paxos.Time
	statusAt paxos.Time

	spare    *batch
	arena    []paxos.Entry
	frame    []byte
	sent     uint32 // messages, for their numbers
	journal  *journal
	supplier *supplier
	archive  *archive
	porter   *porter
	slots    slots
	script   script
	events   *events
	desk     *desk
	reads    *reads
	changes  *changes
	crew     crew
	client   uint64 // of this process
	seq      uint64
	highest  uint64 // client id in the log

	recovered *image     // from which a restart goes on; nil then
	archiving bool       // a snapshot is being written
	released  paxos.Slot // up to which the log is not needed
	announced bool       // the genesis is durable, and handshakes tell it
	life      paxos.Life // that they tell
	era       paxos.Era  // the newest that was seen
	standing  string     // of this node in the cluster, that was told last
}

func newDriver(n *Node) *driver {
	d := &driver{n: n, spare: new(batch), arena: make([]paxos.Entry, 1), wakeAt: paxos.Never}
	d.journal, d.supplier = newJournal(n), newSupplier(n)
	d.archive = newArchive(n)
	d.porter = newPorter(n, d.archive)
	d.supplier.archive = d.archive
	for i := range d.crew.was {
		d.crew.was[i] = paxos.Forever // nobody has what was chosen then, until it is known
	}
	d.events = newEvents(&n.cfg)
	d.desk, d.reads = newDesk(d), newReads(d)
	d.changes = newChanges(d)
	d.script.logger = n.cfg.Logger
	return d
}

// run is the loop. It returns nil when the node is to stop, and an error if it must.
func (d *driver) run() error {
	timer := time.NewTimer(0)
	defer timer.Stop()
	for {
		select {
		case <-d.n.stopped.Done():
			return nil
		case <-d.n.inbox.wake:
		case <-timer.C:
		}
		if err := d.turn(); err != nil {
			return err
		}
		timer.Reset(time.Duration(d.rest()))
	}
}

// rest is how long nothing is due.
func (d *driver) rest() paxos.Time {
	at := min(d.wakeAt, d.statusAt)
	if d.desk.busy() || d.reads.busy() || d.changes.busy() {
		at = min(at, d.choreAt)
	}
	return max(at-d.n.now(), 0)
}

// turn takes in all that waits, and does what follows from it.
func (d *driver) turn() error {
	b := d.n.inbox.take(d.spare)
	d.spare = b
	if b.err != nil {
		return b.err
	}
	now := d.n.now()
	for _, h := range b.hellos {
		d.greeted(&h)
		if err := d.meet(h); err != nil {
			return err
		}
	}
	d.desk.take(b.commands)
	d.reads.take(b.reads)
	d.changes.take(b.changes)
	if err := d.hear(now, b); err != nil {
		return err
	}
	d.changes.work(now)
	if d.replica != nil {
		if err := d.archived(b); err != nil {
			return err
		}
		d.tell(now, b)
		if err := d.work(now); err != nil {
			return err
		}
		d.announce()
	} else {
		d.desk.give(now)
	}
	if now >= d.choreAt {
		d.choreAt = now + chorePeriod
		d.desk.chores(now)
		d.reads.chores(now)
	}
	if now >= d.statusAt {
		d.statusAt = now + statusPeriod
		d.report()
	}
	d.refresh()
	d.script.flushIfDue()
	return nil
}

// archived takes in what became of snapshots.
func (d *driver) archived(b *batch) error {
	if b.archived {
		d.archiving = false
	}
	if b.image != nil {
		if err := d.install(b.image); err != nil {
			return err
		}
	}
	return d.release()
}

// tell hands the replica what its own goroutines did, and the time.
func (d *driver) tell(now paxos.Time, b *batch) {
	if b.durable > d.replica.Durable() {
		d.script.persisted(b.durable)
		d.replica.Persisted(b.durable)
		d.events.durable(b.durable)
	}
	for i := range b.supplied {
		d.supply(&b.supplied[i])
	}
	if now >= d.wakeAt {
		d.script.tick(now)
		d.replica.Tick(now)
	}
}

// work drains until nothing is left to do but to wait. Commands go in before each drain: applying
// makes room for more.
func (d *driver) work(now paxos.Time) error {
	for {
		d.desk.give(now)
		d.reads.give(now)
		applied := d.replica.AppliedTo()
		if err := d.drain(); err != nil {
			return err
		}
		if d.replica.AppliedTo() == applied || !d.desk.waits() {
			return nil
		}
	}
}

// drain does all that the replica asks for.
func (d *driver) drain() error {
	for {
		d.script.drain()
		o := d.replica.Drain()
		for i := range o.Send {
			d.send(&o.Send[i])
		}
		if err := d.write(o); err != nil {
			return err
		}
		d.apply(o)
		d.desk.settle(o.Fates)
		d.configured()
		d.changes.settle(o.Fates)
		d.reads.confirmed(o.Reads)
		d.reads.executed(d.replica.AppliedTo())
		for i := range o.Supply {
			d.supplier.ask(&o.Supply[i], &d.slots, d.tag)
		}
		d.wakeAt = o.WakeAt
		if !o.More {
			d.events.role(d.replica)
			return nil
		}
	}
}

// send queues a message. Beats and elections go in the lane that never waits for data (B-54).
func (d *driver) send(m *paxos.Message) {
	d.sent++
	number := uint32(d.n.cfg.Node)<<28 | d.sent&(1<<28-1)
	d.frame = appendMessageFrame(d.frame[:0], d.tag, number, m)
	lane := wire.Bulk
	if m.Kind == paxos.Beat || m.Kind == paxos.Prepare || m.Kind == paxos.Nack {
		lane = wire.Urgent
	}
	d.post(m.To, lane, d.frame)
	d.events.message(sendEvent, number, m)
}

// post gives a frame to the wire. What it cannot take is lost, as anything may be on the way.
func (d *driver) post(to paxos.NodeID, lane wire.Lane, frame []byte) {
	if err := d.n.peers.Send(uint8(to), lane, frame); err != nil {
		d.n.meters.dropped(dropUnsent)
	}
}

// write appends the records, and has them synced beside what comes next.
func (d *driver) write(o *paxos.Output) error {
	for i := range o.Write {
		rec := &o.Write[i]
		if err := d.journal.append(rec); err != nil {
			return err
		}
		d.slots.note(rec)
		d.events.write(rec)
	}
	if o.Sync {
		d.journal.request()
	}
	return nil
}

// apply executes what was chosen, and answers the commands of this node.
func (d *driver) apply(o *paxos.Output) {
	if len(o.Chosen) == 0 {
		return
	}
	m := d.n.machine
	m.mu.Lock()
	for i := range o.Chosen {
		e := &o.Chosen[i]
		d.events.chosen(o.First+paxos.Slot(i), e)
		d.highest = max(d.highest, e.Client)
		if response := m.apply(e); response != nil {
			d.desk.executed(identity{e.Client, e.Seq}, response)
		}
	}
	m.mu.Unlock()
	to := o.First + paxos.Slot(len(o.Chosen)) - 1
	d.script.applied(to)
	d.replica.Applied(to)
	d.checkpoint()
}

// supply sends a peer the entries that the supplier read.
func (d *driver) supply(s *supplied) {
	var m paxos.Message
	d.script.supplied(&s.supply, s.entries)
	if d.replica.Supplied(&s.supply, s.entries, &m) {
		d.send(&m)
	}
}
