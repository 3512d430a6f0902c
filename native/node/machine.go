package node

import (
	"sync"

	"github.com/synodlab/synod/core/kv"
	"github.com/synodlab/synod/core/paxos"
)

// machine is the store. The loop applies; readers get a copy, which costs a few words.
type machine struct {
	mu    sync.Mutex
	store *kv.Store
	buf   []byte
}

func newMachine() *machine { return &machine{store: kv.New(storeLimits)} }

// apply executes one chosen entry and returns the response, borrowed until the next call; nil for
// an entry that holds no command. The caller holds mu.
func (m *machine) apply(e *paxos.Entry) []byte {
	if e.Kind != paxos.Value {
		return nil
	}
	response := m.store.ApplyOnce(e.Client, e.Seq, e.Data, m.buf[:0])
	if cap(response) <= keptBytes {
		m.buf = response
	}
	return response
}

// keptBytes is how large a response may be whose memory is used for the next.
const keptBytes = 1 << 20

// expired reports whether a response says that the store has forgotten the client.
func expired(response []byte) bool {
	var r kv.Response
	const small = 32 // such a response carries nothing but its code and the revision
	return len(response) <= small && kv.DecodeResponse(response, &r) == nil &&
		r.Code == kv.SessionExpired
}

// ReadLocal answers a read-only command from this node's state, however old, without talking to
// anyone. The caller owns the response, command is borrowed. A large read delays nobody.
func (n *Node) ReadLocal(command []byte) ([]byte, error) {
	n.machine.mu.Lock()
	copied := n.machine.store.Clone()
	n.machine.mu.Unlock()
	return copied.Read(command, nil), nil
}
