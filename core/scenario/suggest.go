package scenario

import "strings"

// nearest returns the word that w was probably meant to be, or "": at most one change for three
// letters, and the first of the list among equals.
func nearest(w string, list []string) string {
	best, limit := "", len(w)/3+1
	if len(w) < 3 {
		limit = 1
	}
	if len(w) > 40 { // nobody mistypes that; and the cost is quadratic
		return ""
	}
	for _, word := range list {
		if d := distance(strings.ToLower(w), strings.ToLower(word)); d <= limit && d < len(word) {
			best, limit = word, d-1
		}
	}
	return best
}

// distance counts the insertions, deletions, changes and swaps of neighbours between two words.
func distance(a, b string) int {
	before, last, row := make([]int, len(b)+1), make([]int, len(b)+1), make([]int, len(b)+1)
	for j := range last {
		last[j] = j
	}
	for i := range len(a) {
		row[0] = i + 1
		for j := range len(b) {
			change := 1
			if a[i] == b[j] {
				change = 0
			}
			d := min(row[j]+1, last[j+1]+1, last[j]+change)
			if i > 0 && j > 0 && a[i] == b[j-1] && a[i-1] == b[j] {
				d = min(d, before[j-1]+1)
			}
			row[j+1] = d
		}
		before, last, row = last, row, before
	}
	return last[len(b)]
}
