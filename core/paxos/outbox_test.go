package paxos

import (
	"testing"

	"github.com/stretchr/testify/require"
)

// B-01: nothing leaves before its record is durable, and a repeated question's answer waits for the
// first one's record.
func TestAnAnswerWaitsForTheRecordThatMadeIt(t *testing.T) {
	b, err := NewOutbox(3, 1, 8)
	require.NoError(t, err)
	var m Message
	require.True(t, b.Hold(&Message{Kind: Promise, Round: 1}, 5))
	require.True(t, b.Hold(&Message{Kind: Promise, Round: 2}, 5))
	require.EqualValues(t, 2, b.At(1).Round)
	b.Persisted(4)
	require.False(t, b.Next(&m))
	b.Persisted(5)
	b.Persisted(3)
	require.True(t, b.Next(&m))
	require.EqualValues(t, 1, m.Round)
	require.True(t, b.Next(&m))
	require.EqualValues(t, 2, m.Round)
	require.False(t, b.Next(&m))
	require.True(t, b.Hold(&Message{Kind: Nack}, 5), "durable already")
	require.True(t, b.Next(&m))
}

func TestAnOutboxKeepsItsOwnCopy(t *testing.T) {
	b, err := NewOutbox(1, 1, 8)
	require.NoError(t, err)
	data := []byte("red")
	entries := []Entry{{Kind: Value, Data: data}}
	require.True(t, b.Hold(&Message{Kind: Promise, Entries: entries}, 1))
	copy(data, "xxx")
	entries[0].Kind = Noop
	b.Persisted(1)
	var m Message
	require.True(t, b.Next(&m))
	require.Equal(t, Value, m.Entries[0].Kind)
	require.Equal(t, "red", string(m.Entries[0].Data))
}

func TestAFullOutboxRefuses(t *testing.T) {
	b, err := NewOutbox(1, 1, 2)
	require.NoError(t, err)
	require.False(t, b.Hold(&Message{Entries: make([]Entry, 2)}, 1))
	require.False(t, b.Hold(&Message{Entries: []Entry{value(1, 1, "abc")}}, 1))
	require.True(t, b.Hold(&Message{}, 1))
	require.False(t, b.Hold(&Message{}, 1))
	require.Equal(t, 1, b.Len())
	_, err = NewOutbox(0, 0, 0)
	require.Error(t, err)
}
