// Package loadtest keeps streams of events under load and checks what they were promised: everything that the
// rules allow, in order, across cuts and crashes; nothing after a right was taken away; and that a client that
// does not read costs nobody else anything.
package loadtest

import (
	"errors"
	"fmt"
	"net/http"
)

// account is a user with a token.
type account struct{ id, token string }

const userPassword = "user-password-1"

// prepare makes the collections that the programmes write to, and so many users.
//
// Everybody may hear of events; of mine, whoever owns the record.
func (s *Server) prepare(users int) ([]account, error) {
	field := func(name, kind string) map[string]any { return map[string]any{"name": name, "type": kind} }
	fields := []map[string]any{field("owner", "text"), field("room", "text"), field("n", "number"), field("body", "text")}
	err := errors.Join(
		s.Must(http.MethodPatch, "/api/settings", map[string]any{"batch": map[string]any{"enabled": true, "maxRequests": 500, "timeout": 30}}, nil),
		s.Must(http.MethodPost, "/api/collections", map[string]any{"name": "events", "type": "base", "listRule": "", "createRule": "", "updateRule": "", "deleteRule": "", "fields": fields}, nil),
		s.Must(http.MethodPost, "/api/collections", map[string]any{"name": "mine", "type": "base", "listRule": "owner = @request.auth.id", "createRule": "", "updateRule": "", "deleteRule": "", "fields": fields}, nil))
	list := make([]account, users)
	for i := range list {
		if err == nil {
			list[i], err = s.account(i)
		}
	}
	return list, err
}

// account makes a user and signs it in.
func (s *Server) account(n int) (account, error) {
	email := fmt.Sprintf("user%d@load.example", n)
	var made struct{ ID string }
	if err := s.Must(http.MethodPost, "/api/collections/users/records", map[string]any{"email": email, "password": userPassword, "passwordConfirm": userPassword}, &made); err != nil {
		return account{}, err
	}
	token, err := s.SignIn("users", email, userPassword)
	return account{made.ID, token}, err
}

func records(collection string) string { return "/api/collections/" + collection + "/records" }
