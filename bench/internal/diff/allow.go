package diff

import (
	"fmt"
	"slices"
	"strings"
)

// An allowance is a difference that was looked at and is wanted. In its patterns * stands for any text.
type allowance struct {
	step   string // the step's name
	path   string // the place in the answer
	want   string // what PocketBase says there
	got    string // what we say
	reason string
}

// allowances are reviewed: each says why the difference is harmless, or our answer the better one. One that
// is used no more fails the test, and goes.
var allowances = []allowance{
	// Forms of v0.40, which clients of either version understand.
	{"*", "*Domains", "null", "[]", "v0.40: an unset list is an empty one"},
	{"*", "*.mimeTypes", "null", "[]", "v0.40: an unset list is an empty one"},
	{"*", "*.thumbs", "null", "[]", "v0.40: an unset list is an empty one"},
	{"50-auth*", "body.authProviders", "null", "[]", "v0.40: an unset list is an empty one"},
	{"*", "body.logs.maxDataSize", "(absent)", "0", "v0.40: a setting that v0.39 does not have"},

	{"*", "body.realtime*", "(absent)", "*", "settings of ours, which clients pass over"},
	{"*", "body.*s3.allowPrivate", "(absent)", "*", "a setting of ours, which clients pass over"},
	{"*", "body.*s3.directDownloads", "(absent)", "*", "a setting of ours, which clients pass over"},
	{"*", "body.data.realtime*", "(absent)", "*", "what superusers learn of streams"},
	{"*", "body.notices*", "(absent)", "*", "settings of ours, which clients pass over"},
	{"*", "body.smtp.requireTLS", "(absent)", "*", "a setting of ours, which clients pass over"},
	{"*", "body.sms*", "(absent)", "*", "settings of ours, which clients pass over"},

	// Wording. Clients depend on statuses and codes, which agree.
	{"70-collections*", "body.data.*message", "*", "*", "what is wrong with a collection, in our words"},
	{"40-kinds*", "body.data.*.message", "Must be*", "Must be*", "bounds of dates and numbers, in our words"},
	{"40-kinds*", "body.data.id.message", "The record *", "The record *", "our words"},
	{"40-kinds*", "body.message", "Something went wrong*", "Unsupported Content-Type.", "XML is refused for what it is"},
	{"50-auth*", "body.message", "The request requires auth record from*", "The authorized record is not allowed*", "one sentence for every 403 of this kind"},
	{"60-batch*", "body.data.requests.0.response.message", "Missing collection context.", "Missing or invalid collection context.", "the sentence that the single request gets"},
	{"70-collections*", "body.message", "Failed to load the collection type*", "Failed to load the submitted*", "one sentence for a body that cannot be read"},
	{"70-collections*", "body.message", "* Raw error: *", "* Raw error: *", "the driver's words"},
	{"80-rest*", "body.data.backups.cron.message", "Invalid cron*", "Must be a valid cron*", "our words"},

	// Better answers.
	{"70-collections* changing", "body.message", "Failed to update collection. Raw error: *no rows*", "Failed to update collection.", "another id is a field error, not a failed look-up"},
	{"70-collections* changing", "body.data.id", "(absent)", "*validation_values_mismatch*", "another id is a field error"},
	{"70-collections* changing", "body.data.*", "*validation_required*", "(absent)", "an impossible change of type is all there is to say"},
	{"70-collections* dry run", "body.sample.*", "*", "", "a query that is not saved has no collection"},

	{"60-batch* files in a batch", "body.*.body.doc", "note_*_*.txt", "note_*.txt", "a file of a batch is named once, not twice"},

	{"40-kinds* files", "header.Cache-Control", "max-age=*", "private, no-store", "nobody keeps a protected file for the next"},

	// What PocketBase leaves to chance.
	{"70-collections*", "body.message", "Failed to delete collection probably due to*", "Failed to delete collection probably due to*", chance + "it lists the referring collections in random order"},
	{"11-more-filters* in any order", "body.items.*", "*", "*", chance + "sorted by a value of which a record has several, it does not say which counts"},

	// Parts that Holdall does not serve yet.
	{"80-rest* jobs, backups and logs", "status", "*", "404*", awaited},
	{"80-rest* jobs, backups and logs", "body.message", "Missing or invalid cron job.", "*", awaited},
}

const awaited = "awaited: not served yet"

// chance begins the reason of a difference that is there on some runs only.
const chance = "by chance: "

// allowed finds what allows a difference; -1 is nothing.
func allowed(d Difference) int {
	return slices.IndexFunc(allowances, func(a allowance) bool {
		return match(a.step, d.Step) && match(a.path, d.Path) && match(a.want, d.Want) && match(a.got, d.Got)
	})
}

// match reports whether s is the pattern with any text for each star.
func match(pattern, s string) bool {
	parts := strings.Split(pattern, "*")
	if len(parts) == 1 {
		return pattern == s
	}
	rest, ok := strings.CutPrefix(s, parts[0])
	if !ok {
		return false
	}
	for _, part := range parts[1 : len(parts)-1] {
		_, after, ok := strings.Cut(rest, part)
		if !ok {
			return false
		}
		rest = after
	}
	return strings.HasSuffix(rest, parts[len(parts)-1])
}

// unused lists the allowances that no difference needed, but for those that depend on chance.
func unused(used map[int]bool) (all []string) {
	for i, a := range allowances {
		if !used[i] && !strings.HasPrefix(a.reason, chance) {
			all = append(all, fmt.Sprintf("%s %s: %s", a.step, a.path, a.reason))
		}
	}
	return all
}
