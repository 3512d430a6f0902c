package wire

import (
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
)

const (
	// Version is the version of handshake and frames that this package speaks.
	Version = 2

	helloMagic    = "SYNH"
	helloFixed    = 72
	maxNameBytes  = 255
	maxHelloBytes = helloFixed + 2*maxNameBytes
)

// Hello is what each end says first: who it is and of which cluster.
type Hello struct {
	Cluster   string   // its name, at most 255 bytes
	ClusterID [32]byte // zero before genesis
	Node      uint8
	Life      uint16   // number of the node's disk
	Disk      [16]byte // id of the node's disk
	Alpha     uint32
	Limits    uint64 // digest of the limits that all nodes must share
	Address   string // host:port where the node is dialed, at most 255 bytes; empty if nowhere
}

// errHello is wrapped by every error of DecodeHello.
var errHello = errors.New("wire: not a hello")

// AppendTo appends the encoding of h, at most 582 bytes, to dst. Longer texts are cut.
func (h *Hello) AppendTo(dst []byte) []byte {
	le := binary.LittleEndian
	name, address := shorten(h.Cluster, maxNameBytes), shorten(h.Address, maxNameBytes)
	dst = append(dst, helloMagic...)
	dst = le.AppendUint16(dst, Version)
	dst = le.AppendUint16(dst, h.Life)
	dst = append(dst, h.Node, uint8(len(name)), uint8(len(address)), 0)
	dst = le.AppendUint32(dst, h.Alpha)
	dst = le.AppendUint64(dst, h.Limits)
	dst = append(dst, h.Disk[:]...)
	dst = append(dst, h.ClusterID[:]...)
	return append(append(dst, name...), address...)
}

// DecodeHello reads exactly what AppendTo writes and nothing else. It keeps nothing of b.
func DecodeHello(b []byte) (Hello, error) {
	if len(b) < 6 || string(b[:4]) != helloMagic {
		return Hello{}, fmt.Errorf("%w: %d bytes that begin with %q", errHello, len(b),
			b[:min(len(b), 4)])
	}
	le := binary.LittleEndian
	if v := le.Uint16(b[4:]); v != Version {
		return Hello{}, fmt.Errorf("%w: version %d of the protocol, this node speaks %d", errHello,
			v, Version)
	}
	if len(b) < helloFixed || len(b) != helloFixed+int(b[9])+int(b[10]) || b[11] != 0 {
		return Hello{}, fmt.Errorf("%w: wrong length %d", errHello, len(b))
	}
	return Hello{
		Life:      le.Uint16(b[6:]),
		Node:      b[8],
		Alpha:     le.Uint32(b[12:]),
		Limits:    le.Uint64(b[16:]),
		Disk:      [16]byte(b[24:]),
		ClusterID: [32]byte(b[40:]),
		Cluster:   string(b[helloFixed : helloFixed+int(b[9])]),
		Address:   string(b[helloFixed+int(b[9]):]),
	}, nil
}

// Check tells, from the node that says mine, what speaks against working with the other end:
// another cluster, other limits, or the same node. A cluster id that is not known yet fits any.
func (mine *Hello) Check(theirs *Hello) error {
	var none [32]byte
	switch {
	case theirs.Cluster != mine.Cluster:
		return fmt.Errorf("cluster name %q, expected %q", theirs.Cluster, mine.Cluster)
	case theirs.ClusterID != mine.ClusterID && theirs.ClusterID != none && mine.ClusterID != none:
		return fmt.Errorf("cluster id %s, expected %s", brief(theirs.ClusterID),
			brief(mine.ClusterID))
	case theirs.Alpha != mine.Alpha:
		return fmt.Errorf("window (alpha) %d, expected %d", theirs.Alpha, mine.Alpha)
	case theirs.Limits != mine.Limits:
		return fmt.Errorf("limits %016x, expected %016x", theirs.Limits, mine.Limits)
	case theirs.Node == mine.Node:
		return fmt.Errorf("duplicate node: node %d is this one", mine.Node)
	}
	return nil
}

func brief(id [32]byte) string { return hex.EncodeToString(id[:8]) }
