package playground

import (
	"io"
	"net/http"
	"net/http/httptest"
	"testing"
	"testing/fstest"

	"github.com/stretchr/testify/require"
)

func site() fstest.MapFS {
	return fstest.MapFS{
		"index.html":    {Data: []byte("<head><meta content=\"connect-src 'self';\"></head>")},
		"main.js":       {Data: []byte("plain")},
		"main.js.br":    {Data: []byte("brotli")},
		"main.js.gz":    {Data: []byte("gzip")},
		"synod.wasm":    {Data: []byte("\x00asm")},
		"unbuilt.html":  {Data: []byte("run make")},
		"index.html.gz": {Data: []byte("stale")},
	}
}

func get(h http.Handler, path string, headers ...string) *http.Response {
	r := httptest.NewRequest(http.MethodGet, path, nil)
	for i := 0; i < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w.Result()
}

func body(t *testing.T, r *http.Response) string {
	t.Helper()
	data, err := io.ReadAll(r.Body)
	require.NoError(t, err)
	return string(data)
}

func TestTheSmallestFormThatAClientTakesIsServed(t *testing.T) {
	h := New(site(), Options{})
	for accepts, want := range map[string]string{
		"": "plain", "gzip": "gzip", "gzip, deflate, br": "brotli", "br;q=0, gzip": "gzip",
		"x-br": "plain",
	} {
		require.Equal(t, want, body(t, get(h, "/main.js", "Accept-Encoding", accepts)), accepts)
	}
}

func TestWhatAClientHasIsNotSentAgain(t *testing.T) {
	h := New(site(), Options{})
	for _, accepts := range []string{"", "br"} {
		first := get(h, "/main.js", "Accept-Encoding", accepts)
		again := get(h, "/main.js", "Accept-Encoding", accepts,
			"If-None-Match", first.Header.Get("ETag"))
		require.Equal(t, http.StatusNotModified, again.StatusCode)
		require.Empty(t, body(t, again))
	}
}

func TestTheCoreIsServedAsWebAssembly(t *testing.T) {
	r := get(New(site(), Options{}), "/synod.wasm")
	require.Equal(t, "application/wasm", r.Header.Get("Content-Type"))
}

func TestTheIndexIsNeverServedFromAStaleTwin(t *testing.T) {
	r := get(New(site(), Options{}), "/", "Accept-Encoding", "gzip")
	require.Contains(t, body(t, r), "<head>")
}

func TestOnlyNamedOriginsMayBeConnectedTo(t *testing.T) {
	o := Options{Connect: []string{"ws://127.0.0.1:2391", "x; script-src *", "'unsafe-eval'"}}
	r := get(New(site(), o), "/")
	policy := r.Header.Get("Content-Security-Policy")
	require.Contains(t, policy, "connect-src 'self' ws://127.0.0.1:2391;")
	require.NotContains(t, policy, "script-src *")
	require.NotContains(t, policy, "'unsafe-eval'")
	require.Contains(t, body(t, r), "connect-src 'self' ws://127.0.0.1:2391;")
}

func TestThePublicAddressIsEscaped(t *testing.T) {
	r := get(New(site(), Options{PublicURL: `https://x/"><script>`}), "/")
	require.Contains(t, body(t, r), `content="https://x/&#34;&gt;&lt;script&gt;"`)
}

func TestNothingButFilesOfThePageIsServed(t *testing.T) {
	h := New(site(), Options{})
	for _, path := range []string{"/main.js.br", "/../page.go", "/nothing", "/main.js/main.js"} {
		require.Equal(t, http.StatusNotFound, get(h, path).StatusCode, path)
	}
	r := httptest.NewRequest(http.MethodPost, "/", nil)
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	require.Equal(t, http.StatusMethodNotAllowed, w.Code)
}

func TestAPageThatIsNotBuiltSaysSo(t *testing.T) {
	files := site()
	delete(files, "index.html")
	require.Contains(t, body(t, get(New(files, Options{}), "/")), "run make")
}
