package main

import (
	"encoding/binary"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
)

// crooked is a reactor whose work has every shape of code that packing writes anew: loops within
// loops, with calls and without, jumps into and out of them, panics that are recovered, stacks that
// grow and move, goroutines that wait for one another, and the collector. Its result is a hash.
const crooked = `package main

import "runtime"

func main() {}

type tree struct{ left, right *tree; n uint64 }

func grow(depth int) *tree {
	if depth == 0 {
		return &tree{n: 1}
	}
	var frame [64]uint64
	frame[depth%64] = uint64(depth)
	t := &tree{grow(depth - 1), nil, frame[depth%64]}
	if depth%3 == 0 {
		t.right = grow(depth / 2)
	}
	return t
}

func (t *tree) sum() uint64 {
	if t == nil {
		return 7
	}
	return t.n + 3*t.left.sum() + 5*t.right.sum()
}

// sieve has loops that nothing else enters, one of them with an exit to a label outside.
func sieve(n int) (sum uint64) {
	composite := make([]bool, n+1)
outer:
	for i := 2; i <= n; i++ {
		if composite[i] {
			continue
		}
		for j := i * i; j <= n; j += i {
			if composite[j] && j%97 == 13 {
				sum++
				continue outer
			}
			composite[j] = true
		}
		sum += uint64(i)
	}
	return sum
}

// crossed is a graph of jumps that no loops make: two beginnings, each within the other.
func crossed(n uint64) (sum uint64) {
	i := n
	if n%2 == 0 {
		goto even
	}
odd:
	sum = sum*31 + i
	i--
	if i == 0 {
		return sum
	}
even:
	sum ^= i << 3
	if i%5 == 0 {
		i--
		goto even
	}
	i--
	if i < n {
		goto odd
	}
	return sum
}

//go:noinline
func index(b []uint64, i int) uint64 { return b[i] }

func recovered(b []uint64, i int) (sum uint64) {
	defer func() {
		if recover() != nil {
			sum = uint64(i) * 11
		}
	}()
	var none *tree
	if i == 5 {
		return none.n
	}
	for j := range i {
		sum += index(b, j)
	}
	return sum
}

func talk(n int) (sum uint64) {
	ask, answer := make(chan int), make(chan uint64)
	go func() {
		for n := range ask {
			answer <- grow(n % 12).sum()
			if n%7 == 0 {
				runtime.GC()
			}
		}
		close(answer)
	}()
	for i := range n {
		ask <- i
		sum = sum*33 + <-answer
	}
	close(ask)
	return sum
}

//go:wasmexport work
func work(n uint32) uint64 {
	seen := map[uint64]string{}
	sum := uint64(14695981039346656037)
	for i := range uint64(n) {
		sum = sum*1099511628211 ^ crossed(i+1) ^ sieve(int(i*3))
		seen[sum%17] += string(rune('a' + i%26))
		switch i % 9 {
		case 0, 4:
			sum += recovered([]uint64{1, 2, 3}, int(i%8))
		case 1:
			sum ^= talk(int(i % 30))
		case 2, 3, 5:
			sum -= uint64(len(seen[sum%17]))
		default:
			sum += grow(int(i % 40)).sum() + uint64(float64(i)*1.5)
		}
	}
	for i := range uint64(17) {
		for _, c := range []byte(seen[i]) {
			sum = sum*1099511628211 ^ uint64(c)
		}
	}
	return sum
}
`

// built compiles a program as a reactor, as the tab's is.
func built(t *testing.T, program string, flags ...string) []byte {
	t.Helper()
	dir := t.TempDir()
	source, file := filepath.Join(dir, "main.go"), filepath.Join(dir, "main.wasm")
	require.NoError(t, os.WriteFile(source, []byte(program), 0o600))
	args := append([]string{"build", "-buildmode=c-shared", "-o", file}, flags...)
	c := exec.Command("go", append(args, source)...)
	c.Env = append(os.Environ(), "GOOS=wasip1", "GOARCH=wasm")
	said, err := c.CombinedOutput()
	require.NoError(t, err, string(said))
	module, err := os.ReadFile(file)
	require.NoError(t, err)
	return module
}

func TestAPackedProgramDoesTheSame(t *testing.T) {
	module := built(t, crooked)
	packed, cleared, err := pack(module)
	require.NoError(t, err)
	require.True(t, cleared)
	before, _, err := call(t, module, "work", 200)
	require.NoError(t, err)
	after, said, err := call(t, packed, "work", 200)
	require.NoError(t, err, said)
	require.Equal(t, before, after)
}

// TestNearlyEveryFunctionIsWrittenAnew would fail if the compiler gave functions another frame.
func TestNearlyEveryFunctionIsWrittenAnew(t *testing.T) {
	all, err := sections(built(t, crooked))
	require.NoError(t, err)
	tables, anew := 0, 0
	r := reader{b: all[codeSection]}
	for i := range r.number() {
		body := r.take(r.number())
		f := function(body)
		if newFlow(f.code, (firstFunction+i)<<16) != nil {
			anew++
		}
		for _, in := range f.code {
			if in.op == opTable {
				tables++
			}
		}
	}
	require.Greater(t, tables, 900)
	require.GreaterOrEqual(t, anew, tables-5)
}

func TestCodeIsReadAsItIsWritten(t *testing.T) {
	all, err := sections(built(t, crooked))
	require.NoError(t, err)
	r := reader{b: all[codeSection]}
	for range r.number() {
		body := r.take(r.number())
		f := function(body)
		require.NotNil(t, f.code)
		written := append([]byte{}, f.locals...)
		for _, in := range f.code {
			written = in.appendTo(written)
		}
		require.Equal(t, f.code, function(written).code)
		require.InDelta(t, len(body), len(written), float64(len(body))/20)
	}
}

func FuzzNoCodeBreaksPack(f *testing.F) {
	f.Add([]byte{0, opEnd})
	f.Add([]byte{1, 1, 0x7f, opGlobalGet, 0, opSet, 1, opBlock, noResult, opBlock, noResult,
		opGet, 0, opTable, 1, 0, 1, opEnd, opConst32, 1, opReturn, opEnd, opUnreachable, opEnd})
	f.Fuzz(func(t *testing.T, body []byte) {
		content := append(binary.AppendUvarint([]byte{1}, uint64(len(body))), body...)
		_, _, _ = functions{}.shorten(content, 0)
	})
}
