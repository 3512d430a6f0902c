package fuzz

import (
	"strconv"

	"github.com/synodlab/synod/core/scenario"
)

// tidy leaves out each `try` that is not needed.
func (s *shrinker) tidy() {
	for i := range s.best.Steps {
		if s.best.Steps[i].Try {
			s.alter(func(p *Plan) { p.Steps[i].Try = false })
		}
	}
}

// result writes the best plan as a scenario that claims its failure.
func (s *shrinker) result() *Shrunk {
	p := s.best.clone()
	p.Title = "Found by seed " + strconv.FormatUint(s.seed, 10) + ": " + s.failure.Name
	if s.failure.Claim != "" {
		p.Claims = []string{s.failure.Claim}
	} else {
		p.About = append(p.About, "No line of the language says what is wrong here: "+
			firstLine(s.failure.Detail))
	}
	return &Shrunk{Plan: p, Failure: s.failure, Tries: s.tries, Text: canonical(p)}
}

// canonical returns the shown text of a plan in the language's own form, unless that form does not
// fail in the same way: then the text that did.
func canonical(p *Plan) string {
	for _, text := range []string{p.Shown(), p.Text()} {
		file, err := scenario.Parse("shrunk", text, scenario.Known())
		if err != nil {
			continue
		}
		if v, err := run(file); err == nil && (v.Passed || len(p.Claims) == 0) {
			return scenario.Format(file)
		}
	}
	return p.Text()
}

// run runs a file; one that stops itself counts as one that fails.
func run(file *scenario.File) (v *scenario.Verdict, err error) {
	defer func() {
		if p := recover(); p != nil {
			v = &scenario.Verdict{}
		}
	}()
	return scenario.RunFile(file, scenario.Choice{})
}

func firstLine(text string) string {
	for i := range text {
		if text[i] == '\n' {
			return text[:i]
		}
	}
	return text
}
