package kv

import (
	"bytes"
	"encoding/binary"
	"math"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// sampleState has something of everything: swept and unswept changes, leases, sessions, replies
// that were kept and one that was too long.
func sampleState(t require.TestingT) *Store {
	s := New(Limits{Sessions: 2, Window: 3, ReplyBytes: 60})
	do(t, s, grant(7, 60))
	do(t, s, grant(-8, 60))
	for i := uint64(1); i < 9; i++ {
		once(t, s, 1+i%3, i, with(put("a", "1"), func(r *Request) { r.Put.PrevKV = true }))
		once(t, s, 5, i, put(string(rune('a'+i)), strings.Repeat("v", int(i))))
	}
	do(t, s, under(7, put("g", "1")))
	do(t, s, del("b", "e"))
	do(t, s, Request{Op: OpCompact, Revision: 6})
	once(t, s, 5, 9, get("\x00", "\x00"))
	do(t, s, keepAlive(7))
	return s
}

// largeState needs several chunks for each kind of element.
func largeState(t require.TestingT) *Store {
	s := New(Limits{Sessions: 15_000})
	for i := range int64(20_000) {
		do(t, s, grant(1+i, 60+i))
	}
	for i := range 15_000 {
		key := strconv.Itoa(i % 100)
		once(t, s, uint64(1+i), 1, under(int64(1+i%7), put(key, strings.Repeat("v", i%200))))
	}
	do(t, s, del("3", "4"))
	do(t, s, put("large", string(make([]byte, MaxValueBytes-100))))
	do(t, s, put("zero", ""))
	do(t, s, Request{Op: OpCompact, Revision: 1000})
	return s
}

func TestASnapshotIsWrittenAndReadInPieces(t *testing.T) {
	for _, s := range []*Store{New(Limits{}), sampleState(t), largeState(t)} {
		whole := s.AppendState(nil)
		var pieces []byte
		chunks, p := 0, s.Snapshot()
		for more := true; more; chunks++ {
			var chunk []byte
			chunk, more = p.Append(nil)
			require.LessOrEqual(t, len(chunk), MaxChunkBytes+1)
			pieces = append(pieces, chunk...)
		}
		require.Equal(t, whole, pieces)
		require.GreaterOrEqual(t, chunks, len(whole)/MaxChunkBytes)
		for _, size := range []int{1 + len(whole)/20_000, 4096, chunkBytes, len(whole)} {
			l := NewLoader()
			for rest := whole; len(rest) > 0; rest = rest[min(size, len(rest)):] {
				n, err := l.Write(rest[:min(size, len(rest))])
				require.NoError(t, err)
				require.Equal(t, min(size, len(rest)), n)
			}
			back, err := l.Store()
			require.NoError(t, err)
			require.Equal(t, s.Stats(), back.Stats())
			require.Equal(t, s.Limits(), back.Limits())
			require.Equal(t, s.Hash(), back.Hash())
			require.True(t, bytes.Equal(whole, back.AppendState(nil)))
		}
	}
}

func TestEachKindOfALargeStateTakesSeveralChunks(t *testing.T) {
	kinds := map[byte]int{}
	p := largeState(t).Snapshot()
	for more := true; more; {
		var chunk []byte
		first := len(kinds) == 0
		if chunk, more = p.Append(nil); first {
			chunk = chunk[1:] // behind the format version
		}
		kinds[chunk[0]]++
	}
	require.Equal(t, 1, kinds[kindHead])
	for _, kind := range []byte{kindLease, kindVersion, kindSession, kindReply} {
		require.Greater(t, kinds[kind], 1, "kind %d", kind)
	}
	require.Equal(t, 1, kinds[kindEnd])
}

func TestASnapshotOfACloneIsWrittenWhileTheOriginalGoesOn(t *testing.T) {
	s := largeState(t)
	want, p := s.AppendState(nil), s.Clone().Snapshot()
	var got []byte
	for i, more := 0, true; more; i++ {
		got, more = p.Append(got)
		once(t, s, uint64(i+1), 2, put(strconv.Itoa(i), "new"))
		do(t, s, revoke(int64(i+1)))
	}
	require.True(t, bytes.Equal(want, got))
}

func TestADamagedStateIsRefused(t *testing.T) {
	state := sampleState(t).AppendState(nil)
	for n := range state {
		_, err := Restore(state[:n])
		require.Error(t, err, "%d of %d bytes", n, len(state))
	}
	_, err := Restore(append(bytes.Clone(state), 0))
	require.Error(t, err, "a byte too many")
	for i := range state {
		for bit := range 8 {
			damaged := bytes.Clone(state)
			damaged[i] ^= 1 << bit
			_, err := Restore(damaged)
			require.Error(t, err, "byte %d, bit %d", i, bit)
		}
	}
}

func TestAnErrorOfALoaderStays(t *testing.T) {
	l := NewLoader()
	_, err := l.Write([]byte{9})
	require.EqualError(t, err, "kv: state: byte 0: want format version 2")
	_, again := l.Write(New(Limits{}).AppendState(nil))
	require.Equal(t, err, again)
	_, again = l.Store()
	require.Equal(t, err, again)

	l = NewLoader()
	_, err = l.Write([]byte{2, kindHead, 200})
	require.NoError(t, err)
	_, err = l.Store()
	require.EqualError(t, err, "kv: state: byte 3: want more bytes")
}

func TestChunksComeInTheirTurnAndFull(t *testing.T) {
	head := New(Limits{}).AppendState(nil)
	head = head[:3+head[2]]
	for name, c := range map[string]struct{ chunks, want string }{
		"no head":               {"\x02\x02\x01", "byte 1: want a chunk in its turn"},
		"two heads":             {string(head) + string(head[1:]), "want a chunk in its turn"},
		"an unknown kind":       {string(head) + "\x07\x01\x00", "want a kind of chunk"},
		"an empty chunk":        {string(head) + "\x02\x00", "want the bytes of a chunk"},
		"a huge chunk":          {string(head) + "\x02\xff\xff\xff\x7f", "the bytes of a chunk"},
		"a length without end":  {string(head) + "\x02" + strings.Repeat("\xff", 11), "the bytes"},
		"a length spelled long": {string(head) + "\x02\x81\x00\x00", "want the bytes of a chunk"},
		"something else's hash": {string(head) + "\x06\x01\x00", "want the hash"},
	} {
		_, err := Restore([]byte(c.chunks))
		require.ErrorContains(t, err, c.want, name)
	}
}

func TestAChunkThatIsMoreThanFullIsRefused(t *testing.T) {
	p := largeState(t).Snapshot()
	state, _ := p.Append(nil)
	head := len(state)
	for range 2 {
		state, _ = p.Append(state)
	}
	size, n := binary.Uvarint(state[head+1:])
	first := state[head+1+n:][:size]
	second := state[head+1+n+int(size):]
	require.Equal(t, byte(kindLease), second[0])
	_, n = binary.Uvarint(second[1:])
	body := append(first[:size:size], second[1+n:]...)
	joined := appendBytes(append(state[:head:head], kindLease), body)
	_, err := NewLoader().Write(joined)
	require.ErrorContains(t, err, "want another chunk")
}

func TestAStateThatNoStoreComesToIsRefused(t *testing.T) {
	for name, bend := range map[string]func(*Store){
		"compacted in the future":   func(s *Store) { s.compacted = s.revision + 1 },
		"compacted but not swept":   func(s *Store) { s.changes.PopMin() },
		"revision out of bounds":    func(s *Store) { s.revision = math.MaxInt64 },
		"version in the future":     func(s *Store) { s.revision -= 2 },
		"session used in future":    func(s *Store) { s.turn-- },
		"more sessions than fit":    func(s *Store) { s.limits.Sessions = 1 },
		"reply of nobody":           func(s *Store) { s.replies.Set(&reply{client: 99, seq: 1}) },
		"reply above the highest":   func(s *Store) { s.replies.Set(&reply{client: 5, seq: 10}) },
		"reply below the window":    func(s *Store) { s.limits.Window = 1 },
		"reply longer than allowed": func(s *Store) { s.limits.ReplyBytes = 1 },
		"no window":                 func(s *Store) { s.limits.Window = 0 },
		"bytes beyond measure":      func(s *Store) { s.limits.Bytes = -1 },
		"pair of an ended lease":    func(s *Store) { s.end(s.lease(7)) },
		"renewal in the future":     func(s *Store) { s.renewed-- },
		"more leases than fit":      func(s *Store) { s.limits.Leases = 1 },
		"lease for too long":        func(s *Store) { s.renew(Lease{ID: 1, TTL: MaxLeaseTTL + 1}) },
		"lease of no id":            func(s *Store) { s.renew(Lease{TTL: 60}) },
		"two of one renewal": func(s *Store) {
			s.leases.Set(&Lease{ID: 1, TTL: 60, Renewal: s.renewed})
		},
		"key too long": func(s *Store) {
			s.push(&version{KeyValue: KeyValue{Key: make([]byte, MaxKeyBytes+1)}}, nil)
			s.revision++
		},
		"two changes at one place": func(s *Store) {
			v, _ := s.changes.Max()
			s.keys.Set("z", &version{KeyValue: KeyValue{Key: raw("z"), Mod: v.Mod}, sub: v.sub})
		},
	} {
		s := sampleState(t)
		_, err := Restore(s.AppendState(nil))
		require.NoError(t, err)
		bend(s)
		_, err = Restore(s.AppendState(nil))
		var format *FormatError
		require.ErrorAs(t, err, &format, name)
		require.NotContains(t, err.Error(), "the hash", name)
	}
}

// encodedHash is the body of the last chunk.
func encodedHash(s *Store) []byte { return binary.AppendUvarint(nil, s.Hash()) }

// FuzzRestore gives a Loader chunks that may be anything, and closes them with the hash that they
// call for: otherwise the hash would refuse nearly all.
func FuzzRestore(f *testing.F) {
	for _, s := range []*Store{New(Limits{}), sampleState(f)} {
		state := s.AppendState(nil)
		end := 1 + 1 + len(encodedHash(s))
		f.Add(state[:len(state)-end])
	}
	f.Fuzz(func(t *testing.T, chunks []byte) {
		l := NewLoader()
		if _, err := l.Write(chunks); err != nil || l.s == nil || len(l.buf) > 0 || l.ended {
			return
		}
		state := appendBytes(append(bytes.Clone(chunks), kindEnd), encodedHash(l.s))
		s, err := Restore(state)
		if err != nil {
			return
		}
		require.Equal(t, state, s.AppendState(nil), "one state has one encoding")
		twin := s.Clone()
		for i, r := range []Request{
			put("a", "1"), get("\x00", "\x00"), {Op: OpHash}, grant(0, 5), {Op: OpLeases},
			{Op: OpCompact, Revision: s.revision}, del("\x00", "\x00"), get("b", ""),
		} {
			require.Equal(t, once(t, s, math.MaxUint64, uint64(i+1), r),
				once(t, twin, math.MaxUint64, uint64(i+1), r))
			require.Equal(t, s.Hash(), twin.Hash())
		}
		_, _, code := s.Watch(&everything, Position{Revision: s.compacted}, 100, nil)
		require.Equal(t, OK, code)
		again, err := Restore(s.AppendState(nil))
		require.NoError(t, err)
		require.Equal(t, s.Hash(), again.Hash())
	})
}
