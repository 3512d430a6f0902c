package wire

import (
	"bytes"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestAHelloIsReadAsItWasWritten(t *testing.T) {
	h := helloOf(3)
	got, err := DecodeHello(h.AppendTo(nil))
	require.NoError(t, err)
	require.Equal(t, h, got)
	h.Cluster = strings.Repeat("é", 200)
	got, err = DecodeHello(h.AppendTo(nil))
	require.NoError(t, err)
	require.Equal(t, strings.Repeat("é", 127), got.Cluster, "cut between two characters")
	require.LessOrEqual(t, len(h.AppendTo(nil)), maxHelloBytes)
}

func FuzzAHelloIsExactOrRefused(f *testing.F) {
	h := helloOf(3)
	f.Add(h.AppendTo(nil))
	f.Add((&Hello{}).AppendTo(nil))
	f.Add([]byte("SYNH\x01\x00"))
	f.Fuzz(func(t *testing.T, b []byte) {
		h, err := DecodeHello(b)
		if err == nil && !bytes.Equal(h.AppendTo(nil), b) {
			t.Fatalf("%x reads as %+v", b, h)
		}
	})
}

func FuzzAFrameIsExactOrRefused(f *testing.F) {
	q := newQueue(100, 1000, &PeerStats{})
	q.set(true)
	q.put(Bulk, []byte("one"))
	q.put(Urgent, []byte("two"))
	frame, _ := q.take(nil, 1000)
	f.Add(frame)
	f.Add(frame[frameFixed:])
	f.Add([]byte{3, 0, 0, 0, 'a', 'b'})
	f.Fuzz(func(t *testing.T, b []byte) {
		// As it came, and with the head that a correct sender would put before it.
		for _, frame := range [][]byte{b, append(beginFrame(nil), b...)} {
			for announced := range 4 {
				if announced > 0 && len(frame) >= frameFixed {
					sealFrame(frame, announced)
				}
				count, err := checkFrame(frame)
				if err != nil {
					continue
				}
				seen := 0
				eachMessage(frame, func(msg []byte) {
					if len(msg) == 0 {
						t.Fatal("an empty message")
					}
					seen++
				})
				if seen != count {
					t.Fatalf("%d messages, %d counted", seen, count)
				}
			}
		}
	})
}

func TestARingForgetsTheOldestAndKeepsTheRestWhole(t *testing.T) {
	r := ring{buf: make([]byte, 50)}
	var kept []string
	for i := range 1000 {
		msg := strings.Repeat(string(rune('a'+i%26)), 1+i*7%40)
		gone := r.put([]byte(msg))
		kept = append(kept[gone:], msg)
		if i%5 == 0 {
			frame, count := r.take(beginFrame(nil), 30)
			require.Positive(t, count)
			sealFrame(frame, count)
			n, err := checkFrame(frame)
			require.NoError(t, err)
			require.Equal(t, count, n)
			eachMessage(frame, func(msg []byte) {
				require.Equal(t, kept[0], string(msg))
				kept = kept[1:]
			})
		}
	}
}

func TestQueueingAndFramingAllocateNothing(t *testing.T) {
	q := newQueue(1000, 100000, &PeerStats{})
	q.set(true)
	msg := make([]byte, 100)
	var frame []byte
	round := func() {
		for range 64 {
			q.put(Bulk, msg)
		}
		q.put(Urgent, msg)
		frame, _ = q.take(frame, DefaultFrameBytes)
		if _, err := checkFrame(frame); err != nil {
			t.Fatal(err)
		}
		eachMessage(frame, func([]byte) {})
	}
	round()
	require.Zero(t, testing.AllocsPerRun(100, round))
}
