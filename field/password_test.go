package field_test

import (
	"strings"
	"testing"

	"github.com/holdall-dev/holdall/field"
)

func TestPasswordClean(t *testing.T) {
	t.Parallel()
	testClean(t, define(t, "password", ""), []cleaned{
		{"secret", field.Password{Plain: "secret"}},
		{"", field.Password{}},
		{nil, field.Password{}},
		{12345678.0, field.Password{Plain: "12345678"}},
		{[]any{"a"}, field.Password{}},
		{field.Password{Hash: "h"}, field.Password{Hash: "h"}},
	})
}

func TestPasswordCheck(t *testing.T) {
	t.Parallel()
	plain := func(s string) field.Password { return field.Password{Plain: s} }
	testCheck(t, "password", []checked{
		{``, field.Password{}, ""},
		{`"required":true`, field.Password{}, "validation_required"},
		{`"required":true,"min":70`, field.Password{Hash: "h"}, ""},
		{`"min":8`, plain("1234567"), "validation_min_text_constraint"},
		{`"min":8`, plain("ääääääää"), ""},
		{`"max":8`, plain("123456789"), "validation_max_text_constraint"},
		{``, plain(strings.Repeat("a", 71)), ""},
		{``, plain(strings.Repeat("a", 72)), "validation_max_text_constraint"},
		{``, plain(strings.Repeat("a", 73)), "validation_max_text_constraint"},
		{``, plain(strings.Repeat("ä", 36)), ""},
		{`"max":10`, plain(strings.Repeat("ä", 37)), "validation_max_text_constraint"},
		{`"pattern":"[0-9]"`, plain("secret"), "validation_invalid_format"},
		{`"pattern":"[0-9]"`, plain("secret1"), ""},
	})
	for _, r := range []struct{ options, plain, param string }{{`"min":8`, "a", "min"}, {`"max":1`, "abc", "max"}} {
		testParam(t, define(t, "password", r.options).Check(plain(r.plain)), r.param, nil)
	}
}

func TestPasswordSane(t *testing.T) {
	t.Parallel()
	testSane(t, "password", world{}, []judged{
		{`"min":1,"max":71,"cost":4`, ""},
		{`"min":8,"max":0,"cost":31`, ""},
		{`"min":-1`, "min: validation_min_greater_equal_than_required"},
		{`"min":72`, "min: validation_max_less_equal_than_required"},
		{`"max":72`, "max: validation_max_less_equal_than_required"},
		{`"min":8,"max":7`, "max: validation_min_greater_equal_than_required"},
		{`"cost":3`, "cost: validation_min_greater_equal_than_required"},
		{`"cost":32`, "cost: validation_max_less_equal_than_required"},
		{`"pattern":"("`, "pattern: validation_invalid_regex"},
	})
}

func TestPasswordHash(t *testing.T) {
	t.Parallel()
	f := define(t, "password", `"cost":4`).(*field.PasswordField)
	hash, err := f.Hash("a long secret")
	if err != nil || !strings.HasPrefix(hash, "$2a$04$") {
		t.Fatalf("Hash = %q, %v", hash, err)
	}
	for plain, want := range map[string]bool{"a long secret": true, "a long secre": false, "": false} {
		if got := field.VerifyPassword(hash, plain); got != want {
			t.Errorf("VerifyPassword(%q) = %v", plain, got)
		}
	}
	if !field.VerifyPassword("$2y$"+hash[4:], "a long secret") {
		t.Error("a hash made by PHP does not verify")
	}
	if field.VerifyPassword("", "") {
		t.Error("no password verifies")
	}
}

func TestPasswordNeverLeaves(t *testing.T) {
	t.Parallel()
	f := define(t, "password", "")
	p := field.Password{Hash: "$2a$10$x", Plain: "secret"}
	testJSON(t, p, `""`)
	if got := f.(field.Concealer).Conceal(p); got != "" {
		t.Errorf("Conceal = %v", got)
	}
	testColumn(t, f, "$2a$10$x", field.Password{Hash: "$2a$10$x"})
	testColumn(t, f, "", field.Password{})
}
