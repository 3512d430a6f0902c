package diagram

// hues is how many colours owners have.
const hues = 7

// The colours of Okabe and Ito, which people with any kind of colour vision tell apart, three of
// them moved to stand out from their background. Index 0 is ink: what nobody owns.
var (
	lightHues = [1 + hues]string{"#3f444d", "#0072b2", "#ad5c00", "#007a56", "#a84a84", "#bd4b00",
		"#1f78ad", "#756b00"}
	darkHues = [1 + hues]string{"#b6bcc8", "#4aa8e8", "#f0a732", "#2fc493", "#e295bf", "#ff8a4a",
		"#9fd8f7", "#e6da5a"}
)

// Palette returns the colours of strokes and texts by hue, on a light or a dark background.
func Palette(dark bool) [1 + hues]string {
	if dark {
		return darkHues
	}
	return lightHues
}

// The dashes of arrows. With the heads they tell the kinds of messages apart without colour.
const (
	Solid uint8 = iota
	LongDash
	Dots
	DashDot
	dashes
)

// The heads of arrows.
const (
	Filled uint8 = iota
	Angle
	Double
	Bar
	Diamond
	heads
)

type kindStyle struct {
	name       string
	dash, head uint8
}

// kindStyles are the looks of the kinds that most systems have: questions end in an angle and
// what binds in a filled head; phase 1 is dashed, an answer dotted.
var kindStyles = [...]kindStyle{
	{"prepare", LongDash, Angle}, {"promise", Dots, Angle}, {"accept", Solid, Filled},
	{"accepted", DashDot, Filled}, {"chosen", Solid, Double}, {"nack", Dots, Bar},
	{"request", Solid, Angle}, {"reply", Solid, Diamond},
}

// appendStyles appends the dash and the head of each kind of message, packed as in Arrow.Style.
// Kinds that kindStyles does not know take the pairs that it leaves free, so that twenty kinds look
// different.
func appendStyles(dst []uint8, kinds []string) []uint8 {
	next := uint8(0)
	for _, name := range kinds {
		style, known := knownStyle(name)
		for !known {
			style = next%dashes | (next/dashes)%heads<<4
			next++
			known = !taken(style) || next > dashes*heads
		}
		dst = append(dst, style)
	}
	return dst
}

func knownStyle(name string) (style uint8, known bool) {
	for _, s := range kindStyles {
		if s.name == name {
			return s.dash | s.head<<4, true
		}
	}
	return 0, false
}

func taken(style uint8) bool {
	for _, s := range kindStyles {
		if s.dash|s.head<<4 == style {
			return true
		}
	}
	return false
}

// styleOf returns the style of messages of type typ.
func (d *Diagram) styleOf(typ uint8) uint8 {
	if k := int(typ) - 1; k >= 0 && k < len(d.styles) {
		return d.styles[k]
	}
	return Solid | Angle<<4
}
