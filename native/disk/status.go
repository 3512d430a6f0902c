package disk

// Status is what there is to tell about a log, for people and metrics.
type Status struct {
	Dir     string
	Mode    string // how writes become durable, and why not directly
	Direct  bool   // by O_DIRECT|O_DSYNC
	Created bool   // by this Open
	Files   int    // segments
	First   uint64 // LSN of the oldest record that is kept
	Durable uint64 // LSN of the newest durable record
	Next    uint64 // LSN of the next record to be appended
	Cut     Cut    // what Replay cut
	Stats   Stats
	Err     error // why the log is dead, or nil
}

// Stats count what was done since Open.
type Stats struct {
	Records  uint64 // appended
	Writes   uint64 // write calls for batches; the same number of syncs had something to do
	Bytes    uint64 // that they wrote, whole blocks
	Segments uint64 // begun
}

// Cut is a torn tail that was cut: a batch that no Sync ever returned for. All is zero if
// there was none.
type Cut struct {
	File   string
	Offset int64 // of the first record that is not whole
	Bytes  int64 // up to the end of the last whole record behind it; 0 if none was
}

// Status reads the state of the log; any goroutine may call it.
func (l *Log) Status() Status {
	l.mu.Lock()
	defer l.mu.Unlock()
	os, _ := l.fs.(*osFS)
	return Status{
		Dir: l.dir, Mode: l.mode, Direct: os != nil && os.direct, Created: l.created,
		Files: len(l.segs), First: l.segs[0].first, Durable: l.durable, Next: l.next,
		Cut: l.cut, Stats: l.stats, Err: l.dead,
	}
}

// ID is the identity of the directory, drawn when it was created and durable since.
func (l *Log) ID() ID { return l.disk.id }

// Header is the header record of the oldest segment: the state from which Replay sets out. It is
// known before Replay; the caller must not change it.
func (l *Log) Header() []byte {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.segs[0].head
}
