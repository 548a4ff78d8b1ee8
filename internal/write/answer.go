package write

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/holdall-dev/holdall/internal/store"
)

// AnswerLife is how long the answer to a request that says which one it is is kept.
const AnswerLife = 24 * time.Hour

// MaxAnswer is the longest body of an answer that is kept, in bytes. Of a longer one it is kept that it was given.
const MaxAnswer = 64 << 10

const answerKeys = "answer/"

// Answer is what a request was answered with that changed something.
type Answer struct {
	Print  string // of what was asked
	Status int
	Body   []byte `json:"-"`
	Cut    bool   // the body was too long to be kept
	At     time.Time
}

// Answered finds the answer that was kept under an id, nil when there is none, or none that counts still.
func (s *Service) Answered(ctx context.Context, rd store.Reader, id string) (*Answer, error) {
	raw, err := rd.Param(ctx, answerKeys+id)
	if err != nil || raw == nil {
		return nil, err
	}
	a, err := readAnswer(raw)
	if err != nil || s.over(a) {
		return nil, err
	}
	return a, nil
}

func (s *Service) over(a *Answer) bool { return s.now().Sub(a.At) > AnswerLife }

// readAnswer reads a line of JSON, and the body after it.
func readAnswer(raw []byte) (*Answer, error) {
	head, body, _ := bytes.Cut(raw, []byte("\n"))
	a := new(Answer)
	if err := json.Unmarshal(head, a); err != nil {
		return nil, fmt.Errorf("read a kept answer: %w", err)
	}
	a.Body = body
	return a, nil
}

// KeepAnswer keeps an answer under an id of hexadecimal digits, together with what fn of Together or a batch writes:
// both are there, or neither.
func (s *Service) KeepAnswer(ctx context.Context, id string, a Answer) error {
	body := a.Body
	if a.Cut = len(body) > MaxAnswer; a.Cut {
		body = nil
	}
	a.At = s.now()
	head, err := json.Marshal(a)
	if err != nil {
		return err
	}
	return s.SetParam(ctx, answerKeys+id, append(append(head, '\n'), body...))
}

// SweepAnswers forgets answers that have been kept for long enough. It looks at a small part of all at a time.
func (s *Service) SweepAnswers(ctx context.Context) error {
	for part := range 1 << 8 {
		if err := s.sweepAnswers(ctx, fmt.Sprintf("%s%02x", answerKeys, part)); err != nil {
			return fmt.Errorf("forget old answers: %w", err)
		}
	}
	return nil
}

func (s *Service) sweepAnswers(ctx context.Context, prefix string) error {
	rows, err := s.store.Params(ctx, prefix)
	if err != nil {
		return err
	}
	var old []string
	for key, raw := range rows {
		if a, err := readAnswer(raw); err != nil || s.over(a) {
			old = append(old, key)
		}
	}
	if len(old) == 0 {
		return nil
	}
	return s.Together(ctx, func(ctx context.Context, _ store.Reader) error {
		for _, key := range old {
			if err := s.SetParam(ctx, key, nil); err != nil {
				return err
			}
		}
		return nil
	})
}
