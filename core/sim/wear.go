package sim

import (
	"strconv"

	"github.com/synodlab/synod/core/trace"
)

// What disks do to those who trust them: writes that a crash cuts, disks that are slow, that stall,
// lie or rot, and old ones that come back.

// Copied is the note about a node whose disk was copied.
const Copied = "disk is copied"

// Tear says where a crash cuts what goes to a disk.
type Tear uint8

// Where a crash cuts. All that was written before is durable then.
const (
	NoTear     Tear = iota
	TearBefore      // the record is not written
	TearWithin      // half of it is: its checksum fails, and as the last one it is cut at restart
	TearAfter       // it is durable; its node was not told
)

// reach makes everything that n wrote up to to durable, and reports whether n has lived to hear it.
func (w *World) reach(n Node, to LSN) (alive bool) {
	d := &w.nodes[n].disk
	if w.Hooks.Writes == nil {
		d.sync(to)
		return true
	}
	size := 0
	for i := range d.pending {
		p := &d.pending[i]
		record := d.bytes[size : size+p.size]
		size += p.size
		if p.lsn > to {
			break
		}
		if p.trim != 0 {
			continue
		}
		if tear := w.Hooks.Writes(n, p.field, record); tear != NoTear {
			w.tear(n, tear, i)
			return false
		}
	}
	d.sync(to)
	return true
}

// tear crashes n at the i-th of its pending writes.
func (w *World) tear(n Node, tear Tear, i int) {
	d := &w.nodes[n].disk
	if tear == TearAfter {
		i++
	}
	d.finish(i)
	w.testify(n, d.durable)
	if tear == TearWithin {
		w.noteText("torn record", n)
	}
	w.crash(n)
}

// testify tells the trace what n has promised and accepted in records up to to, which are durable,
// though n crashes before it hears of that: both happen when the record is durable. Nothing else
// that n would do now is done.
func (w *World) testify(n Node, to LSN) {
	nd := &w.nodes[n]
	if nd.disk.truth != nil {
		return // the crash takes them
	}
	for i := range nd.withheld {
		if h := &nd.withheld[i]; h.tells && h.lsn <= to {
			w.witness(n, &h.record)
		}
	}
	w.out.reset(nd.disk.last)
	w.input = Input{Kind: Durable, Now: nd.clock.at(w.Now), LSN: to}
	nd.proc.Step(&w.input, &w.out)
	for i := range w.out.effects {
		if e := &w.out.effects[i]; e.kind == effectEmit {
			w.witness(n, &w.out.told[e.at])
		}
	}
}

func (w *World) witness(n Node, r *Record) {
	if r.Kind == trace.Promise || r.Kind == trace.Accept {
		w.tellTrace(n, r)
	}
}

// RecordKind returns the name of a record: that of its field, or what Schema.Record says.
func (w *World) RecordKind(field uint8, record []byte) string {
	switch {
	case int(field) < len(w.schema.Fields):
		return w.schema.Fields[field]
	case field == Stream && w.schema.Record != nil:
		return w.schema.Record(record)
	}
	return ""
}

// Unsynced appends the kinds of the records of n that wait for its disk, oldest first.
func (w *World) Unsynced(dst []string, n Node) []string {
	d := &w.nodes[n].disk
	rest := d.bytes
	for _, p := range d.pending {
		if p.trim == 0 {
			dst = append(dst, w.RecordKind(p.field, rest[:p.size]))
		}
		rest = rest[p.size:]
	}
	return dst
}

// Stored appends the kinds of the durable records of n: of the fields that are written, in order,
// then of the stream.
func (w *World) Stored(dst []string, n Node) []string {
	d := &w.nodes[n].disk
	for f, record := range d.fields {
		if record != nil {
			dst = append(dst, w.RecordKind(uint8(f), record))
		}
	}
	d.records(func(_ LSN, record []byte) bool {
		dst = append(dst, w.RecordKind(Stream, record))
		return true
	})
	return dst
}

// CrashKeeping crashes n as Crash does; but of the records that wait for its disk those stay that
// kept says, by their places in Unsynced. A stream ends at its first hole.
func (w *World) CrashKeeping(n Node, kept []bool) (refusal string) {
	nd := &w.nodes[n]
	if !nd.up {
		return "it is down already"
	}
	count := 0
	for _, k := range kept {
		if k {
			count++
		}
	}
	before := nd.disk.durable
	if nd.disk.survive(kept); nd.disk.durable > before {
		w.testify(n, nd.disk.durable)
	}
	w.noteText("disk keeps "+strconv.Itoa(count)+" of "+strconv.Itoa(len(kept))+" records", n)
	w.crash(n)
	w.happened()
	return ""
}

// Damage lets records at rest fail their checksums from now on, by their places in Stored. Nothing
// shows until n starts again; a damaged field that is written anew is whole.
func (w *World) Damage(n Node, which []bool) (refusal string) {
	d := &w.nodes[n].disk
	i, count := 0, 0
	for f, record := range d.fields {
		if record == nil {
			continue
		}
		if i < len(which) && which[i] {
			d.spoilField(uint8(f))
			count++
		}
		i++
	}
	d.records(func(lsn LSN, _ []byte) bool {
		if i < len(which) && which[i] {
			d.spoilRecord(lsn)
			count++
		}
		i++
		return true
	})
	if count == 0 {
		return "no such record is on its disk"
	}
	w.noteText("disk corrupts "+strconv.Itoa(count)+" of "+strconv.Itoa(i)+" records", n)
	w.happened()
	return ""
}

func salvages(p Process) bool {
	s, ok := p.(Salvager)
	return ok && s.Salvages()
}

// unreadable lets n stay down, because it cannot read its disk.
func (w *World) unreadable(n Node) {
	r := trace.New(trace.Note, n)
	r.Note = w.Log.Names.Of(Alarm)
	r.Value = w.Log.Names.Of("its disk holds a damaged record: it does not start")
	w.record(r)
	w.happened()
}

// Truncate forgets the last count durable records of the stream of n, which must be down: a disk
// that lied, or a log that someone cut.
func (w *World) Truncate(n Node, count int) (refusal string) {
	nd := &w.nodes[n]
	if nd.up {
		w.crash(n)
	}
	if len(nd.disk.stream) == 0 {
		return "its disk holds no stream of records"
	}
	nd.disk.truncate(count)
	w.noteText("disk forgets "+strconv.Itoa(count)+" records", n)
	return ""
}

// SetSync lets a write of n take so long from now on; what waits counts from now. By hand nothing
// ends by itself, but with 0 everything at once.
func (w *World) SetSync(n Node, sync Micros) (refusal string) {
	w.noteText("disk sync "+strconv.FormatInt(int64(sync), 10)+"us", n)
	w.pace(n, sync, false)
	return ""
}

// Stall lets no write of n end any more, but by Sync, until SetSync or Behave.
func (w *World) Stall(n Node) (refusal string) {
	if w.nodes[n].stalled {
		return "its disk stalls already"
	}
	w.noteText("disk stalls", n)
	w.pace(n, w.nodes[n].sync, true)
	return ""
}

func (w *World) pace(n Node, sync Micros, stalled bool) {
	nd := &w.nodes[n]
	nd.sync, nd.stalled = sync, stalled
	nd.syncing++
	w.happened()
	switch {
	case stalled || len(nd.disk.pending) == 0:
	case sync == 0:
		w.synced(n, nd.disk.last)
	case !w.resting:
		w.queueSync(n, nd.disk.last)
	}
}

// Lie lets the disk of n say of every write from now on that it is durable, and lose it in the next
// crash. Wiped and restored disks go on lying.
func (w *World) Lie(n Node) (refusal string) {
	d := &w.nodes[n].disk
	if d.truth != nil {
		return "its disk lies already"
	}
	truth := d.image.copy()
	d.truth = &truth
	w.noteText("disk lies", n)
	w.happened()
	return ""
}

// Behave ends Lie, Stall and SetSync: what the disk of n holds is durable, and it is as fast as the
// Settings say.
func (w *World) Behave(n Node) (refusal string) {
	w.nodes[n].disk.truth = nil
	w.noteText("disk behaves", n)
	w.pace(n, w.settings.Sync, false)
	return ""
}

// Backup keeps a copy of what is durable at n, in place of the one before.
func (w *World) Backup(n Node) (refusal string) {
	d := &w.nodes[n].disk
	from := &d.image
	if d.truth != nil {
		from = d.truth
	}
	copied := from.copy()
	d.backup = &copied
	w.noteText(Copied, n)
	w.happened()
	return ""
}

// Restore crashes n and puts the backup of its disk in place of the disk: an old disk comes back,
// with the number that it had. Positions go on. Restart is to follow.
func (w *World) Restore(n Node) (refusal string) {
	nd := &w.nodes[n]
	if nd.disk.backup == nil {
		return "there is no backup of its disk"
	}
	if nd.up {
		w.crash(n)
	}
	nd.disk.image = nd.disk.backup.copy()
	if nd.disk.truth != nil {
		truth := nd.disk.backup.copy()
		nd.disk.truth = &truth
	}
	w.noteText("disk is the backup", n)
	return ""
}
