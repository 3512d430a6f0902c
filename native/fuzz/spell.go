package fuzz

import (
	"strconv"
	"strings"

	"github.com/synodlab/synod/core/protocols"
)

// mostSpelt bounds how many messages are named one by one: more would be no smaller than chance.
const mostSpelt = 200

// spellOut puts steps in the place of the chance that loses and copies messages, each naming one
// message, and reports whether the plan still fails alike.
func (s *shrinker) spellOut() bool {
	words := shares.FindAllString(strings.Join(s.best.worldLines(), "\n"), -1)
	if len(words) == 0 || len(words) == 1 && words[0] == " reorder" {
		return false
	}
	o := s.runner.Run(s.best, false)
	if len(o.lost) > mostSpelt {
		return false
	}
	return s.alter(func(p *Plan) {
		for i := range p.World {
			reorder := strings.Contains(p.World[i].Line, " reorder")
			p.World[i].Line = shares.ReplaceAllString(p.World[i].Line, "")
			if reorder {
				p.World[i].Line += " reorder"
			}
		}
		var steps []Step
		for i := range o.lost {
			steps = append(steps, Step{Text: p.spelt(&o.lost[i]), Try: true})
		}
		p.Steps = append(steps, p.Steps...)
	})
}

func (p *Plan) worldLines() []string {
	var lines []string
	for _, o := range p.World {
		lines = append(lines, o.Line)
	}
	return lines
}

// spelt returns the step that does to one message what chance did.
func (p *Plan) spelt(x *lost) string {
	verb := "lose "
	if x.copied {
		verb = "duplicate "
	}
	name, _, _ := strings.Cut(p.Protocol, " ")
	kind := protocols.Find(name).Kinds[x.kind].Name
	return verb + kind + " #" + strconv.Itoa(int(x.nth)) + " " + p.node(int(x.from)) + " -> " +
		p.node(int(x.to))
}

// node returns the name of the node at an index of the run.
func (p *Plan) node(index int) string {
	if index < p.all() {
		return server(index + 1)
	}
	return client(p.Clients[index-p.all()])
}
