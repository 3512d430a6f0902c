package scenario

// explore takes a whole search.
func (p *lineParser) explore() *Explore {
	p.need("explore")
	x := &Explore{
		Attempts: Unbounded, Crashes: Unbounded, Restarts: Unbounded, Losses: Unbounded,
		Duplicates: Unbounded, Timeouts: Unbounded, Depth: Unbounded,
	}
	seen := map[string]bool{}
	for p.err == nil && !p.done() {
		pos := p.pos()
		bound := p.needOne(boundWords)
		if seen[bound] {
			p.failAt(pos, "`"+bound+"` is bounded twice", "one bound of each sort")
		}
		seen[bound] = true
		p.bound(x, bound)
	}
	return x
}

// bound takes what follows the name of a bound.
func (p *lineParser) bound(x *Explore, name string) {
	const number = "a number"
	switch name {
	case "numbers":
		x.Numbers = p.numbers()
	case "values":
		from := p.i
		x.Values = p.values(boundWords...)
		if len(x.Values) == 0 {
			p.unexpected("values", nil)
		}
		p.mistyped(from + 1)
	case "losing":
		x.Losing = p.losing(boundWords...)
	case "attempts":
		x.Attempts = p.small(number)
	case "crashes":
		x.Crashes = p.small(number)
	case "restarts":
		x.Restarts = p.small(number)
	case "losses":
		x.Losses = p.small(number)
	case "duplicates":
		x.Duplicates = p.small(number)
	case "timeouts":
		x.Timeouts = p.small(number)
	case "depth":
		x.Depth = p.small(number)
	case "messages":
		x.Once = p.needOne([]string{"kept", "once"}) == "once"
	}
}

// mistyped makes a value from the one at i on an error that is nearly the name of a bound, with a
// number behind it: the search would look at less than the line seems to say.
func (p *lineParser) mistyped(i int) {
	for ; p.err == nil && i < p.i-1; i++ {
		_, number := parseCount(p.words[i+1].text)
		if number && nearest(p.words[i].text, boundWords) != "" {
			p.i = i
			p.unexpected("values, or "+quoteAll(boundWords), boundWords)
		}
	}
}

// numbers takes `0..2`.
func (p *lineParser) numbers() *Numbers {
	lo, hi, ok := parseRange(p.word())
	if !ok || hi < lo {
		p.unexpected("a range of numbers, like `0..2`", nil)
		return nil
	}
	p.i++
	return &Numbers{lo, hi}
}
