package paxos

import (
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

func genEntries(t *rapid.T) []Entry {
	n := rapid.IntRange(0, 4).Draw(t, "entries")
	var all []Entry
	for range n {
		if rapid.Bool().Draw(t, "noop") {
			all = append(all, Entry{Kind: Noop, Data: []byte{}})
			continue
		}
		all = append(all, Entry{
			Kind:   rapid.SampledFrom([]Kind{Value, Configure}).Draw(t, "kind"),
			Client: rapid.Uint64().Draw(t, "client"), Seq: rapid.Uint64().Draw(t, "seq"),
			Data: rapid.SliceOfN(rapid.Byte(), 0, 9).Draw(t, "data"),
		})
	}
	return all
}

func genSpan(t *rapid.T, entries int) Span {
	lo := rapid.Uint64Range(0, 1<<63).Draw(t, "lo")
	return Span{Slot(lo), Slot(lo + uint64(entries) + rapid.Uint64Range(0, 9).Draw(t, "more"))}
}

func TestAMessageIsDecodedAsItWasEncoded(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		entries := genEntries(t)
		m := Message{
			Kind: Kind(rapid.IntRange(int(Beat), int(ReadOK)).Draw(t, "kind")),
			From: NodeID(rapid.IntRange(0, 15).Draw(t, "from")), To: NodeID(rapid.IntRange(0,
				15).Draw(t, "to")),
			Life: Life(rapid.Uint16().Draw(t, "life")), Echo: Life(rapid.Uint16().Draw(t, "echo")),
			Era: Era(rapid.Uint32().Draw(t, "era")), Ballot: Ballot(rapid.Uint64().Draw(t,
				"ballot")),
			VBallot: Ballot(rapid.Uint64().Draw(t, "vballot")), Span: genSpan(t, len(entries)),
			Chosen: Slot(rapid.Uint64().Draw(t, "chosen")), Round: rapid.Uint64().Draw(t, "round"),
			Entries: entries,
		}
		b := AppendMessage([]byte("x"), &m)[1:]
		var got Message
		n, err := DecodeMessage(append(b, "tail"...), &got, make([]Entry, 4))
		require.NoError(t, err)
		require.Equal(t, len(b), n)
		require.Equal(t, m, got)
		_, err = DecodeMessage(b[:rapid.IntRange(0, len(b)-1).Draw(t, "cut")], &got, make([]Entry,
			4))
		require.ErrorIs(t, err, errShort)
		if len(entries) > 0 {
			_, err = DecodeMessage(b, &got, make([]Entry, len(entries)-1))
			require.ErrorIs(t, err, errCount)
		}
	})
}

func TestARecordIsDecodedAsItWasEncoded(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		entries := genEntries(t)
		rec := Record{
			Kind: rapid.SampledFrom([]Kind{Format, Promised, Accepted, Chosen, Snapshot}).Draw(t,
				"kind"),
			LSN:    LSN(rapid.Uint64().Draw(t, "lsn")),
			Ballot: Ballot(rapid.Uint64().Draw(t, "ballot")), Span: genSpan(t, len(entries)),
			Chosen: Slot(rapid.Uint64().Draw(t, "chosen")), Entries: entries,
		}
		b := AppendRecord(nil, &rec)
		var got Record
		n, err := DecodeRecord(b, &got, make([]Entry, 4))
		require.NoError(t, err)
		require.Equal(t, len(b), n)
		require.Equal(t, rec, got)
	})
}

func TestWhatIsNotCanonicalIsRefused(t *testing.T) {
	good := Message{Kind: Accept, From: 1, To: 2, Span: Span{1, 2}, Entries: []Entry{value(1, 1,
		"v")}}
	for name, c := range map[string]struct {
		spoil func(b []byte)
		err   error
	}{
		"kind 0":               {func(b []byte) { b[0] = 0 }, errKind},
		"a record's kind":      {func(b []byte) { b[0] = byte(Format) }, errKind},
		"from 16":              {func(b []byte) { b[1] = 16 }, errNode},
		"span backwards":       {func(b []byte) { b[27] = 9 }, errSpan},
		"entries > span":       {func(b []byte) { b[27] = 2 }, errMoreSlots},
		"entry kind":           {func(b []byte) { b[63] = byte(Accept) }, errKind},
		"noop with seq":        {func(b []byte) { b[63] = byte(Noop) }, errNoop},
		"length 4 GiB":         {func(b []byte) { copy(b[80:], "\xff\xff\xff\xff") }, errShort},
		"4 billion of entries": {func(b []byte) { copy(b[59:], "\xff\xff\xff\xff") }, errCount},
	} {
		b := AppendMessage(nil, &good)
		c.spoil(b)
		var m Message
		_, err := DecodeMessage(b, &m, make([]Entry, 4))
		require.ErrorIs(t, err, c.err, name)
	}
}

func TestCodecAllocatesNothing(t *testing.T) {
	m := Message{Kind: Accept, From: 1, To: 2, Span: Span{1, 3}, Entries: []Entry{value(1, 1, "v"),
		value(1, 2, "w")}}
	buf := make([]byte, 0, 256)
	arena := make([]Entry, 2)
	var got Message
	require.Zero(t, testing.AllocsPerRun(100, func() {
		buf = AppendMessage(buf[:0], &m)
		if _, err := DecodeMessage(buf, &got, arena); err != nil {
			panic(err)
		}
	}))
}

func FuzzDecodeMessage(f *testing.F) {
	f.Add(AppendMessage(nil, &Message{Kind: Beat}))
	f.Add(AppendMessage(nil, &Message{Kind: Accept, Span: Span{1, 3},
		Entries: []Entry{value(1, 1, "one"), {Kind: Noop}}}))
	f.Add([]byte{})
	f.Fuzz(func(t *testing.T, b []byte) {
		var m Message
		n, err := DecodeMessage(b, &m, make([]Entry, 8))
		if err == nil {
			require.Equal(t, b[:n], AppendMessage(nil, &m))
		}
	})
}

func FuzzDecodeRecord(f *testing.F) {
	f.Add(AppendRecord(nil, &Record{Kind: Promised, LSN: 1, Ballot: 7}))
	f.Add(AppendRecord(nil, &Record{Kind: Accepted, LSN: 2, Span: Span{1, 2},
		Entries: []Entry{value(1, 1, "v")}}))
	f.Fuzz(func(t *testing.T, b []byte) {
		var rec Record
		n, err := DecodeRecord(b, &rec, make([]Entry, 8))
		if err == nil {
			require.Equal(t, b[:n], AppendRecord(nil, &rec))
		}
	})
}

func FuzzDecodeMembers(f *testing.F) {
	m, _ := Founders(3)
	f.Add(m.AppendTo(nil))
	f.Fuzz(func(t *testing.T, b []byte) {
		if got, err := DecodeMembers(b); err == nil {
			require.Equal(t, b, got.AppendTo(nil))
		}
	})
}
