package auth

import (
	"context"
	"errors"

	"github.com/holdall-dev/holdall/internal/mail/outbox"
	"github.com/holdall-dev/holdall/internal/store"
	"github.com/holdall-dev/holdall/record"
	"github.com/holdall-dev/holdall/schema"
)

// notices are mails that say what happened to an account. Nobody can ask for them, so they are not templates of a
// collection; the settings switch them.
var notices = map[string]schema.Template{
	mailMoved: {
		Subject: "The address of your {APP_NAME} account has changed",
		Body: "<p>Your {APP_NAME} account has another e-mail address now. This one signs in no more.</p>" +
			"<p>If that was you, there is nothing to do. <strong>If it was not, tell the people of {APP_NAME} at once:</strong> answer this mail.</p>" +
			"<p>— {APP_NAME}</p>",
	},
	mailRenewed: {
		Subject: "Your {APP_NAME} password has changed",
		Body: "<p>The password of your {APP_NAME} account {RECORD:email} was just changed, and every session that began with the old one has ended.</p>" +
			"<p>If that was you, there is nothing to do. <strong>If it was not, set a new password now</strong>, and see to it that nobody else reads your mails.</p>" +
			"<p>— {APP_NAME}</p>",
	},
	mailPhone: {
		Subject: "The phone number of your {APP_NAME} account has changed",
		Body: "<p>Your {APP_NAME} account {RECORD:email} has another phone number now, or none. Codes to sign in go to the new one.</p>" +
			"<p>If that was you, there is nothing to do. <strong>If it was not, set a new password now</strong> and tell the people of {APP_NAME}: answer this mail.</p>" +
			"<p>— {APP_NAME}</p>",
	},
}

// Renewed has the owner of an account told that its e-mail, its phone or its password is another one, whoever
// changed it. The old address hears of a new one. Whoever has just proved the address is not told what he did
// himself.
func (s *Service) Renewed(ctx context.Context, was, is *record.Record) {
	on := s.Settings().Notices
	old, email := was.String("email"), is.String("email")
	var told []outbox.Wish
	if on.EmailChanged && old != "" && old != email {
		told = append(told, outbox.Wish{Kind: mailMoved, Record: is.ID(), Email: old})
	}
	proven := is.Bool("verified") && !was.Bool("verified")
	if on.PasswordChanged && email != "" && !proven && was.Password("password").Hash != is.Password("password").Hash {
		told = append(told, outbox.Wish{Kind: mailRenewed, Record: is.ID(), Email: email})
	}
	if on.PhoneChanged && email != "" && was.Bool("verified") && old == email && was.String("phone") != is.String("phone") && is.Collection().PhoneOrd() >= 0 {
		told = append(told, outbox.Wish{Kind: mailPhone, Record: is.ID(), Email: email})
	}
	for _, m := range told {
		if err := s.put(context.WithoutCancel(ctx), is.Collection(), m); err != nil {
			s.Log.Warn("the owner of an account is not told of a change", "kind", m.Kind, "collection", is.Collection().Name, "record", is.ID(), "error", err)
		}
	}
}

// mailNotice tells the address that was noted when it happened.
func (s *Service) mailNotice(ctx context.Context, c *schema.Collection, m outbox.Wish) error {
	rec, err := s.one(ctx, store.Query{From: c, IDs: []string{m.Record}, Limit: 1})
	if errors.Is(err, errNone) {
		return nil
	}
	if err != nil {
		return err
	}
	return s.send(ctx, letter{kind: m.Kind, template: notices[m.Kind], rec: rec, to: m.Email})
}
