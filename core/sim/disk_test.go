package sim

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func streamed(d *Disk) []string {
	var all []string
	d.Records(func(_ LSN, record []byte) bool {
		all = append(all, string(record))
		return true
	})
	return all
}

func TestAWriteIsThereOnceItIsDurable(t *testing.T) {
	var d Disk
	d.write(1, 0, []byte("a"))
	require.Nil(t, d.Field(0))
	d.sync(1)
	require.Equal(t, "a", string(d.Field(0)))
	require.Equal(t, LSN(1), d.Durable())
	d.write(2, 0, []byte("b"))
	d.write(3, 1, nil)
	d.sync(2)
	require.Equal(t, "b", string(d.Field(0)))
	require.Nil(t, d.Field(1), "the next is still on its way")
	d.sync(3)
	require.NotNil(t, d.Field(1), "an empty record is not none")
}

func TestACrashLosesWhatIsPendingAndPositionsGoOn(t *testing.T) {
	var d Disk
	d.write(1, Stream, []byte("a"))
	d.sync(1)
	d.write(2, Stream, []byte("b"))
	d.crash()
	require.Equal(t, []string{"a"}, streamed(&d))
	require.Equal(t, LSN(2), d.Last())
	d.sync(2)
	require.Equal(t, []string{"a"}, streamed(&d),
		"a write begun before a crash never ends after it")
}

func TestATrimWaitsForWhatIsWrittenBeforeIt(t *testing.T) {
	var d Disk
	d.write(1, Stream, []byte("a"))
	d.write(2, Stream, []byte("b"))
	d.sync(2)
	d.write(3, Stream, []byte("c"))
	d.trim(2)
	require.Equal(t, []string{"a", "b"}, streamed(&d))
	d.sync(3)
	require.Equal(t, []string{"b", "c"}, streamed(&d))
	d.trim(3)
	require.Equal(t, []string{"c"}, streamed(&d), "nothing was pending")
	require.Empty(t, d.pending)
}

func TestAWipedDiskIsEmptyAndKnowsIt(t *testing.T) {
	var d Disk
	d.write(1, 0, []byte("a"))
	d.write(2, Stream, []byte("b"))
	d.sync(2)
	before := string(d.appendState(nil))
	d.wipe()
	require.Nil(t, d.Field(0))
	require.Empty(t, streamed(&d))
	require.Equal(t, 1, d.Wipes())
	require.NotEqual(t, before, string(d.appendState(nil)))
}

func TestADiskThatLiesForgetsOneField(t *testing.T) {
	var d Disk
	d.write(1, 0, []byte("a"))
	d.write(2, 1, []byte("b"))
	d.sync(2)
	d.lose(0)
	d.lose(9)
	require.Nil(t, d.Field(0))
	require.Equal(t, "b", string(d.Field(1)))
	require.Nil(t, d.Field(9))
}

func TestDisksThatAProcessCannotTellApartHaveEqualBytes(t *testing.T) {
	var a, b Disk
	a.write(1, Stream, []byte("x"))
	a.sync(1)
	b.write(7, Stream, []byte("x"))
	b.sync(7)
	require.Equal(t, a.appendState(nil), b.appendState(nil))
	b.write(8, Stream, []byte("y"))
	require.NotEqual(t, a.appendState(nil), b.appendState(nil), "a write on its way counts")
}
