package schema

import "strings"

// paragraphs joins lines to a mail body, a paragraph each.
func paragraphs(lines ...string) string {
	return "<p>" + strings.Join(lines, "</p>\n<p>") + "</p>\n<p>— {APP_NAME}</p>"
}

func button(label, path string) string {
	return `<a class="btn" href="{APP_URL}/_/#/auth/` + path + `/{TOKEN}" target="_blank" rel="noopener">` + label + `</a>`
}

// The mails of a new auth collection (mails.md §2.3).
var (
	verificationMail = Template{
		Subject: "Please verify your address for {APP_NAME}",
		Body: paragraphs(
			"Welcome!",
			"One step is left before your {APP_NAME} account is ready: tell us that this address is yours.",
			button("Verify my address", "confirm-verification"),
			"Was it not you who signed up? Then nothing more will happen and you can delete this message."),
	}
	resetMail = Template{
		Subject: "Choose a new password for {APP_NAME}",
		Body: paragraphs(
			"Somebody, hopefully you, asked to set a new password for {RECORD:email}.",
			button("Reset password", "confirm-password-reset"),
			"The link works once and only for a short time. If you did not ask for it, your current password stays as it is."),
	}
	emailChangeMail = Template{
		Subject: "Is this your new address for {APP_NAME}?",
		Body: paragraphs(
			"You asked {APP_NAME} to use this address from now on.",
			button("Confirm new email", "confirm-email-change"),
			"You will be asked for your password, and you will have to sign in again on your devices. If this was not you, do nothing: the address will not change."),
	}
	otpMail = Template{
		Subject: "Your one-time password for {APP_NAME}",
		Body: paragraphs(
			"Here is your one-time password:",
			"<strong>{OTP}</strong>",
			"Type it where you started signing in. We never ask for it by phone or chat; do not pass it on. If you are not signing in right now, ignore this message."),
	}
	alertMail = Template{
		Subject: "New sign-in to your {APP_NAME} account",
		Body: paragraphs(
			"Your {APP_NAME} account was just opened from a new location or device:",
			"<em>{ALERT_INFO}</em>",
			"If that was you, there is nothing to do.",
			"<strong>If it was not, change your password now.</strong> That also ends every other sign-in."),
	}
	takenMail = Template{
		Subject: "You have a {APP_NAME} account already",
		Body: paragraphs(
			"Somebody, hopefully you, wanted to use {RECORD:email} for a {APP_NAME} account. There is one with this address already, so nothing was changed.",
			`<a class="btn" href="{APP_URL}" target="_blank" rel="noopener">Open {APP_NAME}</a>`,
			"If that was you, sign in with this address; if you do not remember your password, ask for a new one there.",
			"If it was not, there is nothing to do: whoever it was has not learnt that you have an account."),
	}
)
