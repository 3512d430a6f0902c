package fuzz

// chance is a stream of numbers that a seed decides: SplitMix64. It is the fuzzer's own, so that a
// new version of the library does not change what a seed means.
type chance struct{ state uint64 }

func (c *chance) next() uint64 {
	c.state += 0x9e3779b97f4a7c15
	return mix(c.state)
}

// mix is the output function of SplitMix64.
func mix(z uint64) uint64 {
	z = (z ^ z>>30) * 0xbf58476d1ce4e5b9
	z = (z ^ z>>27) * 0x94d049bb133111eb
	return z ^ z>>31
}

// below returns a number in [0, n). n must be positive.
func (c *chance) below(n int) int { return int(c.next() % uint64(n)) }

// within returns a number in [lo, hi].
func (c *chance) within(lo, hi int) int { return lo + c.below(hi-lo+1) }

// oneIn is true once in n times.
func (c *chance) oneIn(n int) bool { return c.below(n) == 0 }

// pick returns one of the choices.
func pick[T any](c *chance, choices ...T) T { return choices[c.below(len(choices))] }

// shuffle puts s in an order of its own.
func shuffle[T any](c *chance, s []T) {
	for i := len(s) - 1; i > 0; i-- {
		j := c.below(i + 1)
		s[i], s[j] = s[j], s[i]
	}
}
