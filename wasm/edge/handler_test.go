package main

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// ask sends one request to a worker whose judge is given.
func ask(judge func(string) ([]byte, bool), r *http.Request) *httptest.ResponseRecorder {
	w := httptest.NewRecorder()
	handler(judge).ServeHTTP(w, r)
	return w
}

func echo(text string) ([]byte, bool) { return []byte(text), true }

func TestAScenarioOfTheGreatestLengthIsJudgedAndALongerOneRefused(t *testing.T) {
	text := strings.Repeat("#", bodyMax)
	w := ask(echo, httptest.NewRequest("POST", "/run", strings.NewReader(text)))
	require.Equal(t, http.StatusOK, w.Code)
	require.Equal(t, text, w.Body.String())

	w = ask(echo, httptest.NewRequest("POST", "/run", strings.NewReader(text+"#")))
	require.Equal(t, http.StatusRequestEntityTooLarge, w.Code)
	const wrong = "the body is longer than 65536 bytes"
	require.JSONEq(t, `{"errors":[{"line":0,"col":0,"text":"`+wrong+`"}]}`, w.Body.String())
}

func TestWhatIsNotAScenarioIsRefusedWithItsPlace(t *testing.T) {
	wrong := func(string) ([]byte, bool) {
		return []byte(`{"errors":[{"line":3,"col":7,"text":"no"}]}`), false
	}
	w := ask(wrong, httptest.NewRequest("POST", "/run", strings.NewReader("x")))
	require.Equal(t, http.StatusBadRequest, w.Code)
	require.Equal(t, "application/json", w.Header().Get("Content-Type"))
	require.JSONEq(t, `{"errors":[{"line":3,"col":7,"text":"no"}]}`, w.Body.String())
}

func TestOtherMethodsAndPathsAreRefused(t *testing.T) {
	for _, c := range []struct {
		method, path string
		status       int
	}{
		{"GET", "/run", http.StatusMethodNotAllowed},
		{"PUT", "/run", http.StatusMethodNotAllowed},
		{"POST", "/healthz", http.StatusMethodNotAllowed},
		{"POST", "/", http.StatusMethodNotAllowed},
		{"GET", "/runs", http.StatusNotFound},
		{"GET", "/healthz", http.StatusOK},
		{"GET", "/", http.StatusOK},
	} {
		w := ask(echo, httptest.NewRequest(c.method, c.path, nil))
		require.Equal(t, c.status, w.Code, "%s %s", c.method, c.path)
	}
}

func TestAPanicOfTheCoreIsAnAnswer(t *testing.T) {
	panics := func(string) ([]byte, bool) { panic("broken") }
	w := ask(panics, httptest.NewRequest("POST", "/run", strings.NewReader("x")))
	require.Equal(t, http.StatusInternalServerError, w.Code)
	require.JSONEq(t, `{"errors":[{"line":0,"col":0,"text":"the core failed on this text"}]}`,
		w.Body.String())
}

func TestALinkIsJSONOrRefused(t *testing.T) {
	for _, body := range []string{"", "{", `{"link":7}`, `[]`} {
		r := httptest.NewRequest("POST", "/run", strings.NewReader(body))
		r.Header.Set("Content-Type", "application/json; charset=utf-8")
		require.Equal(t, http.StatusBadRequest, ask(echo, r).Code, body)
	}
}
