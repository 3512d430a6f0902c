package paxos

import (
	"errors"
	"math/bits"
)

// A DiskID is the random name of a data directory, drawn when it was made. Zero is none.
type DiskID [16]byte

// A ClusterID names a cluster: it is the hash of its genesis.
type ClusterID [16]byte

// Genesis is what the founders of a cluster agreed on before its first slot. It is equal on all
// nodes for ever; each founder's disk was learnt from that founder, so that a founder whose disk
// was wiped, before or after, is never taken for itself (B-11 of PITFALLS.md).
type Genesis struct {
	Name     string           // of the cluster, at most 64 bytes
	Founders [MaxNodes]DiskID // by NodeID; zero for a node that is no founder
	Prepare  int              // size of a phase 1 quorum; 0 is a majority
	Accept   int              // size of a phase 2 quorum; 0 is a majority
	Limits   Limits
}

const (
	maxNameBytes    = 64
	maxGenesisBytes = 1 + maxNameBytes + MaxNodes*16 + 2 + 5*8
	maxFormatBytes  = 1 + 2 + 16 + maxGenesisBytes
)

var (
	errName       = errors.New("paxos: genesis: Name is longer than 64 bytes")
	errGenesisIn  = errors.New("paxos: genesis: encoding is cut short or too long")
	errSharedDisk = errors.New("paxos: genesis: two founders have the same disk")
)

// Members returns the first configuration: the founders, each in life 1.
func (g *Genesis) Members() (Members, error) {
	var all [MaxNodes]Member
	n := 0
	for i := range g.Founders {
		if g.Founders[i] == (DiskID{}) {
			continue
		}
		for j := range i {
			if g.Founders[j] == g.Founders[i] {
				return Members{}, errSharedDisk
			}
		}
		all[n] = Member{Node: NodeID(i), Life: 1, Disk: g.Founders[i]}
		n++
	}
	prepare, accept := g.Prepare, g.Accept
	if prepare == 0 && accept == 0 {
		prepare, accept = n/2+1, n/2+1
	}
	return NewMembers(prepare, accept, all[:n]...)
}

// ID returns the cluster's identity: the FNV-1a 128 hash of the genesis. Two nodes may speak to
// each other only if theirs are equal.
func (g *Genesis) ID() ClusterID {
	var buf [maxGenesisBytes]byte
	return ClusterID(fnv128(g.AppendTo(buf[:0])))
}

func (g *Genesis) check() error {
	if len(g.Name) > maxNameBytes {
		return errName
	}
	if err := g.Limits.check(); err != nil {
		return err
	}
	_, err := g.Members()
	return err
}

// AppendTo appends the canonical encoding: the name behind its length in one byte, the sixteen
// disks, the two quorum sizes in one byte each, and the five limits in eight bytes each.
func (g *Genesis) AppendTo(dst []byte) []byte {
	dst = append(dst, byte(len(g.Name)))
	dst = append(dst, g.Name...)
	for i := range g.Founders {
		dst = append(dst, g.Founders[i][:]...)
	}
	dst = append(dst, byte(g.Prepare), byte(g.Accept))
	l := &g.Limits
	for _, n := range [...]int{
		l.Window, l.EntryBytes, l.WindowBytes, l.BatchEntries, l.BatchBytes,
	} {
		dst = order.AppendUint64(dst, uint64(n))
	}
	return dst
}

// DecodeGenesis reads from the front of b what AppendTo wrote, judges it, and returns the bytes
// that it took.
func DecodeGenesis(b []byte, g *Genesis) (int, error) {
	if len(b) == 0 {
		return 0, errGenesisIn
	}
	name := int(b[0])
	n := 1 + name + MaxNodes*16 + 2 + 5*8
	if name > maxNameBytes || len(b) < n {
		return 0, errGenesisIn
	}
	*g = Genesis{Name: string(b[1 : 1+name])}
	b = b[1+name:]
	for i := range g.Founders {
		b = b[copy(g.Founders[i][:], b):]
	}
	g.Prepare, g.Accept = int(b[0]), int(b[1])
	var limits [5]int
	for i := range limits {
		v := order.Uint64(b[2+8*i:])
		if v > maxWindowBytes {
			return 0, errGenesisIn
		}
		limits[i] = int(v)
	}
	g.Limits = Limits{limits[0], limits[1], limits[2], limits[3], limits[4]}
	return n, g.check()
}

// fnv128 is FNV-1a with 128 bits; the prime is 2^88 + 0x13b.
func fnv128(b []byte) (sum [16]byte) {
	hi, lo := uint64(0x6c62272e07bb0142), uint64(0x62b821756295c58d)
	for _, c := range b {
		lo ^= uint64(c)
		carry, low := bits.Mul64(lo, 0x13b)
		hi = hi*0x13b + carry + lo<<24
		lo = low
	}
	for i := range 8 {
		sum[i], sum[8+i] = byte(hi>>(56-8*i)), byte(lo>>(56-8*i))
	}
	return sum
}
