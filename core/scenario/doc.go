// Package scenario holds the language in which one text is one reproducible run, or a family of
// runs, and what is expected of them.
//
// Parse reads a text into a File, which keeps every line as it was written; Format prints it in
// canonical form; Expand makes a Scenario of it, one concrete run in which no variable, range or
// default is left open. For every text x that Parse accepts
//
//	Format(Parse(Format(Parse(x)))) == Format(Parse(x))
//
// and both files expand to the same runs. A text is data: it costs at most the limits of this
// package, whoever wrote it, and what is wrong with it is told with its place, at most twenty
// errors at once, and never panics.
//
// # Words
//
// A line is split at blanks, but not inside ( ), { } and quotes; arrows and bars are words also
// without blanks around them. `#` begins a comment, but within a line and before a digit it does
// not. The language's own words are read in any case and printed in theirs; names are kept.
// Between the parentheses of a command or a message, commas or blanks separate; what stands in
// braces or quotes is one value, and two values are equal if they are equal without blanks.
//
// # Header
//
// A header line belongs to its part, the common part or a case, wherever it stands in it, also
// below a control. In one part the later line of a sort wins, and Format prints that one alone;
// `about`, `cites`, `link` and `network` lines stay side by side. A case overrides the common part:
// line by line, `network` setting by setting; `cites` and `link` add up. A role that a case names
// again keeps its place among the roles, hence its nodes keep theirs in the order of nodes.
//
// Format keeps role lines in the order in which they were written, since that is the order of the
// nodes; puts `each` below the header, and header lines that need a value of it below that; and
// `until` below the last step of its part, where it reads as the end of what was told.
//
// # Variables
//
// `$n` and `${n}` stand for a value of an `each` line anywhere below it, within words too. One that
// stands for several words (a set, an order, a split) is a whole word; one that stands for none
// leaves an empty list, and a step on an empty list does nothing. A value is never split again.
//
// `timeout` begins a header line before a time and a step before a node; before a variable, the
// first value of that variable decides. `disk` begins a header line before `sync`, and a step
// before a node.
//
// # Words that are free
//
// A node may not bear a word of the language, but for those of disks, clocks and topologies, which
// came later: where the header names a node so, the word is that node, and the step is not to be
// had in that text. So a text never changes its meaning when the language grows.
package scenario
