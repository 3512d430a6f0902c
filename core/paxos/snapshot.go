package paxos

import "errors"

// Snapshots let a log end somewhere. The replica knows numbers and configurations; the bytes of the
// state machine's state are its driver's, and so is moving them to a peer that asked, by
// Output.Supply, for slots that the log no longer holds.

// Header makes out the Format record that begins a segment of the log: who this disk is, its life,
// and the promise, which would else be lost with the record that made it (B-05 of PITFALLS.md). Its
// LSN is that of the last record before it. Replay takes it first, if older segments are gone.
// rec's entries are lent until the next call.
func (r *Replica) Header(rec *Record) {
	*rec = Record{Kind: Format, LSN: r.journal.lsn, Ballot: r.acceptor.promised,
		Entries: r.journal.who()}
}

// Checkpoint makes out the Snapshot record that belongs to the state machine's state after every
// slot that was handed out: the last of these slots, and the configurations that govern the slots
// after it. It reports false if the driver did not call Applied for all of them yet, or there are
// none. Any node's replica may take it. rec's entries are lent until the next call.
func (r *Replica) Checkpoint(rec *Record) bool {
	at := r.delivered
	if at == 0 || r.applied != at {
		return false
	}
	r.window[0].Data = r.eras.appendTo(r.window[0].Data[:0], at)
	*rec = Record{Kind: Snapshot, Span: Span{1, at + 1}, Chosen: at, Entries: r.window[:]}
	return true
}

// Snapshotted tells that a durable snapshot holds everything up to slot to: the driver may let go
// of records that name no later slot. Peers are told what can be had here entry by entry.
func (r *Replica) Snapshotted(to Slot) {
	r.acceptor.kept = max(r.acceptor.kept, min(to, r.delivered)+1)
}

var errSnapshot = errors.New("paxos: snapshot: not a Snapshot record, or it contradicts itself")

// Installed tells that the state machine has the state that belongs to rec, which Checkpoint made
// here or on another node, and that it is durable. Everything up to its slot is dropped from
// memory, whatever was accepted there; everything above stays (B-34). Commands of this node whose
// slots it skips end as Unknown. If this replica is further already, nothing changes.
//
// It may be called before Start, after the log's first record or header and before the others, and
// then at any time right after a Drain. rec is borrowed until it returns. After an error nothing
// has changed.
func (r *Replica) Installed(rec *Record) error {
	at := rec.Chosen
	if rec.Kind != Snapshot || at == 0 || rec.Span != (Span{1, at + 1}) || len(rec.Entries) != 1 {
		return errSnapshot
	}
	next := eras{alpha: r.eras.alpha}
	if err := next.decode(rec.Entries[0].Data, at); err != nil {
		return err
	}
	if at <= r.log.prefix {
		return nil
	}
	if len(r.journal.waiting) > 0 {
		return errDrain
	}
	r.fates.forget(at)
	r.eras = next
	r.log.drop(at)
	r.delivered, r.applied = at, at
	r.journal.delivered, r.journal.told = at, max(r.journal.told, at)
	r.acceptor.kept = max(r.acceptor.kept, at+1)
	r.catchup.blind = at
	if r.role != Follower {
		r.proposer.Learned(at)
		r.next = max(r.next, at+1)
	}
	r.reconsider()
	if r.role == Candidate && r.proposer.ready {
		r.lead()
	}
	return nil
}
