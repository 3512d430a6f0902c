package link

import (
	"bytes"
	"compress/flate"
	"encoding/base64"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/stretchr/testify/require"
)

func pack(t *testing.T, text []byte) []byte {
	var b bytes.Buffer
	w, err := flate.NewWriter(&b, 1)
	require.NoError(t, err)
	_, err = w.Write(text)
	require.NoError(t, err)
	require.NoError(t, w.Close())
	return b.Bytes()
}

func linkOf(packed []byte) string { return "#s=1." + base64.RawURLEncoding.EncodeToString(packed) }

func TestEveryExampleSurvivesItsLink(t *testing.T) {
	paths, err := filepath.Glob("../testdata/examples/*.synod")
	require.NoError(t, err)
	require.NotEmpty(t, paths)
	for _, path := range paths {
		text, err := os.ReadFile(path)
		require.NoError(t, err)
		link := Encode(string(text))
		back, err := Decode(link)
		require.NoError(t, err)
		require.Equal(t, string(text), back)
	}
}

func TestALinkIsReadWithOrWithoutItsURL(t *testing.T) {
	link := Encode("servers S1\n")
	forms := []string{link, link[1:], "https://example.org/play" + link, " " + link + "\n"}
	for _, form := range forms {
		text, err := Decode(form)
		require.NoError(t, err, form)
		require.Equal(t, "servers S1\n", text)
	}
}

func TestTheViewIsKept(t *testing.T) {
	l := Link{Text: "heal\n",
		View: View{HasAt: true, At: 57, Run: 2, Case: 3, HasControl: true, Name: "ring",
			Hash: "0123abcd"}}
	require.True(t, strings.HasSuffix(l.String(),
		"&at=57&run=2&case=3&control=0&view=ring&h=0123abcd"))
	back, err := Parse("https://example.org/" + l.String())
	require.NoError(t, err)
	require.Equal(t, l, back)
	back, err = Parse(Encode("heal\n") + "&at=0")
	require.NoError(t, err)
	require.Equal(t, View{HasAt: true}, back.View)
	back, err = Parse(Encode("heal\n") + "&at=-1&case=1&control=12&view=story")
	require.NoError(t, err, "as the page writes it before the first event")
	require.Equal(t, View{HasAt: true, At: -1, Case: 1, HasControl: true, Control: 12,
		Name: "story"}, back.View)
}

func TestADamagedViewIsRefused(t *testing.T) {
	for _, view := range []string{
		"&", "&at=", "&at=x", "&at=-2", "&at=--1", "&at=+1", "&at=1&at=2",
		"&case=0", "&case=a", "&control=-1", "&control=", "&run=0", "&run=1.5", "&view=",
		"&view=<b>", "&h=0123abc", "&h=0123ABCD", "&other=1", "&at=99999999999999999999",
	} {
		_, err := Parse(Encode("heal\n") + view)
		require.ErrorIs(t, err, ErrView, view)
	}
}

func TestADamagedLinkIsRefused(t *testing.T) {
	whole := pack(t, []byte("title A text that is long enough to be cut\n"))
	cases := map[string]error{
		"":                                    ErrNoScenario,
		"https://example.org/":                ErrNoScenario,
		"#t=1.AA":                             ErrNoScenario,
		"#s=2.AA":                             ErrVersion,
		"#s=1":                                ErrVersion,
		"#s=1.":                               ErrDeflate,
		"#s=1.A":                              ErrBase64,
		"#s=1.A+/A":                           ErrBase64,
		"#s=1.AB":                             ErrBase64, // bits behind the last byte
		"#s=1.AA==":                           ErrBase64,
		linkOf(whole) + "\n\nAAAA":            ErrBase64,
		linkOf(whole[:len(whole)-3]):          ErrDeflate,
		linkOf(append(whole[:0:0], 0xff)):     ErrDeflate,
		linkOf(append(bytes.Clone(whole), 0)): ErrTrailing,
		linkOf(append(bytes.Clone(whole), whole...)): ErrTrailing,
		linkOf(pack(t, []byte{'a', 0xff, 'b'})):      ErrUTF8,
		strings.Repeat("a", maxLinkBytes+1):          ErrTooLong,
	}
	for link, want := range cases {
		_, err := Decode(link)
		require.ErrorIs(t, err, want, link[:min(len(link), 80)])
	}
}

func TestABombIsRefusedAtItsLimit(t *testing.T) {
	_, err := Decode(linkOf(pack(t, bytes.Repeat([]byte("a"), MaxTextBytes))))
	require.NoError(t, err)
	_, err = Decode(linkOf(pack(t, bytes.Repeat([]byte("a"), MaxTextBytes+1))))
	require.ErrorIs(t, err, ErrTooLong)
	_, err = Decode(linkOf(pack(t, make([]byte, 64<<20))))
	require.ErrorIs(t, err, ErrTooLong)
}

func TestATextThatCannotBeCompressedFits(t *testing.T) {
	text := make([]rune, MaxTextBytes/4)
	for i := range text {
		text[i] = 0x10000 + rand.Int32N(0xfffff)
	}
	back, err := Decode(Encode(string(text)))
	require.NoError(t, err)
	require.Equal(t, string(text), back)
}

func FuzzDecodeIsTotalAndInvertible(f *testing.F) {
	f.Add("#s=1.AwA", "heal\n")
	f.Add(Encode("crash S1\n")+"&at=5&h=0123abcd", "")
	f.Add("https://x/#s=1.%41", "\x00")
	f.Fuzz(func(t *testing.T, link, text string) {
		if l, err := Parse(link); err == nil {
			again, err := Parse(l.String())
			require.NoError(t, err)
			require.Equal(t, l, again)
		}
		if len(text) <= MaxTextBytes && utf8.ValidString(text) {
			back, err := Decode(Encode(text))
			require.NoError(t, err)
			require.Equal(t, text, back)
		}
	})
}
