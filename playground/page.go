// Package playground serves the page: a bundle of static files, embedded in the binary.
//
// The page needs nothing of its server but these files. It is assumed that they came from
// playground/bundle; a binary that was compiled before that serves a note that says so. A policy
// forbids the page every script, style and connection but its own; it may be framed by others,
// since it holds no secret and can change nothing outside its tab.
package playground

import (
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"html"
	"io/fs"
	"mime"
	"net/http"
	"path"
	"strconv"
	"strings"
)

//go:embed all:dist
var dist embed.FS

const (
	indexFile   = "index.html"
	unbuiltFile = "unbuilt.html"
)

// Options says what the page is told of where it is served. The zero value serves it alone.
type Options struct {
	// Connect are the origins, besides its own, that the page may open WebSockets to: those of the
	// other nodes of a cluster, such as "ws://127.0.0.1:2391".
	Connect []string
	// PublicURL is where shared links begin. Empty: at the page's own address.
	PublicURL string
}

// Built reports whether this binary holds the page, and not only the note in its place.
func Built() bool {
	_, err := fs.Stat(dist, "dist/"+indexFile)
	return err == nil
}

// Handler serves the embedded page. Mount it at a path that ends in a slash, with that path
// stripped; whoever serves a cluster answers cluster.json before it.
func Handler(o Options) http.Handler {
	files, err := fs.Sub(dist, "dist")
	if err != nil {
		panic(err) // the directory is named by the embed directive above
	}
	return New(files, o)
}

// New serves a page from files, as Handler does. Files are read once, here.
func New(files fs.FS, o Options) http.Handler {
	p := &page{files: map[string]*file{}, policy: policy(o)}
	entries, err := fs.ReadDir(files, ".")
	if err != nil {
		entries = nil
	}
	for _, e := range entries {
		if data, err := fs.ReadFile(files, e.Name()); err == nil && !e.IsDir() {
			p.files[e.Name()] = newFile(e.Name(), data)
		}
	}
	if index := p.files[indexFile]; index != nil {
		p.files[indexFile] = newFile(indexFile, placed(index.data, o))
		delete(p.files, indexFile+".gz")
		delete(p.files, indexFile+".br")
	}
	return p
}

// page is the site in memory: files by name, a compressed twin being NAME.br or NAME.gz.
type page struct {
	files  map[string]*file
	policy string
}

type file struct {
	data []byte
	kind string
	etag string
}

func newFile(name string, data []byte) *file {
	sum := sha256.Sum256(data)
	kind := mime.TypeByExtension(path.Ext(name))
	if path.Ext(name) == ".wasm" {
		kind = "application/wasm"
	}
	return &file{data: data, kind: kind, etag: `"` + hex.EncodeToString(sum[:12]) + `"`}
}

// placed is the index of this place: its policy allows the connections of o, and it knows the
// address that links begin with.
func placed(index []byte, o Options) []byte {
	text := string(index)
	if len(o.Connect) > 0 {
		own := "connect-src 'self'"
		text = strings.Replace(text, own, own+" "+html.EscapeString(sources(o)), 1)
	}
	if o.PublicURL != "" {
		meta := `<meta name="public-url" content="` + html.EscapeString(o.PublicURL) + `">`
		text = strings.Replace(text, "</head>", meta+"\n</head>", 1)
	}
	return []byte(text)
}

// ServeHTTP serves one file. Nothing is cached without asking: names stay the same over versions.
func (p *page) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.Method != http.MethodGet && r.Method != http.MethodHead {
		w.Header().Set("Allow", "GET, HEAD")
		http.Error(w, "only GET and HEAD", http.StatusMethodNotAllowed)
		return
	}
	name := strings.TrimPrefix(path.Clean("/"+r.URL.Path), "/")
	if name == "" {
		name = p.index()
	}
	f := p.files[name]
	if f == nil || strings.HasSuffix(name, ".br") || strings.HasSuffix(name, ".gz") {
		http.NotFound(w, r)
		return
	}
	p.headers(w.Header(), f)
	p.send(w, r, name, f)
}

func (p *page) index() string {
	if p.files[indexFile] == nil {
		return unbuiltFile
	}
	return indexFile
}

func (p *page) headers(h http.Header, f *file) {
	h.Set("Content-Type", f.kind)
	h.Set("Content-Security-Policy", p.policy)
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Referrer-Policy", "no-referrer")
	h.Set("Cross-Origin-Resource-Policy", "same-origin")
	h.Set("Cache-Control", "no-cache")
	h.Set("Vary", "Accept-Encoding")
}

// send writes the smallest form of a file that the client takes, or that it has it already.
func (p *page) send(w http.ResponseWriter, r *http.Request, name string, f *file) {
	encoding, body := p.encoded(name, f, r.Header.Get("Accept-Encoding"))
	etag := f.etag
	if encoding != "" {
		etag = strings.TrimSuffix(etag, `"`) + "-" + encoding + `"`
		w.Header().Set("Content-Encoding", encoding)
	}
	w.Header().Set("ETag", etag)
	if strings.Contains(r.Header.Get("If-None-Match"), etag) {
		w.Header().Del("Content-Encoding")
		w.WriteHeader(http.StatusNotModified)
		return
	}
	w.Header().Set("Content-Length", strconv.Itoa(len(body)))
	if r.Method == http.MethodHead {
		return
	}
	_, _ = w.Write(body) // a client that went away is its own affair
}

func (p *page) encoded(name string, f *file, accepts string) (encoding string, body []byte) {
	for _, e := range [...][2]string{{"br", ".br"}, {"gzip", ".gz"}} {
		if twin := p.files[name+e[1]]; twin != nil && takes(accepts, e[0]) {
			return e[0], twin.data
		}
	}
	return "", f.data
}

// takes reports whether an Accept-Encoding header names encoding and does not refuse it.
func takes(accepts, encoding string) bool {
	for part := range strings.SplitSeq(accepts, ",") {
		name, weight, _ := strings.Cut(part, ";")
		weight = strings.ReplaceAll(strings.ToLower(weight), " ", "")
		if strings.EqualFold(strings.TrimSpace(name), encoding) {
			return weight != "q=0" && weight != "q=0.0"
		}
	}
	return false
}

func policy(o Options) string {
	return strings.Join([]string{
		"default-src 'self'", "script-src 'self' 'wasm-unsafe-eval'", "style-src 'self'",
		"img-src 'self' data: blob:", "connect-src 'self' " + sources(o), "worker-src 'self'",
		"object-src 'none'", "base-uri 'none'", "form-action 'none'",
		"require-trusted-types-for 'script'", "trusted-types lit-html synod",
	}, "; ")
}

// sources are the origins of o that are fit to stand in a policy: no blanks, quotes, ; or ,.
func sources(o Options) string {
	var fit []string
	for _, origin := range o.Connect {
		if origin != "" && !strings.ContainsAny(origin, " ;,'\"\r\n\t") {
			fit = append(fit, origin)
		}
	}
	return strings.Join(fit, " ")
}
