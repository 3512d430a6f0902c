package diagram

import "github.com/synodlab/synod/core/trace"

// legendUse is what of the language of the picture this picture uses, and so explains.
type legendUse struct {
	owners  [trace.MaxNodes]uint8 // hue by node, 0 none
	kinds   [256]bool             // by type of message
	styles  [256]uint8
	marks   [len(glyphs)]bool
	ballots [trace.MaxNodes]bool // whether the hue of this node means its ballots
	lost    bool
	way     bool
}

func (p *picture) uses() (u legendUse) {
	for k := range p.arrowsShown() {
		a := &p.d.Arrows[k]
		u.kinds[a.Type], u.styles[a.Type] = true, a.Style
		u.lost = u.lost || a.Flags&Lost != 0
		u.way = u.way || a.End < 0
		u.own(p, a.Owner, a.Hue, int(a.Send))
	}
	for k := range p.marksShown() {
		m := &p.d.Marks[k]
		u.marks[m.Kind] = true
		u.own(p, m.Owner, m.Hue, int(m.Event))
	}
	return u
}

func (u *legendUse) own(p *picture, owner, hue uint8, record int) {
	if int(owner) >= p.d.rows {
		return
	}
	u.owners[owner] = hue
	if p.log.Records[record].Ballot != trace.NoNumber {
		u.ballots[owner] = true
	}
}

// A key is one entry of the legend: a sample and what it means.
type key struct {
	kind  uint8 // keyOwner …
	index int32
	hue   uint8
	text  string
}

const (
	keyOwner uint8 = iota
	keyArrow
	keyMark
	keyEnd
)

const (
	keySample = 30
	keyGlyph  = 14
	keyGap    = 18
)

func (k *key) room() int32 {
	sample := int32(keySample)
	if k.kind >= keyMark {
		sample = keyGlyph
	}
	return sample + width([]byte(k.text)) + keyGap
}

func (p *picture) keys() (keys []key) {
	u := &p.used
	for n, hue := range u.owners {
		if hue != 0 {
			keys = append(keys, key{keyOwner, 0, hue, p.ownerText(n)})
		}
	}
	for typ, there := range u.kinds {
		if there {
			keys = append(keys, key{keyArrow, int32(u.styles[typ]), 0, p.kindText(typ)})
		}
	}
	if u.lost {
		keys = append(keys, key{keyEnd, 0, 0, "lost"})
	}
	if u.way {
		keys = append(keys, key{keyArrow, onItsWay << 4, 0, "on its way"})
	}
	for kind, there := range u.marks {
		if there && MarkKind(kind) != Note {
			keys = append(keys, key{keyMark, int32(kind), 0, glyphs[kind].name})
		}
	}
	return keys
}

func (p *picture) ownerText(n int) string {
	name := cut(p.log.Nodes[n], longestName)
	if p.used.ballots[n] {
		return "ballot of " + name
	}
	return "command of " + name
}

func (p *picture) kindText(typ int) string {
	if w := p.d.opt.Words; w != nil && typ > 0 && typ <= len(w.Kinds) && w.Kinds[typ-1].Word != "" {
		return cut(w.Kinds[typ-1].Word, longestName)
	}
	if typ > 0 && typ <= len(p.log.Kinds) {
		return cut(p.log.Kinds[typ-1], longestName)
	}
	return "message"
}

// flow calls place with each key and where it stands, and returns the legend's height.
func (p *picture) flow(place func(k *key, x, y int32)) int32 {
	x, y := int32(margin), p.foot+legendLine
	keys := p.keys()
	for i := range keys {
		room := keys[i].room()
		if x+room-keyGap > p.width-margin && x > margin {
			x, y = margin, y+legendLine
		}
		place(&keys[i], x, y)
		x += room
	}
	if len(keys) == 0 {
		return 0
	}
	return y - p.foot + 8
}

func (p *picture) legendHeight() int32 { return p.flow(func(*key, int32, int32) {}) }

// headAt returns where on its sample the tip of a head stands.
func headAt(head int32) int32 {
	if head == onItsWay {
		return 9
	}
	return 24
}

// legend explains the colours, dashes, heads and marks that this picture uses.
func (p *picture) legend() {
	p.flow(func(k *key, x, y int32) {
		text := x + keySample
		switch k.kind {
		case keyOwner:
			p.f(`<path class="m swatch o%" d="M% %h22"/>`, int32(k.hue), x, y)
		case keyArrow:
			tip := headAt(k.index >> 4)
			p.f(`<path class="m o0 d%" d="M% %h%"/>`, k.index&15, x, y, tip-6)
			p.f(`<use href="#synod-h%" class="o0" x="%" y="%"/>`, k.index>>4, x+tip, y)
		case keyMark:
			p.use(glyphs[k.index].name, 0, x+4, y)
			text = x + keyGlyph
		default:
			p.use("cross", 0, x+4, y)
			text = x + keyGlyph
		}
		p.f(`<text class="key" x="%" y="%">`, text, y+4)
		p.text(k.text)
		p.raw("</text>")
	})
	p.raw("\n")
}
