package diagram

import "github.com/synodlab/synod/core/trace"

// cutSet is a set of links that are cut, by sender.
type cutSet [trace.MaxNodes]uint64

func (p *picture) hasCuts() bool {
	for k := range p.d.Gaps {
		if p.d.Gaps[k].Kind == Cut {
			return true
		}
	}
	return false
}

// bands tints the stretches in which links are cut, and says which. Links that are cut and mended
// together are one band: a partition.
func (p *picture) bands() {
	var set cutSet
	var last *Gap
	end := int32(-1)
	for k := range p.d.Gaps {
		g := &p.d.Gaps[k]
		if _, _, in := p.clip(g.X1, g.X2); !in || g.Kind != Cut || int(g.Event) >= p.to {
			continue
		}
		if last != nil && (g.X1 != last.X1 || g.X2 != last.X2) {
			end = p.band(last, &set, end)
			set = cutSet{}
		}
		set[g.Row] |= 1 << g.To
		last = g
	}
	if last != nil {
		p.band(last, &set, end)
	}
}

// band draws one, its text behind end, and returns where the text ends.
func (p *picture) band(g *Gap, set *cutSet, end int32) int32 {
	x1, x2, _ := p.clip(g.X1, g.X2)
	half := int32(rowRoom)
	if p.d.opt.Vertical {
		half = p.d.opt.RowHeight / 2
	}
	ax, ay := p.pt(x1, -half)
	bx, by := p.pt(x2, p.row(uint8(max(p.d.rows-1, 0)))+half)
	p.f(`<path class="band" d="M% %H%V%H%z"/>`, ax, ay, bx, by, ax)
	text := p.cutText(set)
	at := max(x1, end)
	x, y := p.pt(at, -half)
	if p.d.opt.Vertical {
		p.f(`<text class="bandtext" x="%" y="%">`, x+4, y+12)
	} else {
		p.f(`<text class="bandtext" x="%" y="%">`, x+2, y-5)
	}
	p.text(text)
	p.raw("</text>\n")
	return at + width([]byte(text)) + laneGap
}

// cutText writes a set of links as the groups of a partition, if it is one, else link by link.
func (p *picture) cutText(set *cutSet) string {
	group, n, whole := p.groups(set)
	if !whole {
		return p.linkText(set)
	}
	text := "partition"
	for g := 1; g <= n; g++ {
		if g > 1 {
			text += " |"
		}
		for r := range p.d.rows {
			if group[r] == g {
				text += " " + p.log.Nodes[r]
			}
		}
	}
	return text
}

// groups gathers the nodes that still reach each other. whole is false if the set is anything else
// than all links between the groups.
func (p *picture) groups(set *cutSet) (group [trace.MaxNodes]int, n int, whole bool) {
	var firsts []int
	for r := range p.d.rows {
		if set[r] == 0 {
			continue
		}
		for g, f := range firsts {
			if set[r]&(1<<f) == 0 {
				group[r] = g + 1
				break
			}
		}
		if group[r] == 0 {
			firsts = append(firsts, r)
			group[r] = len(firsts)
		}
	}
	for a := range p.d.rows {
		for b := range p.d.rows {
			apart := group[a] != 0 && group[b] != 0 && group[a] != group[b]
			if apart != (set[a]&(1<<b) != 0) {
				return group, 0, false
			}
		}
	}
	return group, len(firsts), true
}

func (p *picture) linkText(set *cutSet) string {
	text := "cut"
	for a := range p.d.rows {
		for b := range p.d.rows {
			there, back := set[a]&(1<<b) != 0, set[b]&(1<<a) != 0
			if !there || back && b < a {
				continue
			}
			arrow := " → "
			if back {
				arrow = " ↔ "
			}
			text += " " + p.log.Nodes[a] + arrow + p.log.Nodes[b]
		}
	}
	return cut(text, 300)
}
