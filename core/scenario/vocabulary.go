package scenario

import "strings"

// Vocabulary is what the protocols call things: with it, Parse also judges protocols, options,
// kinds of messages, rows, timers and durable fields. It is read, never kept or changed.
type Vocabulary struct {
	Protocols []ProtocolWords
}

// ProtocolWords are the words of one protocol. An empty list means: not judged.
type ProtocolWords struct {
	Name     string
	Options  []OptionWords // judged even if empty
	Kinds    []string      // of messages, in its own words; synonyms are the language's
	Fields   []string      // of messages, of whatever kind
	Rows     []string      // of its state tables, in every vocabulary
	Timers   []string
	Disk     []string // durable fields, in every vocabulary
	MaxNodes int      // 0: MaxNodes of the language
}

// OptionWords is an option and what it may be. Each of Values is a literal word, or a form:
// TIME, RANGE (a time will do), N, WORD; or a form behind a literal and `*`, like id*TIME.
type OptionWords struct {
	Name   string
	Values []string
	List   bool // `a,b`
}

// find returns the words of a protocol, nil if it is not known or v is nil.
func (v *Vocabulary) find(protocol string) *ProtocolWords {
	if v == nil {
		return nil
	}
	for i := range v.Protocols {
		if v.Protocols[i].Name == protocol {
			return &v.Protocols[i]
		}
	}
	return nil
}

// judge returns what is wrong with a protocol line, nil if nothing is.
func (v *Vocabulary) judge(r *Protocol) *Error {
	if v == nil {
		return nil
	}
	words := v.find(r.Name)
	if words == nil {
		names := make([]string, len(v.Protocols))
		for i := range names {
			names[i] = v.Protocols[i].Name
		}
		return &Error{Pos: r.Pos, Problem: "there is no protocol `" + r.Name + "`",
			Wanted: quoteAll(names), Suggest: nearest(r.Name, names)}
	}
	for i := range r.Options {
		if err := words.judge(&r.Options[i]); err != nil {
			err.Pos = r.Pos
			return err
		}
	}
	return nil
}

func (w *ProtocolWords) judge(o *Option) *Error {
	names := make([]string, len(w.Options))
	for i, known := range w.Options {
		names[i] = known.Name
		if known.Name != o.Key {
			continue
		}
		if len(o.Values) > 1 && !known.List {
			return &Error{Problem: "`" + o.Key + "` takes one value",
				Wanted: quoteAll(known.Values)}
		}
		for _, value := range o.Values {
			if !known.takes(value) {
				return &Error{Problem: "`" + o.Key + "` cannot be `" + value + "`",
					Wanted: quoteAll(known.Values), Suggest: nearest(value, known.Values)}
			}
		}
		return nil
	}
	wanted := "no option"
	if len(names) > 0 {
		wanted = quoteAll(names)
	}
	return &Error{Problem: "`" + w.Name + "` has no option `" + o.Key + "`", Wanted: wanted,
		Suggest: nearest(o.Key, names)}
}

// takes tells whether the option may have this value.
func (o *OptionWords) takes(value string) bool {
	for _, form := range o.Values {
		v := value
		if factor, rest, found := strings.Cut(form, "*"); found {
			if v, found = strings.CutPrefix(value, factor+"*"); !found {
				continue
			}
			form = rest
		}
		if fits(form, v) {
			return true
		}
	}
	return false
}

func fits(form, value string) bool {
	ok := form == value
	switch form {
	case "TIME":
		_, ok = parseTime(value)
	case "RANGE":
		_, ok = parseSpan(value)
	case "N":
		_, ok = parseCount(value)
	case "WORD":
		ok = value != ""
	}
	return ok
}
