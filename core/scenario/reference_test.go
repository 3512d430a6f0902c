package scenario

import (
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/stretchr/testify/require"
)

// TestEachLineOfTheReferenceIsOneOfTheLanguage parses each below a header, or in its place.
func TestEachLineOfTheReferenceIsOneOfTheLanguage(t *testing.T) {
	for _, c := range chapters {
		for _, s := range c.sayings {
			text := head + s.line + "\n"
			switch {
			case strings.HasPrefix(s.line, "synod") || strings.HasPrefix(s.line, "protocol") ||
				strings.HasPrefix(s.line, "servers"):
				text = s.line + "\n"
			case strings.HasPrefix(s.line, "case"):
				text = head + "case a\n" + s.line + "\n"
			case c.title == searchTitle && s.line[:6] == "expect":
				text = head + "explore depth 3\n" + s.line + "\n"
			}
			f, err := Parse("", text, nil)
			require.NoError(t, err, s.line)
			require.Contains(t, strings.Split(Format(f), "\n"), s.line, "it is canonical")
		}
	}
}

func TestTheReferenceHoldsEveryWordOfTheParser(t *testing.T) {
	said := map[string]bool{}
	for _, w := range strings.FieldsFunc(Reference(), func(r rune) bool {
		return strings.ContainsRune(" \n`;,:()…", r)
	}) {
		said[w] = true
	}
	all := slices.Concat(settingWords, actionWords, nodeVerbs, whenWords, partWords, checkWords,
		messageFigures, figureWords, searchCounts, claimWords, nodeClaims, linkWords,
		machineNames, displayWords, boundWords, networkWords, networkOnly, shapeWords, wearWords,
		clockWords, crashWords, faultWords, stateWords, states, detectorWords, retryWords,
		scheduleWords, conditionVerbs, moveVerbs, []string{"writing", "records", "backup", "back"})
	for _, w := range all {
		require.True(t, said[w], "the reference does not say `%s`", w)
	}
}

func TestTheReferenceFitsAWideTerminal(t *testing.T) {
	for line := range strings.Lines(Reference()) {
		require.LessOrEqual(t, utf8.RuneCountInString(line), 120, line)
	}
}
