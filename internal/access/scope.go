package access

import (
	"time"

	"github.com/holdall-dev/holdall/caller"
	"github.com/holdall-dev/holdall/internal/rule"
)

// scope shows a request to the rule language.
type scope struct {
	by   *caller.Caller
	body map[string]any
}

func (s *scope) Now() time.Time { return s.by.Now }

func (s *scope) Context() string {
	if s.by.Context == "" {
		return caller.ContextDefault
	}
	return s.by.Context
}

func (s *scope) Method() string { return s.by.Method }

func (s *scope) Query(name string) (string, bool) {
	if list := s.by.Query[name]; len(list) > 0 {
		return list[0], true
	}
	return "", false
}

func (s *scope) Header(name string) (string, bool) {
	if s.by.Header == nil {
		return "", false
	}
	return s.by.Header(name)
}

func (s *scope) Body(name string) (any, bool) {
	v, set := s.body[name]
	return v, set
}

func (s *scope) AuthValue(ord int) rule.Value { return s.by.Auth.Value(ord) }
