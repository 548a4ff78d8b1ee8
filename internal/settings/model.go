package settings

import (
	"bytes"
	"encoding/json"
	"fmt"
)

// Settings are all settings; JSON and defaults are those of operations.md §1.1. A value is never changed
// once Current has returned it.
type Settings struct {
	SuperuserIPs []string     `json:"superuserIPs"` // addresses and networks that superusers are bound to; empty: none
	SMTP         SMTP         `json:"smtp"`
	Backups      Backups      `json:"backups"`
	S3           S3           `json:"s3"`
	Meta         Meta         `json:"meta"`
	RateLimits   RateLimits   `json:"rateLimits"`
	TrustedProxy TrustedProxy `json:"trustedProxy"`
	Batch        Batch        `json:"batch"`
	Logs         Logs         `json:"logs"`
	Realtime     Realtime     `json:"realtime"` // unknown to PocketBase, whose clients pass it over
	SMS          SMS          `json:"sms"`      // likewise
	Notices      Notices      `json:"notices"`  // likewise
}

// SMTP is the mail server. While it is not enabled the local sendmail program is used.
type SMTP struct {
	Enabled    bool   `json:"enabled"`
	Port       int    `json:"port"`
	Host       string `json:"host"`
	Username   string `json:"username"`
	Password   string `json:"password,omitempty"`
	AuthMethod string `json:"authMethod"` // "" (PLAIN), "PLAIN" or "LOGIN"
	TLS        bool   `json:"tls"`        // from the first byte; else STARTTLS when it is offered
	LocalName  string `json:"localName"`  // what we call ourselves; "" is localhost
	RequireTLS bool   `json:"requireTLS"` // nothing is sent to a server that does not encrypt
}

// Notices are mails that tell owners of accounts what happened to them.
type Notices struct {
	EmailChanged    bool `json:"emailChanged"`    // to the old address
	PasswordChanged bool `json:"passwordChanged"` // by whomever
	PhoneChanged    bool `json:"phoneChanged"`    // to the address, when it is verified
}

// Backups says when backups are made by themselves and where they lie.
type Backups struct {
	Cron        string `json:"cron"`        // "" makes none
	CronMaxKeep int    `json:"cronMaxKeep"` // how many automatic ones are kept
	S3          S3     `json:"s3"`
}

// S3 is an object store for files.
type S3 struct {
	Enabled        bool   `json:"enabled"`
	Bucket         string `json:"bucket"`
	Region         string `json:"region"`
	Endpoint       string `json:"endpoint"`
	AccessKey      string `json:"accessKey"`
	Secret         string `json:"secret,omitempty"`
	ForcePathStyle bool   `json:"forcePathStyle"`
	// What follows is unknown to PocketBase, whose clients pass it over.

	AllowPrivate    bool `json:"allowPrivate"`    // the endpoint may be in a private network, or on this machine
	DirectDownloads bool `json:"directDownloads"` // files are read from the store itself, by addresses of short life
}

// Meta is how the application presents itself.
type Meta struct {
	AccentColor   string `json:"accentColor"` // "#rrggbb" or ""
	AppName       string `json:"appName"`
	AppURL        string `json:"appURL"`
	SenderName    string `json:"senderName"`
	SenderAddress string `json:"senderAddress"`
	HideControls  bool   `json:"hideControls"`
}

// RateLimits bound how often callers may ask.
type RateLimits struct {
	Rules       []RateRule `json:"rules"`
	ExcludedIPs []string   `json:"excludedIPs"`
	Enabled     bool       `json:"enabled"`
}

// RateRule lets a number of requests pass in a window of time (operations.md §6).
type RateRule struct {
	Label       string `json:"label"`
	Audience    string `json:"audience"` // "", "@guest" or "@auth"
	Duration    int64  `json:"duration"` // seconds
	MaxRequests int    `json:"maxRequests"`
}

// TrustedProxy says which headers tell the address of a caller.
type TrustedProxy struct {
	Headers       []string `json:"headers"`
	UseLeftmostIP bool     `json:"useLeftmostIP"`
}

// Batch bounds requests that hold several.
type Batch struct {
	Enabled     bool  `json:"enabled"`
	MaxRequests int   `json:"maxRequests"`
	Timeout     int64 `json:"timeout"`     // seconds
	MaxBodySize int64 `json:"maxBodySize"` // bytes; 0 is 128 MiB
}

// Logs says what is logged and how long it is kept.
type Logs struct {
	MaxDays     int   `json:"maxDays"`  // 0 turns the log off
	MinLevel    int   `json:"minLevel"` // -4 debug, 0 info, 4 warn, 8 error
	LogIP       bool  `json:"logIP"`
	LogAuthID   bool  `json:"logAuthId"`
	MaxDataSize int64 `json:"maxDataSize"` // bytes of one entry; 0 is 16 KiB
}

// Realtime bounds streams and what they can go on from.
type Realtime struct {
	MaxPerIP    int   `json:"maxPerIP"`    // streams of one address, loopback excepted; 0: no bound
	KeepHours   int   `json:"keepHours"`   // age at which the change log forgets, at least 1
	KeepChanges int64 `json:"keepChanges"` // how many changes it keeps, at least 10,000

	Channels   []Channel `json:"channels"`   // what clients may say to each other; nothing unless declared
	MaxPublish int       `json:"maxPublish"` // messages a second of one account, or one address of guests; 0: no bound
}

// Defaults are the settings of a fresh store.
func Defaults() *Settings {
	return &Settings{
		SuperuserIPs: []string{},
		Notices:      Notices{EmailChanged: true, PhoneChanged: true},
		SMTP:         SMTP{Port: 587, Host: "smtp.example.com"},
		Backups:      Backups{CronMaxKeep: 3},
		Meta: Meta{
			AccentColor: "#1055c9", AppName: "Holdall app", AppURL: "http://localhost:8090",
			SenderName: "Support", SenderAddress: "support@example.com",
		},
		RateLimits: RateLimits{
			Rules: []RateRule{
				{Label: "*:auth", MaxRequests: 2, Duration: 3},
				{Label: "*:create", MaxRequests: 20, Duration: 5},
				{Label: "/api/batch", MaxRequests: 3, Duration: 1},
				{Label: "/api/", MaxRequests: 300, Duration: 10},
			},
			ExcludedIPs: []string{},
		},
		TrustedProxy: TrustedProxy{Headers: []string{}},
		Batch:        Batch{MaxRequests: 50, Timeout: 3},
		Logs:         Logs{MaxDays: 5, LogIP: true},
		Realtime:     Realtime{MaxPerIP: 10_000, KeepHours: 24, KeepChanges: 2_000_000, Channels: []Channel{}, MaxPublish: 20},
		SMS:          defaultSMS(),
	}
}

// Public is the JSON of s without secrets.
func (s *Settings) Public() []byte {
	p := *s
	p.SMTP.Password, p.S3.Secret, p.Backups.S3.Secret = "", "", ""
	p.SMS.Gateways = p.SMS.Gateways.Public()
	return p.encode()
}

// encode is the JSON of s with its secrets.
func (s *Settings) encode() []byte {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(s); err != nil {
		panic(err) // plain values always encode
	}
	return bytes.TrimSuffix(b.Bytes(), []byte("\n"))
}

// merge returns s with a JSON object merged over it: absent keys keep their value, lists are replaced as
// wholes, unknown keys are ignored.
func (s *Settings) merge(raw []byte) (*Settings, error) {
	next := *s
	lists := next.dropLists()
	if len(bytes.TrimSpace(raw)) > 0 {
		if err := json.Unmarshal(raw, &next); err != nil {
			return nil, fmt.Errorf("merge settings: %w", err)
		}
	}
	next.restoreLists(lists)
	return &next, nil
}

// dropLists sets the lists to nil and returns them: the decoder would write into their memory, and give new
// elements what old ones at their place had.
func (s *Settings) dropLists() Settings {
	old := *s
	s.SuperuserIPs, s.RateLimits.Rules, s.RateLimits.ExcludedIPs, s.TrustedProxy.Headers = nil, nil, nil, nil
	s.SMS.Countries, s.SMS.TestNumbers = nil, nil // gateways merge by name, into memory of their own
	s.Realtime.Channels = nil
	return old
}

// restoreLists puts those back that were not sent.
func (s *Settings) restoreLists(old Settings) {
	if s.SuperuserIPs == nil {
		s.SuperuserIPs = old.SuperuserIPs
	}
	if s.RateLimits.Rules == nil {
		s.RateLimits.Rules = old.RateLimits.Rules
	}
	if s.RateLimits.ExcludedIPs == nil {
		s.RateLimits.ExcludedIPs = old.RateLimits.ExcludedIPs
	}
	if s.TrustedProxy.Headers == nil {
		s.TrustedProxy.Headers = old.TrustedProxy.Headers
	}
	if s.SMS.Countries == nil {
		s.SMS.Countries = old.SMS.Countries
	}
	if s.SMS.TestNumbers == nil {
		s.SMS.TestNumbers = old.SMS.TestNumbers
	}
	if s.Realtime.Channels == nil {
		s.Realtime.Channels = old.Realtime.Channels
	}
}
