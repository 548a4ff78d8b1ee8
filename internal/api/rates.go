package api

import (
	"strings"
	"sync"
	"time"

	"github.com/holdall-dev/holdall/caller"
	"github.com/holdall-dev/holdall/fault"
	"github.com/holdall-dev/holdall/internal/settings"
	"github.com/holdall-dev/holdall/schema"
)

// maxWindows is how many windows are kept before the ones that are over are swept.
const maxWindows = 10_000

// rates counts requests in fixed windows (operations.md §6). Counters live in memory; any change of
// settings starts them anew.
type rates struct {
	now func() time.Time

	mu      sync.Mutex
	of      *settings.Settings // the settings that the windows were counted for
	windows map[windowKey]*window
}

type windowKey struct{ limiter, ip string }

type window struct {
	ends time.Time
	left int64
}

func newRates(now func() time.Time) *rates {
	return &rates{now: now, windows: map[windowKey]*window{}}
}

// checkRate counts the call against the first rule that speaks of it.
func (c *call) checkRate() error {
	limits := &c.Settings.Current().RateLimits
	if !limits.Enabled || c.route.on == "" || c.wasPassedOn() {
		return nil
	}
	wait, ok := c.count(c.by, c.col, c.route.tags, c.labels())
	if !ok {
		return fault.New(fault.TooMany, "").In(wait)
	}
	return nil
}

// labels are the names of the call, most special first.
func (c *call) labels() []string {
	path := c.r.URL.Path
	return append(collectionLabels(c.col, c.route.tags), c.r.Method+" "+path, path)
}

func collectionLabels(col *schema.Collection, tags []string) []string {
	labels := make([]string, 0, 2*len(tags)+2)
	for _, t := range tags {
		labels = append(labels, col.Name+":"+t)
	}
	for _, t := range tags {
		labels = append(labels, "*:"+t)
	}
	return labels
}

// count takes one request from the window of the first rule that has one of the labels. When none is left
// it returns how long the window still lasts.
func (s *server) count(by *caller.Caller, col *schema.Collection, tags, labels []string) (wait time.Duration, ok bool) {
	current := s.Settings.Current()
	if !current.RateLimits.Enabled || by.IsSuper() || listed(current.RateLimits.ExcludedIPs, by.IP) {
		return 0, true
	}
	rule := findRule(current.RateLimits.Rules, labels, by.Auth != nil)
	if rule == nil {
		return 0, true
	}
	return s.rates.take(current, windowKey{limiterID(rule, col, tags), by.IP}, rule)
}

// limiterID says which requests share a counter: all of a rule, or those of one collection and action.
func limiterID(rule *settings.RateRule, col *schema.Collection, tags []string) string {
	if col == nil {
		return rule.Label + "\x00" + rule.Audience
	}
	return col.ID + "\x00" + strings.Join(tags, ",") + "\x00" + rule.Audience
}

// findRule tries the labels in order, each for equality first and then for rules that are prefixes of it.
func findRule(rules []settings.RateRule, labels []string, signedIn bool) *settings.RateRule {
	audience := "@guest"
	if signedIn {
		audience = "@auth"
	}
	find := func(matches func(rule string) bool) *settings.RateRule {
		for i := range rules {
			if r := &rules[i]; (r.Audience == "" || r.Audience == audience) && matches(r.Label) {
				return r
			}
		}
		return nil
	}
	for _, label := range labels {
		if r := find(func(rule string) bool { return rule == label }); r != nil {
			return r
		}
		r := find(func(rule string) bool { return strings.HasSuffix(rule, "/") && strings.HasPrefix(label+"/", rule) })
		if r != nil {
			return r
		}
	}
	return nil
}

// take counts one request.
func (r *rates) take(of *settings.Settings, key windowKey, rule *settings.RateRule) (wait time.Duration, ok bool) {
	now := r.now()
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.of != of {
		r.of = of
		clear(r.windows)
	}
	w := r.windows[key]
	if w == nil || !now.Before(w.ends) {
		r.sweep(now)
		w = &window{ends: now.Add(time.Duration(rule.Duration) * time.Second), left: int64(rule.MaxRequests)}
		r.windows[key] = w
	}
	if w.left <= 0 {
		return w.ends.Sub(now), false
	}
	w.left--
	return 0, true
}

// sweep forgets windows that are over, once there are many.
func (r *rates) sweep(now time.Time) {
	if len(r.windows) < maxWindows {
		return
	}
	for k, w := range r.windows {
		if !now.Before(w.ends) {
			delete(r.windows, k)
		}
	}
}
