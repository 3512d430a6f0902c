package paxos

// memory is all of a replica that lies behind pointers: everything that Open allocates.
type memory struct {
	log      ring // of acceptor, and what was learnt
	acceptor Acceptor
	proposer Proposer
	outbox   Outbox
	fates    fates
	journal  journal
	out      outputs
	draft    []byte   // of a configuration
	window   [1]Entry // of a Snapshot record
}

// outboxMessages is how many answers of a replica may wait for the disk.
const outboxMessages = 4 * MaxNodes

// renew empties the memory for a replica that is opened with c, and makes what there is not.
func (m *memory) renew(c *Config, all *eras) {
	l := &c.Genesis.Limits
	m.log.renew(l)
	m.acceptor.renew(c.Node, c.Life, &m.log)
	m.proposer.renew(c.Node, c.Life, all, l)
	m.outbox.renew(outboxMessages, 0, 0)
	m.fates.renew(l.Window)
	m.journal.renew(c)
	m.out.renew(l)
	m.draft = reuse(m.draft, maxConfigBytes)[:0]
	m.window[0] = Entry{Kind: Configure, Data: reuse(m.window[0].Data, maxErasBytes)[:0]}
}

// reuse returns n elements, in the memory of old if they fit there. They hold what they held.
func reuse[T any](old []T, n int) []T {
	if cap(old) < n {
		return make([]T, n)
	}
	return old[:n:n]
}
