package paxos

// checkpoint has a node write a snapshot, and let go of the records that it covers.
func (w *network) checkpoint(nd *node) {
	var rec Record
	if !nd.r.Checkpoint(&rec) || nd.snap != nil && nd.snap.Chosen >= rec.Chosen {
		return
	}
	w.snapshot(nd, &rec)
	if w.record {
		nd.script.Snapshotted(rec.Chosen)
	}
	nd.r.Snapshotted(rec.Chosen)
	keep := 0
	for keep < nd.durable {
		rec := &nd.log[keep]
		if (rec.Kind == Accepted || rec.Kind == Chosen) && rec.Span.Hi > nd.snap.Chosen+1 {
			break
		}
		keep++
	}
	if keep == 0 {
		return
	}
	var header Record
	nd.r.Header(&header)
	header.LSN = nd.log[keep-1].LSN
	header.Entries = cloneEntries(header.Entries)
	nd.header, nd.log = &header, nd.log[keep:]
	nd.durable -= keep
}

// snapshot stores a snapshot on the disk of nd.
func (w *network) snapshot(nd *node, rec *Record) {
	own := *rec
	own.Entries = cloneEntries(rec.Entries)
	nd.snap = &own
}

// install brings a snapshot of another node.
func (w *network) install(nd *node, rec *Record) {
	if rec.Chosen <= nd.executed {
		return
	}
	w.drain(nd)
	if rec.Chosen <= nd.executed {
		return
	}
	w.snapshot(nd, rec)
	if w.record {
		nd.script.Installed(rec)
	}
	err := nd.r.Installed(rec)
	w.must(err == nil, "node %d: installed: %v", nd.id, err)
	nd.executed = max(nd.executed, rec.Chosen)
	w.drain(nd)
}

// wipe takes the disk of a node away: it comes back with an empty one.
func (w *network) wipe(nd *node) {
	w.crash(nd)
	w.wiped++
	nd.disk = DiskID{byte(nd.id + 1), byte(w.wiped)}
	nd.log, nd.durable, nd.header, nd.snap = nil, 0, nil, nil
}

func (w *network) crash(nd *node) {
	nd.up = false
	nd.life++
	keep := nd.durable
	if len(nd.log) > keep { // the disk may have got further than it said
		keep += w.rng.Intn(len(nd.log) - keep + 1)
	}
	nd.log = nd.log[:keep]
	nd.durable = keep
}

func cloneEntries(es []Entry) []Entry {
	out := make([]Entry, len(es))
	for i, e := range es {
		e.Data = append([]byte(nil), e.Data...)
		out[i] = e
	}
	return out
}

func (w *network) supply(nd *node, s *Supply) {
	var entries []Entry
	if s.Snapshot {
		w.must(nd.snap != nil && nd.snap.Chosen >= s.Span.Lo, "no snapshot to supply")
		w.push(event{at: w.now + w.after(w.spread), to: s.To, snap: nd.snap})
		return
	}
	for slot := s.Span.Lo; slot < s.Span.Hi && len(entries) < w.limits.BatchEntries; slot++ {
		var found *Entry
		for i := len(nd.log) - 1; i >= 0 && found == nil; i-- {
			if rec := &nd.log[i]; rec.Kind != Format && rec.Span.Has(slot) {
				found = &rec.Entries[slot-rec.Span.Lo]
			}
		}
		if found == nil && nd.snap != nil && slot <= nd.snap.Chosen {
			if len(entries) == 0 {
				w.push(event{at: w.now + w.after(w.spread), to: s.To, snap: nd.snap})
				return
			}
			break
		}
		w.must(found != nil, "the log lacks chosen slot %d", slot)
		entries = append(entries, *found)
		if !w.limits.batch(entries) {
			entries = entries[:len(entries)-1]
			break
		}
	}
	var m Message
	w.must(nd.r.Supplied(s, entries, &m), "Supplied refused")
	if w.record {
		nd.script.Supplied(s, entries)
		nd.hash.buf = AppendMessage(nd.hash.buf[:0], &m)
		nd.hash.sum()
	}
	w.post(&m)
}
