package sim

// Chance in a world is a function, not a stream: what is drawn for one purpose never depends on
// how often others drew. The test vector of the language is in the tests.

// Purpose says what is drawn.
type Purpose uint64

// The purposes of the scenario language.
const (
	purposeDelay     Purpose = 1 + iota // of a message: sender, receiver, how many before
	purposeLoss                         // the same
	purposeCopy                         // the same
	purposeCopyDelay                    // the same
	purposeTimer                        // of a timer: node, timer, times that it was set
	purposeOwn                          // the protocol's own: node, what, how often
)

// mix is the output function of SplitMix64.
func mix(z uint64) uint64 {
	z = (z ^ z>>30) * 0xbf58476d1ce4e5b9
	z = (z ^ z>>27) * 0x94d049bb133111eb
	return z ^ z>>31
}

// draw returns the number that chance holds for purpose p and a, b, k.
func draw(seed uint64, p Purpose, a, b, k uint64) uint64 {
	h := seed
	for _, x := range [4]uint64{uint64(p), a, b, k} {
		h = mix(h + 0x9e3779b97f4a7c15 + x)
	}
	return h
}

// Own draws for a protocol's own purpose: node self asks for the k-th time for what.
func Own(seed uint64, self Node, what, k uint64) uint64 {
	return draw(seed, purposeOwn, uint64(self), what, k)
}

// In returns the time in r that h selects.
func (r Range) In(h uint64) Micros {
	if r.Hi <= r.Lo {
		return r.Lo
	}
	return r.Lo + Micros(h%uint64(r.Hi-r.Lo+1))
}

// Share is a probability in millionths.
type Share uint32

// hit reports whether h falls into the share.
func (s Share) hit(h uint64) bool { return h%1_000_000 < uint64(s) }
