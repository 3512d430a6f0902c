package diagram

import (
	"bytes"
	"encoding/xml"
	"io"
	"math"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"github.com/synodlab/synod/core/trace"
)

// read parses a picture and returns its elements and all its text.
func read(t *testing.T, svg []byte) (elements []xml.StartElement, text string) {
	t.Helper()
	in := xml.NewDecoder(bytes.NewReader(svg))
	for {
		token, err := in.Token()
		if err == io.EOF {
			return elements, text
		}
		require.NoError(t, err, "%s", svg)
		switch token := token.(type) {
		case xml.StartElement:
			elements = append(elements, token.Copy())
		case xml.CharData:
			text += string(token)
		}
	}
}

func draw(s *story, opt *Options, svg *SVG) []byte {
	return AppendSVG(nil, new(Diagram), s.Log, opt, svg)
}

func TestEveryPictureIsWellFormedAndNeedsNothingFromOutside(t *testing.T) {
	each(t, func(t *testing.T, s *story, opt *Options) {
		for _, svg := range []*SVG{nil, {Title: "T", About: "A", Link: "https://h/#s=1.a&b"},
			{From: 3, To: 40, Theme: ThemeDark}, {From: 1 << 40, To: -1, Max: -1}} {
			elements, _ := read(t, draw(s, opt, svg))
			for _, e := range elements {
				require.NotContains(t, []string{"script", "image", "foreignObject"}, e.Name.Local)
				for _, a := range e.Attr {
					require.False(t, strings.HasPrefix(a.Name.Local, "on"))
					if a.Name.Local == "href" && e.Name.Local == "use" {
						require.True(t, strings.HasPrefix(a.Value, "#synod-"))
					}
				}
			}
		}
	})
}

func TestEveryShapeThatIsUsedIsDefined(t *testing.T) {
	each(t, func(t *testing.T, s *story, opt *Options) {
		ids, used := map[string]bool{}, map[string]bool{}
		elements, _ := read(t, draw(s, opt, nil))
		for _, e := range elements {
			for _, a := range e.Attr {
				switch {
				case a.Name.Local == "id":
					require.False(t, ids[a.Value], "twice: %s", a.Value)
					ids[a.Value] = true
				case a.Name.Local == "href" && e.Name.Local == "use":
					used[a.Value[1:]] = true
				}
			}
		}
		for id := range used {
			require.True(t, ids[id], "%s", id)
		}
	})
}

func TestHostileTextIsOnlyText(t *testing.T) {
	const hostile = "</text><script>alert(1)</script>'\"&\x00\x1b\u202e]]>"
	s := newStory(hostile, "S2")
	s.Kinds = []string{hostile}
	m := s.send(0, 1, 1, s.value(hostile))
	s.deliver(m)
	s.event(trace.Execute, 1, s.value(hostile))
	s.note(hostile, trace.NoNode)
	s.event(trace.Violation, 0, s.noting(hostile))
	out := draw(s, nil, &SVG{Title: hostile, About: hostile, Link: "javascript:" + hostile})
	elements, text := read(t, out)
	for _, e := range elements {
		require.NotEqual(t, "script", e.Name.Local)
		require.NotEqual(t, "a", e.Name.Local, "the link is no link")
	}
	require.Contains(t, text, "</text><script>alert(1)</script>'\"&\ufffd\ufffd\ufffd]]>")
	require.NotContains(t, string(out), "\u202e")
}

func TestALinkIsALinkOnlyIfItOpensAPage(t *testing.T) {
	for link, is := range map[string]bool{"https://h/#s=1.x": true, "http://localhost/": true,
		"#s=1.x": true, "javascript:alert(1)": false, " https://h": false,
		"data:text/html,x": false, "": false} {
		elements, text := read(t, draw(lecture(), nil, &SVG{Title: "T", Link: link}))
		found := false
		for _, e := range elements {
			found = found || e.Name.Local == "a"
		}
		require.Equal(t, is, found, "%q", link)
		require.Contains(t, text, link)
	}
}

func TestAPictureIsReadAloudAsASummary(t *testing.T) {
	_, text := read(t, draw(handover(), nil, &SVG{Title: "Title", About: "About."}))
	require.Contains(t, text, "Title")
	require.Contains(t, text, "About. Space-time diagram of 4 nodes and 46 events. "+
		"7 messages, 2 of them lost. Event 23 breaks prefix.")
}

func TestAPictureOfALongRunIsBoundedAndSaysWhatItLeavesOut(t *testing.T) {
	s := steady(100_000)
	out := draw(s, &Options{Words: karp}, nil)
	require.Less(t, len(out), 400_000)
	_, text := read(t, out)
	require.Contains(t, text, "Events 0 to 1999 of 100011; the others are left out.")
	require.NotContains(t, string(draw(lecture(), nil, nil)), "left out")
	_, text = read(t, draw(s, nil, &SVG{From: 5000, Max: 50}))
	require.Contains(t, text, "Events 5000 to 5049 of ")
	require.Contains(t, text, "accept(1, m295)")
	require.NotContains(t, text, "m300")
}

func TestACutBetweenAllOfTwoGroupsIsAPartition(t *testing.T) {
	_, text := read(t, draw(handover(), nil, nil))
	require.Contains(t, text, "partition C1 S1 | S2 C2")
	s := newStory("S1", "S2", "S3")
	s.links(trace.Cuts, nodes(0), nodes(1))
	s.now = 10_000
	s.note(trace.Cuts, 2, func(r *trace.Record) { r.From, r.To = 2, 0 })
	_, text = read(t, draw(s, nil, nil))
	require.Contains(t, text, "partition S1 | S2")
	require.Contains(t, text, "cut S3 → S1")
}

func TestTimesAreWrittenAsPeopleReadThem(t *testing.T) {
	for us, want := range map[int64]string{0: "0", 1: "1 µs", 999: "999 µs", 1000: "1 ms",
		12_500: "12.5 ms", 100_050: "100.05 ms", 1_250_000: "1.25 s", -1500: "-1.5 ms",
		3_600_000_000: "3600 s", 1_000_001: "1 s"} {
		p := pen{}
		p.micros(us)
		require.Equal(t, want, string(p.out))
	}
}

func TestThousandthsAreWrittenShort(t *testing.T) {
	for n, want := range map[int32]string{0: "0", 1000: "1", -500: "-0.5", 7: "0.007"} {
		p := pen{}
		p.milli(n)
		require.Equal(t, want, string(p.out))
	}
}

func TestTextsAreCutToTheirRoom(t *testing.T) {
	require.Equal(t, "short", cut("short", 100))
	long := cut(strings.Repeat("wide ", 100), 100)
	require.True(t, strings.HasSuffix(long, "…"))
	require.LessOrEqual(t, width([]byte(long)), int32(101))
	require.Equal(t, "…", cut("anything", 1))
}

func TestTheRootIsThatOfIntegers(t *testing.T) {
	for _, n := range []int64{0, 1, 2, 3, 4, 8, 9, 99, 100, 1 << 40, math.MaxInt64 / 4} {
		r := root(n)
		require.True(t, r*r <= n && (r+1)*(r+1) > n, "%d", n)
	}
}

// luminance is that of WCAG 2.2.
func luminance(t *testing.T, colour string) float64 {
	sum := 0.0
	for k, weight := range []float64{.2126, .7152, .0722} {
		n, err := strconv.ParseUint(colour[1+2*k:3+2*k], 16, 8)
		require.NoError(t, err)
		c := float64(n) / 255
		if c <= .04045 {
			c /= 12.92
		} else {
			c = math.Pow((c+.055)/1.055, 2.4)
		}
		sum += weight * c
	}
	return sum
}

func TestAllTextsStandOutFromTheirBackgroundByAAContrast(t *testing.T) {
	for dark, k := range map[bool]*ink{false: &lightInk, true: &darkInk} {
		colours := Palette(dark)
		for _, back := range []string{k.paper, k.tint} {
			for _, front := range append(colours[:], k.text, k.soft, k.bad) {
				a, b := luminance(t, front), luminance(t, back)
				ratio := (max(a, b) + .05) / (min(a, b) + .05)
				require.GreaterOrEqual(t, ratio, 4.5, "%s on %s", front, back)
			}
		}
	}
}

// FuzzAnyLogIsDrawn reads records from bytes: traces of others may hold anything.
func FuzzAnyLogIsDrawn(f *testing.F) {
	f.Add([]byte{1, 0, 1, 0, 2, 1, 0, 1, 1, 0}, true)
	f.Add(bytes.Repeat([]byte{1, 0, 0, 1, 0, 4, 0, 0, 0, 9, 8, 1, 1, 2, 3}, 20), false)
	f.Fuzz(func(t *testing.T, data []byte, vertical bool) {
		s := newStory("S1", "S2", "S3")
		for ; len(data) >= 5; data = data[5:] {
			r := trace.New(trace.Kind(data[0]%24), trace.Node(data[1]%5))
			r.From, r.To = trace.Node(data[2]%5), trace.Node(data[2]/5%5)
			r.At, r.Cause, r.Message = s.now, uint32(data[3]), uint32(data[4]%8)
			r.Type, r.Ballot = data[4]%11, int64(data[4]>>4)
			r.Note = s.Names.Of(wordTexts[data[3]%uint8(words)])
			r.Value = s.Names.Of(string(data[:2]))
			s.now += int64(data[1]) * int64(data[2]) * 100
			s.Append(r)
		}
		opt := &Options{Words: karp, Vertical: vertical}
		var once, pieces Diagram
		once.Layout(s.Log, opt)
		half := *s.Log
		half.Records = half.Records[:len(half.Records)/2]
		pieces.Layout(&half, opt)
		pieces.Layout(s.Log, opt)
		require.Equal(t, visible(&once), visible(&pieces))
		read(t, AppendSVG(nil, &once, s.Log, opt, &SVG{Title: string(data)}))
	})
}
