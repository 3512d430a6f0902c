package sim

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func records(d *Disk, kept ...bool) []string {
	for i, r := range []string{"a", "b", "c"} {
		d.write(LSN(i+1), Stream, []byte(r))
	}
	d.survive(kept)
	d.crash()
	return streamed(d)
}

func TestAStreamThatACrashCutsEndsAtItsFirstHole(t *testing.T) {
	require.Equal(t, []string{"a", "b"}, records(&Disk{}, true, true, false))
	require.Equal(t, []string{"a"}, records(&Disk{}, true, false, true))
	require.Empty(t, records(&Disk{}, false, true, true))
	require.Equal(t, []string{"a", "b", "c"}, records(&Disk{}, true, true, true))
}

func TestAnySubsetOfFieldsMaySurvive(t *testing.T) {
	var d Disk
	d.write(1, 0, []byte("a"))
	d.write(2, 1, []byte("b"))
	d.write(3, 2, []byte("c"))
	d.survive([]bool{false, true, false})
	require.Zero(t, d.Durable(), "there is a hole before it")
	d.crash()
	require.Nil(t, d.Field(0))
	require.Equal(t, "b", string(d.Field(1)))
	require.Nil(t, d.Field(2))
	require.Equal(t, LSN(3), d.Last(), "positions go on")
}

func TestATrimSurvivesOnlyWithAllThatWasWrittenBeforeIt(t *testing.T) {
	for kept, want := range map[bool]int{true: 1, false: 1} {
		var d Disk
		d.write(1, Stream, []byte("a"))
		d.sync(1)
		d.write(2, Stream, []byte("b"))
		d.trim(2)
		d.survive([]bool{kept})
		d.crash()
		require.Len(t, streamed(&d), want)
		require.Equal(t, map[bool]string{true: "b", false: "a"}[kept], streamed(&d)[0])
	}
}

func TestADiskThatLiesGivesBackWhatItTrulyHolds(t *testing.T) {
	w := pair(Settings{})
	serve(w)
	before := w.nodes[0].disk.image.copy()
	require.Equal(t, "", w.Lie(0))
	serve(w)
	require.EqualValues(t, 2, getUint64(w.nodes[0].disk.Field(0)))
	require.Equal(t, "", w.Crash(0))
	require.Equal(t, before.fields, w.nodes[0].disk.fields)
	require.Equal(t, "", w.Restart(0, nil))
	serve(w)
	require.Equal(t, "", w.Behave(0))
	require.Equal(t, "", w.Crash(0))
	require.EqualValues(t, 2, getUint64(w.nodes[0].disk.Field(0)), "one more, and this one stays")
}

func TestAnOldDiskIsTheOneThatItWas(t *testing.T) {
	w := pair(Settings{})
	d := &w.nodes[0].disk
	require.NotEqual(t, "", w.Restore(0))
	serve(w)
	w.Backup(0)
	serve(w)
	w.Wipe(0)
	require.Equal(t, 1, d.Wipes())
	last := d.Last()
	require.Equal(t, "", w.Restore(0))
	require.Equal(t, 0, d.Wipes())
	require.EqualValues(t, 1, getUint64(d.Field(0)))
	require.Equal(t, last, d.Last(), "positions are never given out twice")
	w.Wipe(0)
	require.Equal(t, 2, d.Wipes(), "a disk that was never there before")
}

func TestADamagedDiskStartsNoProcess(t *testing.T) {
	w := pair(Settings{})
	serve(w)
	require.NotEqual(t, "", w.Damage(0, []bool{false}), "nothing is selected")
	require.Equal(t, "", w.Damage(0, []bool{true}))
	require.Nil(t, w.nodes[0].disk.Field(0))
	require.True(t, w.Up(0), "nobody has read it")
	require.Equal(t, "", w.Restart(0, nil))
	require.False(t, w.Up(0))
	last := w.Log.Records[len(w.Log.Records)-1]
	require.Equal(t, Alarm, w.Log.Names.Text(last.Note))
	w.Wipe(0)
	require.Equal(t, "", w.Restart(0, nil))
	require.True(t, w.Up(0))
}

// salvager is a process that starts on whatever is left.
type salvager struct{ player }

func (*salvager) Salvages() bool { return true }

func TestASalvagerStartsWithWhatIsWhole(t *testing.T) {
	w := pair(Settings{})
	w.boot = func(n Node) Process { return &salvager{player{ball{self: n}}} }
	serve(w)
	w.Damage(0, []bool{true})
	require.Equal(t, "", w.Restart(0, nil))
	require.True(t, w.Up(0))
	require.Zero(t, w.nodes[0].proc.(*salvager).count)
}

func TestADamagedRecordOfAStreamStandsThereAsNil(t *testing.T) {
	var d Disk
	records(&d, true, true, true)
	d.damage(2)
	d.damage(2)
	require.Equal(t, []string{"a", "", "c"}, streamed(&d))
	require.True(t, d.Damaged())
	d.forget(3)
	require.False(t, d.Damaged(), "it is gone")
	d.damage(3)
	d.truncate(1)
	require.False(t, d.Damaged())
	require.Empty(t, streamed(&d))
}

func TestADiskIsAsFastAsTheLastStepSays(t *testing.T) {
	w := pair(Settings{Sync: 100, Delay: Range{Lo: 1_000_000, Hi: 1_000_000}})
	serve(w)
	require.Equal(t, "", w.SetSync(0, 30))
	due, _ := w.Due()
	require.EqualValues(t, 30, due)
	require.Equal(t, "", w.Stall(0))
	require.NotEqual(t, "", w.Stall(0))
	due, _ = w.Due()
	require.Greater(t, due, Micros(100), "only the timer")
	require.Equal(t, "", w.SetSync(0, 0))
	require.False(t, w.Writing(0), "at once")
	serve(w)
	require.False(t, w.Writing(0))
	require.Equal(t, "", w.Behave(0))
	serve(w)
	require.True(t, w.Writing(0))
}

func TestATornWriteIsAskedForOnceForEachRecord(t *testing.T) {
	for tear, want := range map[Tear]uint64{TearBefore: 1, TearWithin: 1, TearAfter: 2} {
		w := pair(Settings{Sync: 100})
		serve(w)
		serve(w)
		asked := 0
		w.Hooks.Writes = func(n Node, field uint8, record []byte) Tear {
			require.EqualValues(t, asked+1, getUint64(record))
			if asked++; asked == 2 {
				return tear
			}
			return NoTear
		}
		require.Equal(t, "", w.Sync(0))
		require.False(t, w.Up(0))
		require.Equal(t, 2, asked)
		require.Equal(t, want, getUint64(w.nodes[0].disk.Field(0)))
	}
}

// heir is a process that is told whose memory it may use.
type heir struct {
	player
	old Process
}

func (h *heir) Inherit(old Process) { h.old = old }

func TestAnHeirIsHandedWhatRanBefore(t *testing.T) {
	w := pair(Settings{})
	serve(w)
	first := w.nodes[0].proc
	w.boot = func(n Node) Process { return &heir{player: player{ball{self: n}}} }
	w.Damage(0, []bool{true})
	require.Equal(t, "", w.Restart(0, nil)) // on a damaged disk it does not start
	require.Same(t, first, w.nodes[0].proc)
	w.Wipe(0)
	require.Equal(t, "", w.Restart(0, nil))
	second := w.nodes[0].proc.(*heir)
	require.Same(t, first, second.old)
	w.Renew(w.place, w.schema, w.settings, w.boot)
	w.Start()
	require.Same(t, second, w.nodes[0].proc.(*heir).old)
}
