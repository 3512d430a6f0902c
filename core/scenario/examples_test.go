package scenario

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
)

// examples returns the example texts by file name.
func examples(t testing.TB) map[string]string {
	paths, err := filepath.Glob("testdata/examples/*.synod")
	require.NoError(t, err)
	require.Len(t, paths, 20)
	texts := map[string]string{}
	for _, path := range paths {
		text, err := os.ReadFile(path)
		require.NoError(t, err)
		texts[filepath.Base(path)] = string(text)
	}
	return texts
}

func TestEveryExampleIsCanonical(t *testing.T) {
	for name, text := range examples(t) {
		f, err := Parse(name, text, nil)
		require.NoError(t, err)
		require.Equal(t, text, Format(f), name)
	}
}

func TestEveryRunOfEveryExampleExpands(t *testing.T) {
	runs := map[string]int{"E-10.synod": 5, "M-50.synod": 22, "L-08.synod": 3, "L-13.synod": 3}
	for name, text := range examples(t) {
		f, err := Parse(name, text, nil)
		require.NoError(t, err)
		if want, listed := runs[name]; listed {
			require.Equal(t, want, f.Runs(), name)
		}
		for c := range f.CaseCount() {
			for run := range f.RunsOf(c) {
				s, err := f.Expand(c, run)
				require.NoError(t, err)
				require.NotEmpty(t, s.Header.Nodes, name)
				require.NotEmpty(t, s.Body, name)
				for _, st := range s.Body {
					require.NotContains(t, st.Source().Text, "$")
				}
			}
		}
	}
}

func TestEveryExampleIsMet(t *testing.T) {
	for name, text := range examples(t) {
		f, err := Parse(name, text, Known())
		require.NoError(t, err)
		v, err := RunFile(f, Choice{})
		require.NoError(t, err)
		for _, c := range v.Cases {
			for _, o := range c.Expectations {
				require.True(t, o.Met, "%s: %s: %s", name, o.Expect.Text, o.Detail)
			}
		}
		require.True(t, v.Passed, name)
	}
}
