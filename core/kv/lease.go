package kv

// Bounds of a lease's time to live, in seconds. A shorter one is raised, a longer one refused, as
// in etcd.
const (
	MinLeaseTTL = 2
	MaxLeaseTTL = 9_000_000_000
)

// Lease is a term by which pairs live: when it ends they are deleted.
//
// The store holds no clock. It numbers every grant and every renewal, and the driver of the leader
// measures, by its own clock, how long ago it learnt of the latest one; when TTL seconds have
// passed it proposes OpLeaseExpire with that number. If the lease was renewed in the meantime its
// number is another one, and the command leaves it alone: expiry is decided by the log, never by
// the clock of the replica that applies it (B-36).
type Lease struct {
	ID  int64 // not 0
	TTL int64 // seconds from a grant or renewal to the end
	// Renewal numbers the latest grant or renewal of the lease. No other one, of any lease, ever
	// has the same number; later ones have higher numbers.
	Renewal uint64
}

func (l *Lease) check() Code {
	if l.TTL > MaxLeaseTTL {
		return LeaseTTLTooLarge
	}
	return OK
}

func lowerID(a, b *Lease) bool       { return a.ID < b.ID }
func renewedBefore(a, b *Lease) bool { return a.Renewal < b.Renewal }

// lease returns the lease of that id, nil if there is none.
func (s *Store) lease(id int64) *Lease {
	s.term.ID = id
	l, _ := s.leases.Get(&s.term)
	return l
}

// Lease returns the lease of that id, and whether there is one.
func (s *Store) Lease(id int64) (Lease, bool) {
	if l := s.lease(id); l != nil {
		return *l, true
	}
	return Lease{}, false
}

// LeasesRenewedAfter iterates over the leases whose latest grant or renewal has a higher number
// than renewal, in the order of those numbers. A driver that remembers the highest number it saw
// learns of each change at a cost in proportion to the changes; one that begins to lead asks with
// 0, and gives every lease its whole TTL again. The store must not be written during the iteration.
func (s *Store) LeasesRenewedAfter(renewal uint64) func(yield func(Lease) bool) {
	return func(yield func(Lease) bool) {
		if renewal == ^uint64(0) {
			return
		}
		s.renewals.Ascend(&Lease{Renewal: renewal + 1}, func(l *Lease) bool { return yield(*l) })
	}
}

// runLeaseOp executes one of the lease operations.
func (s *Store) runLeaseOp(r *Request, out *Response) {
	switch r.Op {
	case OpLeaseGrant:
		s.runGrant(r.Lease, out)
	case OpLeaseRevoke:
		s.runRevoke(r.Lease.ID, out)
	case OpLeaseKeepAlive:
		s.runKeepAlive(r.Leases, out)
	case OpLeaseExpire:
		s.runExpire(r.Leases, out)
	case OpLeaseTimeToLive:
		s.runTimeToLive(r.Lease.ID, r.Keys, out)
	case OpLeases:
		s.runLeases(out)
	}
}

func (s *Store) admitGrant(l *Lease) Code {
	switch {
	case l.ID != 0 && s.lease(l.ID) != nil:
		return LeaseExists
	case s.leases.Len() >= s.limits.Leases:
		return TooManyLeases
	}
	return OK
}

func (s *Store) runGrant(l Lease, out *Response) {
	if l.ID == 0 {
		l.ID = s.freeLeaseID()
	}
	l.TTL = max(l.TTL, MinLeaseTTL)
	out.Leases = []Lease{s.renew(l)}
}

// freeLeaseID chooses an id. They are scattered, so that the id of a lease that ended long ago, or
// one that a client chose by counting, is hardly ever that of another one.
func (s *Store) freeLeaseID() int64 {
	for {
		s.granted++
		if id := int64(mix(s.granted) >> 1); id != 0 && s.lease(id) == nil {
			return id
		}
	}
}

// renew stores l, whose id may be in use, under the next number.
func (s *Store) renew(l Lease) Lease {
	if old := s.lease(l.ID); old != nil {
		s.end(old)
	}
	s.renewed++
	l.Renewal = s.renewed
	s.leases.Set(&l)
	s.renewals.Load(&l)
	s.sum += l.digest()
	return l
}

// end takes a lease out, without its pairs.
func (s *Store) end(l *Lease) {
	s.leases.Delete(l)
	s.renewals.Delete(l)
	s.sum -= l.digest()
}

// runKeepAlive renews what it is asked to, as far as it is there.
func (s *Store) runKeepAlive(asked []Lease, out *Response) {
	out.Leases = make([]Lease, len(asked))
	for i := range asked {
		out.Leases[i].ID = asked[i].ID
		if l := s.lease(asked[i].ID); l != nil {
			out.Leases[i] = s.renew(*l)
		}
	}
}

// runExpire ends the leases that were not renewed since they had the number given, and deletes
// their pairs, all in one revision.
func (s *Store) runExpire(due []Lease, out *Response) {
	for i := range due {
		if l := s.lease(due[i].ID); l != nil && l.Renewal == due[i].Renewal {
			out.Leases = append(out.Leases, *l)
			s.attachedTo(l.ID, func(v *version) { s.found = append(s.found, v) })
			s.end(l)
		}
	}
	out.Count = s.removeFound()
}

func (s *Store) runRevoke(id int64, out *Response) {
	s.attachedTo(id, func(v *version) { s.found = append(s.found, v) })
	s.end(s.lease(id))
	out.Count = s.removeFound()
}

// attachedTo visits the pairs that live by a lease, in the order of keys.
func (s *Store) attachedTo(id int64, visit func(*version)) {
	s.probe.Key, s.probe.Lease = nil, id
	s.attached.Ascend(&s.probe, func(v *version) bool {
		if v.Lease != id {
			return false
		}
		visit(v)
		return true
	})
}

func (s *Store) runTimeToLive(id int64, keys bool, out *Response) {
	l := s.lease(id)
	if l == nil {
		out.Leases = []Lease{{ID: id, TTL: -1}}
		return
	}
	out.Leases = []Lease{*l}
	if keys {
		s.attachedTo(id, func(v *version) { out.Keys = append(out.Keys, v.Key) })
	}
}

func (s *Store) runLeases(out *Response) {
	s.leases.Scan(func(l *Lease) bool {
		out.Leases = append(out.Leases, *l)
		return true
	})
}
