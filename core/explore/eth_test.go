package explore_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/synodlab/synod/core/explore"
)

// algorithm113 is what makes of the textbook Algorithm 1.13: tickets that two clients may share,
// proposals to those that answered, stored only under the ticket that was given out last.
const algorithm113 = "textbook numbers=counter accept-to=responders accept=equal"

func attempted(s *explore.Scene, attempts int) *explore.Scene {
	s.Attempts = attempts
	return s
}

func TestAlgorithm113HasItsCounts(t *testing.T) {
	_, r := searched(t, explore.NewSoup(attempted(cast(t, 2, 3, algorithm113, "chosen-once"), 1)))
	require.Equal(t, []int{194, 457}, []int{r.Distinct, r.Generated})
	_, r = searched(t, explore.NewSoup(attempted(cast(t, 2, 3, algorithm113, "chosen-once"), 2)))
	require.Equal(t, []int{24439, 74509}, []int{r.Distinct, r.Generated})
}

func TestWrongTicketsAreFoundAtTheirShortestLength(t *testing.T) {
	for _, x := range []struct {
		use                          string
		attempts, restarts, shortest int
	}{
		{" answer=at-least", 2, 0, 14},
		{" adopt=any", 3, 0, 20},
		{" accept=any", 2, 0, 15},
		{" disk=n_h,n_a,v_a echo=no", 1, 1, 11},
	} {
		s := attempted(cast(t, 2, 3, algorithm113+x.use, "agree"), x.attempts)
		s.Restarts = x.restarts
		search, r := searched(t, explore.NewSoup(s))
		require.NotZero(t, r.Violation, x.use)
		require.Len(t, search.Path(r.At), x.shortest, x.use)
	}
}
