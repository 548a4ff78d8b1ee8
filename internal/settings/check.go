package settings

import (
	"net/netip"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/asaskevich/govalidator"

	"github.com/holdall-dev/holdall/fault"
	"github.com/holdall-dev/holdall/field"
)

// check judges all settings (operations.md §1.3).
func (s *Settings) check() fault.Fields {
	fs := fault.Fields{}
	fs.Add("superuserIPs", badNetworks(s.SuperuserIPs))
	fs.Add("smtp", s.SMTP.check())
	fs.Add("backups", s.Backups.check())
	fs.Add("s3", s.S3.check())
	fs.Add("meta", s.Meta.check())
	fs.Add("rateLimits", s.RateLimits.check())
	fs.Add("batch", s.Batch.check())
	fs.Add("logs", s.Logs.check())
	fs.Add("realtime", s.Realtime.check())
	fs.Add("sms", s.SMS.check())
	return fs
}

func (m Meta) check() error {
	fs := fault.Fields{}
	fs.Add("appName", badText(m.AppName))
	fs.Add("senderName", badText(m.SenderName))
	fs.Add("appURL", first(required(m.AppURL == ""), badURL(m.AppURL)))
	fs.Add("senderAddress", required(m.SenderAddress == ""))
	if !field.IsEmail(m.SenderAddress) {
		fs.Add("senderAddress", fault.Field("validation_is_email", "Must be a valid email address."))
	}
	switch {
	case m.AccentColor == "":
	case len(m.AccentColor) != 7:
		fs.Add("accentColor", fault.Field("validation_length_invalid", "The length must be exactly 7.").With("min", 7).With("max", 7))
	case !govalidator.IsHexcolor(m.AccentColor):
		fs.Add("accentColor", fault.Field("validation_is_hex_color", "Must be a valid hexadecimal color code."))
	}
	return fs.Err()
}

func (r Realtime) check() error {
	fs := fault.Fields{}
	fs.Add("maxPerIP", below(int64(r.MaxPerIP), 0))
	fs.Add("keepHours", below(int64(r.KeepHours), 1))
	fs.Add("keepChanges", below(r.KeepChanges, 10_000))
	fs.Add("channels", r.checkChannels())
	fs.Add("maxPublish", below(int64(r.MaxPublish), 0))
	return fs.Err()
}

func (m SMTP) check() error {
	fs := fault.Fields{}
	fs.Add("host", first(required(m.Enabled && m.Host == ""), badHost(m.Host)))
	fs.Add("port", first(required(m.Enabled && m.Port == 0), below(int64(m.Port), 0)))
	if !slices.Contains([]string{"", "PLAIN", "LOGIN"}, m.AuthMethod) {
		fs.Add("authMethod", fault.NotIn())
	}
	fs.Add("localName", badHost(m.LocalName))
	return fs.Err()
}

func (s S3) check() error {
	fs := fault.Fields{}
	fs.Add("endpoint", badURL(s.Endpoint))
	for name, v := range map[string]string{
		"endpoint": s.Endpoint, "bucket": s.Bucket, "region": s.Region, "accessKey": s.AccessKey, "secret": s.Secret,
	} {
		fs.Add(name, required(s.Enabled && v == ""))
	}
	return fs.Err()
}

func (b Backups) check() error {
	fs := fault.Fields{}
	if b.Cron != "" && !isCron(b.Cron) {
		fs.Add("cron", fault.Field("validation_invalid_cron", "Must be a valid cron expression."))
	}
	switch {
	case b.CronMaxKeep == 0:
		fs.Add("cronMaxKeep", required(b.Cron != ""))
	default:
		fs.Add("cronMaxKeep", below(int64(b.CronMaxKeep), 1))
	}
	fs.Add("s3", b.S3.check())
	return fs.Err()
}

func (b Batch) check() error {
	fs := fault.Fields{}
	fs.Add("maxRequests", first(required(b.Enabled && b.MaxRequests == 0), below(int64(b.MaxRequests), 0)))
	fs.Add("timeout", first(required(b.Enabled && b.Timeout == 0), below(b.Timeout, 0)))
	fs.Add("maxBodySize", below(b.MaxBodySize, 0))
	return fs.Err()
}

func (l Logs) check() error {
	fs := fault.Fields{}
	fs.Add("maxDays", below(int64(l.MaxDays), 0))
	fs.Add("maxDataSize", below(l.MaxDataSize, 0))
	return fs.Err()
}

func (r RateLimits) check() error {
	fs := fault.Fields{}
	fs.Add("rules", required(r.Enabled && len(r.Rules) == 0))
	sub := fault.Fields{}
	for i, rule := range r.Rules {
		sub.Add(strconv.Itoa(i), rule.check(r.Rules[:i]))
	}
	fs.Add("rules", sub.Err())
	fs.Add("excludedIPs", badNetworks(r.ExcludedIPs))
	return fs.Err()
}

var rateLabel = regexp.MustCompile(`^(\w+|\w+:\w+|\*:\w+|(\w+ )?/[\w/-]*)$`)

// check judges a rule beside those before it.
func (r RateRule) check(before []RateRule) error {
	fs := fault.Fields{}
	fs.Add("label", required(r.Label == ""))
	if !rateLabel.MatchString(r.Label) {
		fs.Add("label", fault.Match())
	}
	for _, other := range before {
		if a, b := r.key(), other.key(); strings.HasPrefix(a, b) || strings.HasPrefix(b, a) {
			fs.Add("label", fault.Field("validation_conflicting_rate_limit_rule", "Another rule has the same label.").With("label", r.Label))
		}
	}
	fs.Add("maxRequests", first(required(r.MaxRequests == 0), below(int64(r.MaxRequests), 1)))
	fs.Add("duration", first(required(r.Duration == 0), below(r.Duration, 1)))
	if !slices.Contains([]string{"", "@guest", "@auth"}, r.Audience) {
		fs.Add("audience", fault.NotIn())
	}
	return fs.Err()
}

// key is what of two rules must not be the beginning of one another.
func (r RateRule) key() string { return r.Label + "@@" + r.Audience }

func badNetworks(list []string) error {
	sub := fault.Fields{}
	for i, s := range list {
		sub.Add(strconv.Itoa(i), first(required(s == ""), badNetwork(s)))
	}
	return sub.Err()
}

func badNetwork(s string) error {
	_, errIP := netip.ParseAddr(s)
	_, errNet := netip.ParsePrefix(s)
	if errIP == nil || errNet == nil {
		return nil
	}
	// The code is spelled so on the wire.
	return fault.Field("validation_invlaid_ip_or_subnet", "Must be a valid IP address or subnet.")
}

// first returns the first error of several.
func first(errs ...error) error {
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}

// required is the fault of a blank value when blank is true.
func required(blank bool) error {
	if blank {
		return fault.Required()
	}
	return nil
}

func below(v, min int64) error {
	if v < min {
		return fault.AtLeast(min)
	}
	return nil
}

func badText(s string) error {
	if n := utf8.RuneCountInString(s); n > 255 {
		return fault.LengthRange(1, 255)
	}
	return required(s == "")
}

func badURL(s string) error {
	if s == "" || govalidator.IsURL(s) {
		return nil
	}
	return fault.Field("validation_is_url", "Must be a valid URL.")
}

func badHost(s string) error {
	if s == "" || govalidator.IsHost(s) {
		return nil
	}
	return fault.Field("validation_is_host", "Must be a valid IP address or DNS name.")
}
