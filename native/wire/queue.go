package wire

import (
	"encoding/binary"
	"sync"
)

// Lane is one of the two queues to a peer.
type Lane uint8

const (
	Urgent Lane = iota // beats, elections: small, sent first
	Bulk               // everything else
	lanes
)

// ring holds messages in a fixed number of bytes, each behind its length, oldest first.
type ring struct {
	buf        []byte
	head, tail uint64 // bytes taken and put since the beginning
}

func (r *ring) free() int   { return len(r.buf) - int(r.tail-r.head) }
func (r *ring) empty() bool { return r.head == r.tail }

// write copies b in behind the tail; there is room.
func (r *ring) write(b []byte) {
	at := int(r.tail % uint64(len(r.buf)))
	n := copy(r.buf[at:], b)
	copy(r.buf, b[n:])
	r.tail += uint64(len(b))
}

// appendTo appends the n oldest bytes to dst.
func (r *ring) appendTo(dst []byte, n int) []byte {
	at := int(r.head % uint64(len(r.buf)))
	first := min(n, len(r.buf)-at)
	dst = append(dst, r.buf[at:at+first]...)
	return append(dst, r.buf[:n-first]...)
}

// oldest is the size of the oldest message, its length included.
func (r *ring) oldest() int {
	var b [lengthBytes]byte
	return lengthBytes + int(binary.LittleEndian.Uint32(r.appendTo(b[:0], lengthBytes)))
}

// put adds a message and forgets as many of the oldest as that takes; it returns how many.
func (r *ring) put(msg []byte) (forgotten int) {
	for r.free() < lengthBytes+len(msg) {
		r.head += uint64(r.oldest())
		forgotten++
	}
	var b [lengthBytes]byte
	binary.LittleEndian.PutUint32(b[:], uint32(len(msg)))
	r.write(b[:])
	r.write(msg)
	return forgotten
}

// take moves messages to dst until it is limit bytes long, but the first one in any case.
func (r *ring) take(dst []byte, limit int) (_ []byte, count int) {
	for !r.empty() {
		n := r.oldest()
		if len(dst) > frameFixed && len(dst)+n > limit {
			break
		}
		dst = r.appendTo(dst, n)
		r.head += uint64(n)
		count++
	}
	return dst, count
}

// queue is what waits for one peer. Any goroutine may put, one takes.
type queue struct {
	mu    sync.Mutex
	lanes [lanes]ring
	up    bool
	wake  chan struct{} // holds one token while something may wait
	stats *PeerStats    // guarded by mu
}

func newQueue(urgentBytes, bulkBytes int, stats *PeerStats) *queue {
	q := &queue{wake: make(chan struct{}, 1), stats: stats}
	q.lanes[Urgent].buf = make([]byte, urgentBytes)
	q.lanes[Bulk].buf = make([]byte, bulkBytes)
	return q
}

// put queues a copy of a message, or counts it as lost while the peer is down.
func (q *queue) put(lane Lane, msg []byte) {
	q.mu.Lock()
	defer q.mu.Unlock()
	if !q.up {
		q.stats.LostDown++
		return
	}
	q.stats.LostFull += uint64(q.lanes[lane].put(msg))
	select {
	case q.wake <- struct{}{}:
	default:
	}
}

// take makes one frame of what waits, the urgent first; count is 0 if nothing does.
func (q *queue) take(b []byte, limit int) (frame []byte, count int) {
	b = beginFrame(b)
	q.mu.Lock()
	for i := range q.lanes {
		var n int
		b, n = q.lanes[i].take(b, limit)
		count += n
	}
	if count > 0 {
		q.stats.Frames++
		q.stats.Messages += uint64(count)
		q.stats.Bytes += uint64(len(b))
	}
	q.mu.Unlock()
	if count > 0 {
		sealFrame(b, count)
	}
	return b, count
}

// set says whether the peer is up; what waited for a connection that broke is lost.
func (q *queue) set(up bool) {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.up = up
	for i := range q.lanes {
		for lane := &q.lanes[i]; !lane.empty(); q.stats.LostDown++ {
			lane.head += uint64(lane.oldest())
		}
	}
}
