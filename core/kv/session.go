package kv

import "bytes"

// session is what is remembered of a client besides its replies.
type session struct {
	high uint64 // the highest sequence number executed
	used uint64 // the turn of its last command
}

// reply is what a command was answered.
type reply struct {
	client, seq uint64
	response    []byte // encoded; nil if it was longer than Limits.ReplyBytes
}

func replyBefore(a, b reply) bool {
	return a.client < b.client || a.client == b.client && a.seq < b.seq
}

// ApplyOnce executes the command of (client, seq) like Apply if it was never executed, else appends
// the response that it got then (B-31). A client may have several commands outstanding, executed in
// any order (B-27: whoever wants first-in first-out has one outstanding at a time), on two
// conditions:
//
//   - it uses sequence number n only when every one up to n - Limits.Window has its answer;
//   - its id is higher than that of any client that was evicted before it began, which ids minted
//     from a log position or a clock are. Otherwise it is refused and takes another id.
//
// A command that breaks them is refused with SessionExpired and not executed, by all replicas
// alike: that is also what the late retry of an evicted client gets (B-36). ReplyGone answers the
// repetition of a write whose answer was too long to keep; a read is simply run again. Client 0 and
// sequence number 0 are Malformed.
func (s *Store) ApplyOnce(client, seq uint64, command, dst []byte) []byte {
	if client == 0 || seq == 0 {
		return s.refuse(dst, Malformed)
	}
	known, found := s.sessions.Get(client)
	if !found && client <= s.floor || seq <= s.low(known.high) {
		return s.refuse(dst, SessionExpired)
	}
	s.turn++
	if found {
		if old, done := s.replies.Get(reply{client: client, seq: seq}); done {
			known.used = s.turn
			s.sessions.Set(client, known)
			return s.repeat(&old, command, dst)
		}
	} else {
		s.makeRoom()
	}
	start := len(dst)
	dst = s.Apply(command, dst)
	s.remember(client, seq, known, dst[start:])
	return dst
}

// low is the highest sequence number that a client whose highest is high has let go of.
func (s *Store) low(high uint64) uint64 {
	if window := uint64(s.limits.Window); high > window {
		return high - window
	}
	return 0
}

// repeat answers a command that was executed before.
func (s *Store) repeat(old *reply, command, dst []byte) []byte {
	if old.response != nil {
		return append(dst, old.response...)
	}
	if DecodeRequest(command, &s.request) == nil && s.request.ReadOnly() {
		return s.execute(dst)
	}
	return s.refuse(dst, ReplyGone)
}

// remember records that (client, seq) was answered with response, which it copies, and forgets what
// leaves the client's window.
func (s *Store) remember(client, seq uint64, known session, response []byte) {
	kept := reply{client: client, seq: seq}
	if len(response) <= s.limits.ReplyBytes {
		kept.response = bytes.Clone(response)
	}
	s.replies.Set(kept)
	if seq > known.high {
		for q := s.low(known.high) + 1; q <= min(s.low(seq), known.high); q++ {
			s.replies.Delete(reply{client: client, seq: q})
		}
		known.high = seq
	}
	known.used = s.turn
	s.sessions.Set(client, known)
}

// makeRoom evicts the session whose last command is the oldest if the table is full. Its id becomes
// the floor for clients not yet known: nothing that it sends later can run again.
func (s *Store) makeRoom() {
	if s.sessions.Len() < s.limits.Sessions {
		return
	}
	victim, oldest := uint64(0), s.turn
	s.sessions.Scan(func(client uint64, known session) bool {
		if known.used < oldest {
			victim, oldest = client, known.used
		}
		return true
	})
	s.sessions.Delete(victim)
	s.floor = max(s.floor, victim)
	s.forget(victim)
}

// forget drops all replies of a client.
func (s *Store) forget(client uint64) {
	for {
		var next reply
		found := false
		s.replies.Ascend(reply{client: client}, func(r reply) bool {
			next, found = r, r.client == client
			return false
		})
		if !found {
			return
		}
		s.replies.Delete(next)
	}
}
