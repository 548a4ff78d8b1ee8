package provider

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
)

var (
	errNoObject = errors.New("the answer is no JSON object")
	errSpent    = errors.New("the code was used before")
)

// refused is an answer with a status that says no.
type refused struct{ status int }

// Error names the status.
func (r *refused) Error() string { return fmt.Sprintf("the answer has status %d", r.status) }

// refusedWith reports whether err is an answer with one of the statuses.
func refusedWith(err error, statuses ...int) bool {
	r, ok := errors.AsType[*refused](err)
	for _, s := range statuses {
		if ok && r.status == s {
			return true
		}
	}
	return false
}

// fetch asks and reads the answer's JSON into v. Numbers keep their digits.
func (s *Service) fetch(r *http.Request, v any) error {
	resp, err := s.Client.Do(r)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	if resp.StatusCode >= http.StatusBadRequest || resp.StatusCode < http.StatusOK {
		return &refused{resp.StatusCode}
	}
	return readJSON(resp.Body, v)
}

func readJSON(src io.Reader, v any) error {
	dec := json.NewDecoder(src)
	dec.UseNumber()
	if err := dec.Decode(v); err != nil {
		return err
	}
	if _, err := dec.Token(); !errors.Is(err, io.EOF) {
		return errors.Join(errors.New("there is more than one JSON value"), err)
	}
	return nil
}
