package provider

import (
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"golang.org/x/oauth2"
)

// Profile is an account as its provider describes it.
type Profile struct {
	ID        string
	Name      string
	Username  string
	Email     string // only if the provider vouches for it
	AvatarURL string
	Raw       map[string]any // all that the provider said; numbers are json.Number
	Token     *oauth2.Token
}

// profile finds what is wanted in what the provider said. It fails for values of another type than the
// provider documents, and for accounts that the provider calls inactive.
func (at places) profile(raw map[string]any) (*Profile, error) {
	d := at.doc(raw)
	if d.err != nil {
		return nil, d.err
	}
	if at.alive != "" && d.at(at.alive) != at.is {
		return nil, errors.New("the account is not active")
	}
	id := d.text
	if at.number {
		id = d.number
	}
	p := &Profile{
		Raw: raw, ID: id(at.id), Name: d.text(at.name), Username: d.text(at.username),
		Email: d.text(at.email), AvatarURL: d.text(at.avatar),
	}
	for flag := range strings.FieldsSeq(at.verified) {
		if !at.flag(d, flag) {
			p.Email = ""
		}
	}
	return p, d.err
}

func (at places) flag(d *doc, path string) bool {
	if at.loose {
		return truthy(d.at(path))
	}
	return d.flag(path)
}

// doc reads a JSON object by paths and remembers the first value of a wrong type.
type doc struct {
	root any
	err  error
}

// doc is the part of a profile that the paths speak of.
func (at places) doc(raw map[string]any) *doc {
	d := &doc{root: raw}
	if at.root == "" {
		return d
	}
	if d.root = d.at(at.root); d.root == nil {
		d.err = fmt.Errorf("the profile has no %s", at.root)
	}
	return d
}

// at returns the value at a path, nil when there is none.
func (d *doc) at(path string) any {
	if path == "" {
		return nil
	}
	v := d.root
	for key := range strings.SplitSeq(path, ".") {
		switch box := v.(type) {
		case map[string]any:
			v = box[key]
		case []any:
			i, err := strconv.Atoi(key)
			if err != nil || i >= len(box) {
				return nil
			}
			v = box[i]
		case nil:
			return nil
		default:
			d.wrong(path)
			return nil
		}
	}
	return v
}

func (d *doc) wrong(path string) {
	if d.err == nil {
		d.err = fmt.Errorf("the profile's %s has an unexpected type", path)
	}
}

// text is a text, "" when it is missing.
func (d *doc) text(path string) string {
	v := d.at(path)
	s, ok := v.(string)
	if !ok && v != nil {
		d.wrong(path)
	}
	return s
}

// number is a whole number's digits, "" when it is missing or zero.
func (d *doc) number(path string) string {
	v := d.at(path)
	n, ok := v.(json.Number)
	if !ok && v != nil {
		d.wrong(path)
	}
	if i, err := n.Int64(); err != nil || i == 0 {
		if ok && err != nil {
			d.wrong(path)
		}
		return ""
	}
	return n.String()
}

// flag is a truth value, false when it is missing.
func (d *doc) flag(path string) bool {
	v := d.at(path)
	b, ok := v.(bool)
	if !ok && v != nil {
		d.wrong(path)
	}
	return b
}

// truthy reads a truth value from those who send it as a number or a text.
func truthy(v any) bool {
	switch v := v.(type) {
	case bool:
		return v
	case json.Number:
		f, err := v.Float64()
		return err == nil && f != 0
	case string:
		b, err := strconv.ParseBool(v)
		return err == nil && b
	}
	return false
}
