package api

import (
	"fmt"
	"strings"
	"time"

	"github.com/holdall-dev/holdall/caller"
	"github.com/holdall-dev/holdall/fault"
	"github.com/holdall-dev/holdall/internal/settings"
	"github.com/holdall-dev/holdall/internal/tally"
	"github.com/holdall-dev/holdall/schema"
)

// checkRate counts the call against the first rule that speaks of it.
func (c *call) checkRate() error {
	limits := &c.Settings.Current().RateLimits
	if !limits.Enabled || c.route.on == "" || c.wasPassedOn() {
		return nil
	}
	return c.count(rated{c.by, c.col, c.route.tags, c.labels(), c.route.tight})
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

// rated is a request, or one of a batch, that may be one too many.
type rated struct {
	by     *caller.Caller
	col    *schema.Collection
	tags   []string
	labels []string
	tight  bool // counted exactly on all servers together
}

// count takes one request from the window of the first rule that has one of the labels (operations.md §6). Fault:
// TooMany, which tells when there may be another.
func (c *call) count(q rated) error {
	current := c.Settings.Current()
	if !current.RateLimits.Enabled || q.by.IsSuper() || listed(current.RateLimits.ExcludedIPs, q.by.IP) {
		return nil
	}
	rule := findRule(current.RateLimits.Rules, q.labels, q.by.Auth != nil)
	if rule == nil {
		return nil
	}
	key := tally.Key{Of: limiterID(rule, q.col, q.tags), By: q.by.IP}
	if q.tight && c.Exact != nil {
		return c.countExactly(current, key, rule)
	}
	wait, ok := c.Rates.Take(current, key, int64(rule.MaxRequests), time.Duration(rule.Duration)*time.Second)
	if !ok {
		return fault.New(fault.TooMany, "").In(wait)
	}
	return nil
}

// countExactly counts in the database, but for who was refused there: that holds here until the window is over.
func (c *call) countExactly(current *settings.Settings, key tally.Key, rule *settings.RateRule) error {
	wait := c.Rates.Closed(current, key)
	if wait == 0 {
		var err error
		name := fmt.Sprintf("rate\x00%s\x00%s\x00%d/%d", key.Of, key.By, rule.MaxRequests, rule.Duration)
		wait, err = c.Exact.Take(c.r.Context(), name, rule.MaxRequests, time.Duration(rule.Duration)*time.Second)
		if err != nil {
			return err
		}
		if wait > 0 {
			c.Rates.Close(current, key, wait)
		}
	}
	if wait > 0 {
		return fault.New(fault.TooMany, "").In(wait)
	}
	return nil
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
