package body

import (
	"errors"
	"net/url"
	"strconv"
	"strings"
)

var errForm = errors.New("the form is malformed or has too many values")

// form gathers the values of a form by key, in order.
type form struct {
	values   map[string][]string
	payloads []string
	count    int
}

// add keeps one value; it reports whether the form has room for it.
func (f *form) add(key, text string) bool {
	if f.count++; f.count > MaxKeys {
		return false
	}
	if key == payloadKey {
		f.payloads = append(f.payloads, text)
		return true
	}
	if f.values == nil {
		f.values = make(map[string][]string)
	}
	f.values[key] = append(f.values[key], text)
	return true
}

// data is what the form says: a key sent once is a scalar, several times an array; over them go the
// payloads, in order.
func (f *form) data() (map[string]any, error) {
	data := make(map[string]any, len(f.values))
	for key, list := range f.values {
		if len(list) == 1 {
			data[key] = infer(list[0])
			continue
		}
		all := make([]any, len(list))
		for i, text := range list {
			all[i] = infer(text)
		}
		data[key] = all
	}
	for _, text := range f.payloads {
		if err := merge(data, text); err != nil {
			return nil, err
		}
	}
	return data, nil
}

// parseForm reads a form in the style of a URL query.
func parseForm(text string) (map[string]any, error) {
	var f form
	for text != "" {
		var pair string
		pair, text, _ = strings.Cut(text, "&")
		if pair == "" {
			continue
		}
		key, value, _ := strings.Cut(pair, "=")
		key, err := url.QueryUnescape(key)
		if err != nil {
			return nil, unreadable(err)
		}
		if value, err = url.QueryUnescape(value); err != nil {
			return nil, unreadable(err)
		}
		if !f.add(key, value) {
			return nil, unreadable(errForm)
		}
	}
	return f.data()
}

// infer reads a form's text as a bool or a number when it is exactly how one is written, else as itself.
func infer(text string) any {
	switch text {
	case "true":
		return true
	case "false":
		return false
	}
	// No float64 has a longer shortest form without an exponent that anybody types.
	if text == "" || len(text) > 400 || strings.Trim(text, "-.0123456789") != "" {
		return text
	}
	n, err := strconv.ParseFloat(text, 64)
	if err != nil || strconv.FormatFloat(n, 'f', -1, 64) != text {
		return text
	}
	return n
}
