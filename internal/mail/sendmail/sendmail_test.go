package sendmail_test

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/holdall-dev/holdall/internal/mail"
	"github.com/holdall-dev/holdall/internal/mail/sendmail"
)

// program is a sendmail that keeps what it is given.
func program(t *testing.T, end string) (path, kept string) {
	t.Helper()
	dir := t.TempDir()
	path, kept = filepath.Join(dir, "sendmail"), filepath.Join(dir, "mail")
	script := "#!/bin/sh\necho \"$@\" > " + kept + "\ncat >> " + kept + "\n" + end + "\n"
	if err := os.WriteFile(path, []byte(script), 0o700); err != nil {
		t.Fatal(err)
	}
	return path, kept
}

func letter() *mail.Message {
	return &mail.Message{
		From: mail.Address{Name: "Us", Address: "us@example.com"}, To: []mail.Address{{Address: "ann@example.com"}, {Address: "bob@example.com"}},
		Subject: "Grüße", HTML: "<p>Hello</p>",
	}
}

func TestSend(t *testing.T) {
	path, kept := program(t, "")
	if err := (sendmail.Sender{Path: path}).Send(t.Context(), letter()); err != nil {
		t.Fatal(err)
	}
	got, err := os.ReadFile(kept)
	want := "-i -t\nSubject: =?utf-8?q?Gr=C3=BC=C3=9Fe?=\nFrom: \"Us\" <us@example.com>\nTo: <ann@example.com>, <bob@example.com>\n" +
		"Content-Type: text/html; charset=UTF-8\n\n<p>Hello</p>"
	if err != nil || string(got) != want {
		t.Errorf("it was given %q, %v; want %q", got, err, want)
	}
}

func TestFailures(t *testing.T) {
	path, kept := program(t, "echo no queue >&2; exit 75")
	if err := (sendmail.Sender{Path: path}).Send(t.Context(), letter()); err == nil || !strings.Contains(err.Error(), "no queue") {
		t.Errorf("a program that fails: %v", err)
	}
	bad := letter()
	bad.Subject = "a\nBcc: all@example.com"
	if err := os.Remove(kept); err != nil {
		t.Fatal(err)
	}
	if err := (sendmail.Sender{Path: path}).Send(t.Context(), bad); !errors.Is(err, mail.ErrFinal) {
		t.Errorf("a header of somebody else's: %v", err)
	}
	if _, err := os.Stat(kept); err == nil {
		t.Error("the program ran all the same")
	}
}
