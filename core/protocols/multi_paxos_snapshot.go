package protocols

import (
	"encoding/binary"

	"github.com/synodlab/synod/core/paxos"
	"github.com/synodlab/synod/core/sim"
)

// fieldSnapshot is the durable field that holds the newest snapshot of a server.
const fieldSnapshot = 0

// image is the newest snapshot: a header record of the log, the core's Snapshot record, and the
// state of the machine, which here is the commands that led to it, each with its slot. All but the
// header is the same on every server.
type image struct {
	at     paxos.Slot
	bytes  []byte  // without the header
	coming []byte  // one of a peer, until it is durable
	lsn    sim.LSN // of that write
}

// checkpoint writes a snapshot if it is time to, and lets go of what it covers: of records only
// those before the first that names a later slot (B-05, B-34).
func (m *member) checkpoint(out *sim.Out) {
	at := m.replica.AppliedTo()
	var rec paxos.Record
	if m.snapshot == 0 || at < m.image.at+m.snapshot || m.image.coming != nil ||
		!m.replica.Checkpoint(&rec) {
		return
	}
	m.image.at = at
	m.image.bytes = m.appendCommands(paxos.AppendRecord(m.image.bytes[:0], &rec))
	keep := 0
	for keep < len(m.lsns)-1 && m.lsns[keep].hi <= at+1 {
		keep++
	}
	m.store(out, m.image.bytes, keep)
	m.replica.Snapshotted(at)
	m.decided = append(m.decided[:0], m.decided[at-m.base:]...)
	m.base = at
}

// store writes a snapshot with a header that stands for the first records of the stream, and lets
// go of these once it is durable.
func (m *member) store(out *sim.Out, snapshot []byte, keep int) sim.LSN {
	var header paxos.Record
	m.replica.Header(&header)
	header.LSN = m.lsns[keep].lsn - 1
	m.bytes = append(paxos.AppendRecord(m.bytes[:0], &header), snapshot...)
	lsn := out.Write(fieldSnapshot, m.bytes)
	out.Trim(m.lsns[keep].at)
	m.lsns = append(m.lsns[:0], m.lsns[keep:]...)
	return lsn
}

// appendCommands appends what this server executed, in order: each command behind its slot and
// length.
func (m *member) appendCommands(dst []byte) []byte {
	for _, v := range m.place.Log.Histories.Append(nil, m.history) {
		text := m.place.Log.Names.Bytes(v)
		dst = binary.LittleEndian.AppendUint64(dst, uint64(m.answered[v].slot))
		dst = binary.LittleEndian.AppendUint32(dst, uint32(len(text)))
		dst = append(dst, text...)
	}
	return dst
}

// restore executes the commands of a snapshot that this server did not execute.
func (m *member) restore(b []byte, out *sim.Out) {
	for len(b) > 12 {
		slot, size := binary.LittleEndian.Uint64(b), binary.LittleEndian.Uint32(b[8:])
		v := m.place.Log.Names.OfBytes(b[12 : 12+size])
		b = b[12+size:]
		if m.done(v) {
			continue
		}
		out.Chosen(int64(slot), v)
		m.service.execute(out, v, int64(slot))
		m.settle(v, out)
	}
}

// reload starts from the snapshot on the disk, if there is one. It returns the LSN up to which the
// records of the stream are in it.
func (m *member) reload(b []byte, replay func(*paxos.Record), out *sim.Out) paxos.LSN {
	if b == nil {
		return 0
	}
	var header, rec paxos.Record
	n := must(paxos.DecodeRecord(b, &header, m.arena[:1]))
	replay(&header)
	size := must(paxos.DecodeRecord(b[n:], &rec, m.arena[:1]))
	m.restore(b[n+size:], out)
	replay(&rec)
	m.image = image{at: rec.Chosen, bytes: append([]byte(nil), b[n:]...)}
	m.base = rec.Chosen
	return header.LSN
}

// sendSnapshot sends the newest snapshot.
func (m *member) sendSnapshot(to sim.Node, out *sim.Out) {
	s := sim.NewMessage(kindLogSnapshot)
	s.Seq, s.Body = int64(m.image.at), m.image.bytes
	out.Send(to, s)
}

// receive writes a peer's snapshot, if it goes further than this server. It is installed when it is
// durable.
func (m *member) receive(b []byte, out *sim.Out) {
	var rec paxos.Record
	if _, err := paxos.DecodeRecord(b, &rec, m.arena[:1]); err != nil ||
		rec.Kind != paxos.Snapshot || rec.Chosen <= m.replica.Prefix() || m.image.coming != nil ||
		len(m.lsns) == 0 {
		return
	}
	m.image.coming = append([]byte(nil), b...)
	m.image.lsn = m.store(out, b, 0)
}

// install tells the replica of a peer's snapshot that is durable now.
func (m *member) install(to sim.LSN, now paxos.Time, out *sim.Out) {
	b := m.image.coming
	if b == nil || to < m.image.lsn {
		return
	}
	m.drain(now, out)
	var rec paxos.Record
	n := must(paxos.DecodeRecord(b, &rec, m.arena[:1]))
	m.image.coming = nil
	m.image.at, m.image.bytes = rec.Chosen, b
	if rec.Chosen <= m.replica.Prefix() {
		return
	}
	if err := m.replica.Installed(&rec); err != nil {
		panic("protocols: the replica refuses a snapshot of this run: " + err.Error())
	}
	m.decided, m.base = m.decided[:0], rec.Chosen
	m.backlog = m.backlog[:0] // all of it is in the snapshot
	out.Stop(timerApply)
	m.restore(b[n:], out)
}
