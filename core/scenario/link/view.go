package link

import (
	"strconv"
	"strings"
)

// Link is a text and how to look at it.
type Link struct {
	Text string
	View View
}

// View is what follows the text of a link. Its zero value says nothing.
type View struct {
	HasAt      bool
	At         int64 // event at which the page opens; -1: before the first
	Run        int   // run of the family, the first is 0 and not named
	Case       int   // case of the file, the first is 0 and not named
	HasControl bool
	Control    int    // of the case, from 0, in place of the case itself
	Name       string // of what the page shows: letters, digits, `-` and `_`; empty: not named
	Hash       string // first 8 hex digits of the trace hash; empty: not named
}

// Parse reads a link: a whole URL, its fragment, or the fragment without `#`.
func Parse(link string) (Link, error) {
	if len(link) > maxLinkBytes {
		return Link{}, ErrTooLong
	}
	fragment := strings.TrimSpace(link)
	if _, after, found := strings.Cut(fragment, "#"); found {
		fragment = after
	}
	packed, rest, hasView := strings.Cut(fragment, "&")
	versioned, found := strings.CutPrefix(packed, "s=")
	if !found {
		return Link{}, ErrNoScenario
	}
	packed, found = strings.CutPrefix(versioned, "1.")
	if !found {
		return Link{}, ErrVersion
	}
	var l Link
	var err error
	if hasView {
		if l.View, err = parseView(rest); err != nil {
			return Link{}, err
		}
	}
	if l.Text, err = unpack(packed); err != nil {
		return Link{}, err
	}
	return l, nil
}

// parseView reads `at=57&run=2&case=1&control=0&view=ring&h=0123abcd`: each at most once, in any
// order.
func parseView(text string) (View, error) {
	var v View
	seen := map[string]bool{}
	for part := range strings.SplitSeq(text, "&") {
		key, value, _ := strings.Cut(part, "=")
		if seen[key] || !v.set(key, value) {
			return View{}, ErrView
		}
		seen[key] = true
	}
	return v, nil
}

// set reads one part of a view; false if it is not as it should be.
func (v *View) set(key, value string) bool {
	switch key {
	case "at":
		n, err := strconv.ParseInt(value, 10, 64)
		v.HasAt, v.At = true, n
		return err == nil && (isIn(value, digits) || value == "-1")
	case "run":
		return count(value, &v.Run) && v.Run > 0
	case "case":
		return count(value, &v.Case) && v.Case > 0
	case "control":
		v.HasControl = true
		return count(value, &v.Control)
	case "view":
		v.Name = value
		return len(value) <= 64 && isIn(value, letters+digits+"-_")
	case "h":
		v.Hash = value
		return len(value) == 8 && isIn(value, digits+"abcdef")
	}
	return false
}

// count reads a whole number below 2^31.
func count(value string, n *int) bool {
	x, err := strconv.ParseUint(value, 10, 31)
	*n = int(x)
	return err == nil && isIn(value, digits)
}

const (
	digits  = "0123456789"
	letters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
)

// isIn tells whether the text is not empty and made of these characters.
func isIn(text, characters string) bool {
	return text != "" && strings.Trim(text, characters) == ""
}

// String returns the whole fragment, `#s=1.…` and the view.
func (l Link) String() string { return Encode(l.Text) + l.View.String() }

// String returns `&at=…&run=…&case=…&control=…&view=…&h=…`, without what is not named.
func (v View) String() string {
	var b strings.Builder
	add := func(key, value string) { b.WriteString("&" + key + "=" + value) }
	if v.HasAt {
		add("at", strconv.FormatInt(v.At, 10))
	}
	if v.Run > 0 {
		add("run", strconv.Itoa(v.Run))
	}
	if v.Case > 0 {
		add("case", strconv.Itoa(v.Case))
	}
	if v.HasControl {
		add("control", strconv.Itoa(v.Control))
	}
	if v.Name != "" {
		add("view", v.Name)
	}
	if v.Hash != "" {
		add("h", v.Hash)
	}
	return b.String()
}
