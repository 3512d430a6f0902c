package kv

import "bytes"

// session is what is remembered of a client besides its replies.
type session struct {
	high uint64 // the highest sequence number executed
	used uint64 // the turn of its last command
}

// reply is what a command was answered. It never changes, because clones share it.
type reply struct {
	client, seq uint64
	digest      uint64 // of the response
	response    []byte // encoded; nil if it was longer than Limits.ReplyBytes
}

func replyBefore(a, b *reply) bool {
	return a.client < b.client || a.client == b.client && a.seq < b.seq
}

// ApplyOnce executes the command of (client, seq) like Apply if it was never executed, else appends
// the response that it got then (B-31). A client may have several commands outstanding, executed in
// any order, on two conditions:
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
	return s.apply(client, seq, false, command, dst)
}

// ApplyNext is ApplyOnce for a client whose commands must be executed in the order of their
// sequence numbers even if several are outstanding (B-27): of a session it executes first number 1
// and then only the number that follows the highest one executed. One beyond that is refused with
// OutOfOrder, which is not remembered: the client gives it again when the ones before it have their
// answers.
func (s *Store) ApplyNext(client, seq uint64, command, dst []byte) []byte {
	return s.apply(client, seq, true, command, dst)
}

func (s *Store) apply(client, seq uint64, inOrder bool, command, dst []byte) []byte {
	known, found := s.sessions.Get(client)
	switch {
	case client == 0 || seq == 0:
		return s.refuse(dst, Malformed)
	case !found && client <= s.floor || seq <= s.low(known.high):
		return s.refuse(dst, SessionExpired)
	case inOrder && seq-1 > known.high:
		return s.refuse(dst, OutOfOrder)
	}
	s.turn++
	if !found {
		s.makeRoom()
	} else if old := s.replied(client, seq); old != nil {
		s.keep(client, known, session{high: known.high, used: s.turn})
		return s.repeat(old, command, dst)
	}
	start := len(dst)
	dst = s.Apply(command, dst)
	s.remember(client, seq, known, dst[start:])
	return dst
}

// replied returns what the command was answered, nil if it was not executed.
func (s *Store) replied(client, seq uint64) *reply {
	s.asked = reply{client: client, seq: seq}
	old, _ := s.replies.Get(&s.asked)
	return old
}

// keep replaces what is known of a client; zero for a new one.
func (s *Store) keep(client uint64, old, known session) {
	if old.used != 0 {
		s.sum -= old.digest(client)
	}
	s.sum += known.digest(client)
	s.sessions.Set(client, known)
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
	given := &reply{client: client, seq: seq, digest: responseDigest(response)}
	if len(response) <= s.limits.ReplyBytes {
		given.response = bytes.Clone(response)
	}
	s.replies.Set(given)
	s.sum += given.sum()
	high := known.high
	if seq > high {
		high = seq
		s.forget(client, s.low(high))
	}
	s.keep(client, known, session{high: high, used: s.turn})
}

// forget drops the replies of a client up to sequence number last.
func (s *Store) forget(client, last uint64) {
	for {
		var old *reply
		s.asked = reply{client: client}
		s.replies.Ascend(&s.asked, func(r *reply) bool {
			old = r
			return false
		})
		if old == nil || old.client != client || old.seq > last {
			return
		}
		s.replies.Delete(old)
		s.sum -= old.sum()
	}
}

// makeRoom evicts the session whose last command is the oldest if the table is full. Its id becomes
// the floor for clients not yet known: nothing that it sends later can run again.
func (s *Store) makeRoom() {
	if s.sessions.Len() < s.limits.Sessions {
		return
	}
	victim, oldest := uint64(0), session{used: s.turn}
	s.sessions.Scan(func(client uint64, known session) bool {
		if known.used < oldest.used {
			victim, oldest = client, known
		}
		return true
	})
	s.sessions.Delete(victim)
	s.sum -= oldest.digest(victim)
	s.floor = max(s.floor, victim)
	s.forget(victim, oldest.high)
}
