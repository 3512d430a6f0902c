package wire

import (
	"sync/atomic"
	"time"
)

// PeerStats count what happened on the way to one peer.
type PeerStats struct {
	Connects uint64 // handshakes that both ends agreed to
	Frames   uint64 // taken for sending
	Messages uint64 // in those frames
	Bytes    uint64 // of those frames
	LostFull uint64 // messages forgotten because a lane was full
	LostDown uint64 // messages given up because the peer was down
}

// PeerStatus is the state of the way to one peer.
type PeerStatus struct {
	Node  uint8
	URL   string
	Up    bool
	Hello Hello         // of the peer, while Up
	RTT   time.Duration // of the last ping, 0 before the first
	Why   string        // why it is not up, or why it last was not
	Stats PeerStats
}

// Stats count what happened to all connections since the start.
type Stats struct {
	Accepted uint64 // connections of others that passed the handshake
	Refused  uint64 // handshakes that this node refused
	Rejected uint64 // handshakes that the other end refused
	Garbage  uint64 // connections closed because a frame could not be read
	Full     uint64 // connections turned away because there were too many
	Frames   uint64 // received
	Messages uint64 // in those frames
	Bytes    uint64 // of those frames
}

// counters is Stats while they are counted.
type counters struct {
	accepted, refused, rejected, garbage, full, frames, messages, bytes atomic.Uint64
}

func (c *counters) stats() Stats {
	return Stats{
		Accepted: c.accepted.Load(), Refused: c.refused.Load(), Rejected: c.rejected.Load(),
		Garbage: c.garbage.Load(), Full: c.full.Load(), Frames: c.frames.Load(),
		Messages: c.messages.Load(), Bytes: c.bytes.Load(),
	}
}
