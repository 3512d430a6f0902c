// Package link turns the canonical text of a scenario into the fragment of a link, and back.
//
//	#s=1.TEXT[&at=EVENT][&run=N][&case=N][&control=N][&view=NAME][&h=HASH]
//
// TEXT is base64url without padding of the raw deflate stream of the text. Two encoders make
// different bytes of one text, so links are compared after decoding.
//
// What is decoded was written by a stranger: it is refused unless every byte of it is as said
// here, and never takes more memory than MaxTextBytes asks for.
package link

import (
	"bytes"
	"compress/flate"
	"encoding/base64"
	"errors"
	"io"
	"strings"
	"unicode/utf8"
)

// MaxTextBytes is how long a decoded text may be.
const MaxTextBytes = 256 << 10

// maxLinkBytes bounds what is looked at: a text that cannot be compressed, in base64.
const maxLinkBytes = 512 << 10

// The reasons for which a link is refused. Errors of Decode are one of these, wrapped or alone.
var (
	ErrNoScenario = errors.New("link: no scenario in it; expected `#s=1.…`")
	ErrVersion    = errors.New("link: unknown version; expected `s=1.`")
	ErrBase64     = errors.New("link: damaged; expected base64url without padding")
	ErrDeflate    = errors.New("link: damaged; expected a whole deflate stream")
	ErrTrailing   = errors.New("link: damaged; expected nothing behind the deflate stream")
	ErrTooLong    = errors.New("link: the text is too long; expected at most 262144 bytes")
	ErrUTF8       = errors.New("link: the text is not UTF-8")
	ErrView       = errors.New("link: the view cannot be read; " +
		"expected at=EVENT run=N case=N control=N view=NAME h=8 hex digits")
)

// Encode returns `#s=1.…` of a text, at the best compression.
func Encode(text string) string {
	var packed bytes.Buffer
	w, err := flate.NewWriter(&packed, flate.BestCompression)
	if err != nil {
		panic("link: the compression level is a constant that flate knows")
	}
	if _, err = io.WriteString(w, text); err == nil {
		err = w.Close()
	}
	if err != nil {
		panic("link: writing to memory cannot fail")
	}
	return "#s=1." + base64.RawURLEncoding.EncodeToString(packed.Bytes())
}

// Decode returns the text of a link: a whole URL, its fragment, or the fragment without `#`. The
// view is judged too, and dropped; Parse keeps it.
func Decode(link string) (string, error) {
	l, err := Parse(link)
	return l.Text, err
}

// unpack returns the text of what follows `s=1.`.
func unpack(packed string) (string, error) {
	compressed, err := base64.RawURLEncoding.Strict().DecodeString(packed)
	if err != nil || strings.ContainsAny(packed, "\r\n") { // which the decoder skips
		return "", ErrBase64
	}
	source := bytes.NewReader(compressed)
	r := flate.NewReader(source)
	text, err := io.ReadAll(io.LimitReader(r, MaxTextBytes+1))
	switch {
	case len(text) > MaxTextBytes:
		return "", ErrTooLong
	case err != nil:
		return "", ErrDeflate
	case source.Len() > 0: // flate reads a bytes.Reader no further than it must
		return "", ErrTrailing
	case !utf8.Valid(text):
		return "", ErrUTF8
	}
	return string(text), nil
}
