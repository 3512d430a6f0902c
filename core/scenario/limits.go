package scenario

// The limits of one text.
const (
	MaxTextBytes = 64 << 10
	MaxNodes     = 64
	MaxLines     = 10_000
	MaxRuns      = 10_000
)

const (
	maxEach       = 16      // `each` lines above one run
	maxListTotal  = 100_000 // words that the lists of one run, and those of one file, stand for
	maxFamily     = 200_000 // words that the families of one file stand for
	maxLineBytes  = 64 << 10
	maxRunBytes   = 1 << 20 // of the lines of one run, variables replaced
	maxJudged     = 500_000 // lines that Parse replaces variables in; Expand judges the rest
	maxKeptErrors = 1_000
)
