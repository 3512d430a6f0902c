package scenario

// ParseProtocol reads what stands behind `protocol` in a header line: a name and options. It is
// what `synod run --protocol` is given.
func ParseProtocol(text string, v *Vocabulary) (*Protocol, error) {
	f, err := Parse("--protocol", "protocol "+text+"\n", v)
	if err != nil {
		return nil, err
	}
	s, err := f.Expand(0, 0)
	if err != nil {
		return nil, err
	}
	return &s.Header.Protocol, nil
}
