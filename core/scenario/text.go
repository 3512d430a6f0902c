package scenario

import "strings"

// Pos is a place in a text: line and column count from 1, the column in characters.
type Pos struct {
	Line, Col int
}

// File is a parsed text as it was written: variables unexpanded, lines in canonical order,
// comments kept. Format prints it; Expand makes the concrete runs of it.
type File struct {
	Name   string // of the file, for errors; may be empty
	Common Part   // what stands above the first case, and begins each
	Cases  []Case // in the order of the text; none in a file without case lines
	Tail   []string

	families [][][]Binding // by case (one without cases), then by run
	cost     int           // words that the lists of lines without variables stand for
}

// Part is the common part or a case: its header, its family, its statements, its controls.
type Part struct {
	Settings []Line // header lines, in canonical order but for those in Late and Until
	Each     []Line
	Late     []Line // header lines that need a value of Each
	Until    *Line  // stands below the last step, where it reads like a sentence
	Body     []Line // steps, expectations, measures and searches, as written
	Controls []Control
}

// Case is a named run, or family of runs, of a file.
type Case struct {
	Line  Line
	Name  string
	Title string // may be empty
	Part  Part
}

// Control is the same steps on another protocol: its line, then its own statements.
type Control struct {
	Line Line
	Body []Line
}

// Line is one statement as it was written.
type Line struct {
	Pos    Pos
	Words  []Word
	Above  []string // the comment lines above it, without "#"
	Beside string   // the comment behind it, without "#"

	kind lineKind
	here bool // a step of the same part stands below

	// What the line says is parsed once if it holds no variable.
	parsed Statement
	uses   []use
	cost   int
}

type lineKind uint8

const (
	lineStep lineKind = iota
	lineSetting
	lineCase
	lineEach
	lineExpect
	lineMeasure
	lineExplore
	lineControl
)

// Word is one word of a line, in canonical spelling, and the column where it stood.
type Word struct {
	Text string
	Col  int
}

// Text returns the canonical text of the line, without comments.
func (l *Line) Text() string {
	var b strings.Builder
	for i, w := range l.Words {
		if i > 0 {
			b.WriteByte(' ')
		}
		b.WriteString(w.Text)
	}
	return b.String()
}

// concrete tells whether the line holds no variable.
func (l *Line) concrete() bool {
	for _, w := range l.Words {
		if _, _, found := cutVariable(w.Text); found {
			return false
		}
	}
	return true
}
