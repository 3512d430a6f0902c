package main

import (
	"bytes"
	"testing"

	"github.com/stretchr/testify/require"
)

// various is a reactor whose result depends on what the runtime knows of types: switches over types
// and interfaces, methods found when the program runs, keys and values that interfaces hold, masks
// of large types for the collector, and what a panic says of a type.
const various = `package main

import (
	"runtime"
	"strconv"
)

func main() {}

type shape interface{ area() int }
type named interface{ Name() string }
type both interface { shape; named }

type square struct{ side int; tag string }
type circle struct{ r int }
type point struct{ x, y int32 }
type large struct {
	before [300]*int
	rows [40][4]struct{ n int; s []*string }
	after map[string]*large
}

func (s square) area() int { return s.side * s.side }
func (s square) Name() string { return s.tag }
func (s square) Unused(map[string][]point) func(circle) { return nil }
func (c *circle) area() int { return 3 * c.r * c.r }

func value(n int) any {
	switch n % 7 {
	case 0:
		return square{n, strconv.Itoa(n)}
	case 1:
		return &circle{n}
	case 2:
		return point{int32(n), 7}
	case 3:
		return []string{"a", strconv.Itoa(n)}
	case 4:
		return map[point]string{{1, 2}: "b"}
	case 5:
		return func(int) string { return "c" }
	}
	return n
}

func weigh(v any) (sum int) {
	if b, ok := v.(both); ok {
		sum += len(b.Name()) * 1000
	}
	switch v := v.(type) {
	case shape:
		return sum + v.area()
	case point:
		return int(v.x) << v.y
	case []string:
		return len(v[1])
	case map[point]string:
		return len(v[point{1, 2}])
	case func(int) string:
		return len(v(1)) + 40
	case int:
		return -v
	}
	panic("none")
}

func fill(n int) *large {
	l := &large{after: map[string]*large{}}
	for i := range l.before {
		l.before[i] = new(int)
		*l.before[i] = n + i
	}
	for i := range l.rows {
		s := strconv.Itoa(i * n)
		l.rows[i][i%4].s = []*string{&s}
	}
	return l
}

//go:wasmexport work
func work(n uint32) uint64 {
	sum := 1
	kept := []*large{}
	for i := range int(n) {
		v := value(i)
		sum = sum*31 + weigh(v)
		if i%7 < 3 && v == value(i) != (i%7 == 1) {
			sum += 99
		}
		l := fill(i)
		l.after[strconv.Itoa(i)] = l
		kept = append(kept, l)
		if i%50 == 0 {
			runtime.GC()
		}
	}
	for _, l := range kept {
		for i, p := range l.before {
			sum = sum*33 + *p + len(*l.rows[i%40][i%40%4].s[0]) + len(l.after)
		}
	}
	return uint64(sum)
}

//go:wasmexport fall
func fall(n uint32) { println(value(int(n)).(named).Name()) }
`

func TestAProgramWithBareTypesTellsThemApart(t *testing.T) {
	module := built(t, various)
	packed, cleared, err := pack(module)
	require.NoError(t, err)
	require.True(t, cleared)
	require.Less(t, names(t, packed), names(t, module)*3/4)
	before, _, err := call(t, module, "work", 200)
	require.NoError(t, err)
	after, said, err := call(t, packed, "work", 200)
	require.NoError(t, err, said)
	require.Equal(t, before, after)
	_, said, err = call(t, packed, "fall", 2)
	require.Error(t, err)
	require.Contains(t, said, "main.point is not main.named: missing method Name")
}

// names is how many types are in a module, and names of them.
func names(t *testing.T, module []byte) int {
	t.Helper()
	all, err := sections(module)
	require.NoError(t, err)
	memory, err := image(all[dataSection])
	require.NoError(t, err)
	f := functions{memory: memory, header: bytes.Index(memory, magic)}
	require.True(t, f.described(uint64(f.header)+word(memory[f.header:], 8)))
	s, _ := f.types()
	return len(s.all) + len(s.names())
}

func TestAProgramThatReflectsKeepsItsTypes(t *testing.T) {
	all, err := sections(built(t, `package main

import "reflect"

func main() {}

//go:wasmexport work
func work(n uint32) uint64 { return uint64(reflect.ValueOf(struct{ N uint32 }{n}).Field(0).Uint()) }
`))
	require.NoError(t, err)
	memory, err := image(all[dataSection])
	require.NoError(t, err)
	f, found := find(memory)
	require.True(t, found)
	before := append([]byte{}, memory...)
	s, ok := f.types()
	require.True(t, ok)
	s.bare(constants(all[codeSection]))
	require.Equal(t, before, memory)
}
