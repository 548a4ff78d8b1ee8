package auth

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"github.com/holdall-dev/holdall/caller"
	"github.com/holdall-dev/holdall/internal/phone"
	"github.com/holdall-dev/holdall/internal/store"
	"github.com/holdall-dev/holdall/schema"
)

// Limits of what costs money are counted in the store: a restart must not begin them anew.
const (
	numberKeys = "phone-number/" // of the store's named settings: what one number was sent
	dayKeys    = "phone-day/"    // what all numbers of a country were sent for a collection in a day

	firstPause, longestPause = time.Minute, 15 * time.Minute // between two messages to a number; each is double
	day                      = 24 * time.Hour
)

// numberCount is how often messages to a number were asked for.
type numberCount struct {
	From time.Time `json:"from"` // when the first one was; a day later it begins anew
	Last time.Time `json:"last"`
	N    int       `json:"n"`
}

// mayAskPhone counts a request for a message: by the network it comes from, by the number, and against what may be
// spent in a day. Nothing of it depends on whether anybody has the number. Fault: TooMany.
func (s *Service) mayAskPhone(ctx context.Context, by *caller.Caller, c *schema.Collection, number string) error {
	if err := held(s.Tries.Take(ctx, "phone\x00"+place(by.IP), s.Settings().SMS.AddressLimit, time.Hour)); err != nil {
		return err
	}
	if s.testCode(number) != "" {
		return nil
	}
	over, err := s.overBudget(ctx, s.Store, c, number)
	if err != nil {
		return err
	}
	if over {
		now := s.Now().UTC()
		return tooMany(now.Truncate(day).Add(day).Sub(now))
	}
	wait, err := s.countNumber(ctx, number)
	if err == nil && wait > 0 {
		err = tooMany(wait)
	}
	return err
}

// countNumber counts a message to a number, or returns how long there may be none.
func (s *Service) countNumber(ctx context.Context, number string) (wait time.Duration, err error) {
	sum := sha256.Sum256([]byte(number))
	key := numberKeys + hex.EncodeToString(sum[:16])
	err = s.Write.Together(ctx, func(ctx context.Context, rd store.Reader) error {
		var n numberCount
		if err := readParam(ctx, rd, key, &n); err != nil {
			return err
		}
		if wait = n.take(s.Now(), s.Settings().SMS.NumberLimit); wait > 0 {
			return nil
		}
		return s.setParam(ctx, key, n)
	})
	return wait, err
}

// take counts a message, or returns how long there may be none.
func (n *numberCount) take(now time.Time, limit int) time.Duration {
	if now.Sub(n.From) >= day {
		*n = numberCount{From: now}
	}
	if n.N >= limit {
		return n.From.Add(day).Sub(now)
	}
	if n.N > 0 {
		pause := min(firstPause<<min(n.N-1, 10), longestPause)
		if wait := n.Last.Add(pause).Sub(now); wait > 0 {
			return wait
		}
	}
	n.N++
	n.Last = now
	return 0
}

// dayCount is what became of the messages of a day.
type dayCount struct {
	Sent      int `json:"sent"`
	Confirmed int `json:"confirmed"`
}

// dayKey is where the messages to a number's country are counted.
func (s *Service) dayKey(c *schema.Collection, number string) string {
	return s.today() + c.ID + "/" + phone.Region(number)
}

func (s *Service) today() string { return dayKeys + s.Now().UTC().Format(time.DateOnly) + "/" }

// spent sums what was sent today for a collection, and to the country of a number.
func (s *Service) spentToday(ctx context.Context, rd store.Reader, c *schema.Collection, number string) (collection, country int, err error) {
	rows, err := rd.Params(ctx, s.today())
	if err != nil {
		return 0, 0, err
	}
	for key, raw := range rows {
		var n dayCount
		if err := json.Unmarshal(raw, &n); err != nil {
			return 0, 0, fmt.Errorf("%s: %w", key, err)
		}
		if strings.HasPrefix(key, s.today()+c.ID+"/") {
			collection += n.Sent
		}
		if strings.HasSuffix(key, "/"+phone.Region(number)) {
			country += n.Sent
		}
	}
	return collection, country, nil
}

func (s *Service) overBudget(ctx context.Context, rd store.Reader, c *schema.Collection, number string) (bool, error) {
	collection, country, err := s.spentToday(ctx, rd, c, number)
	limits := s.Settings().SMS
	return collection >= limits.DailyBudget || country >= limits.CountryBudget, err
}

// takeBudget counts a message that is about to be sent, or reports that none may be.
func (s *Service) takeBudget(ctx context.Context, c *schema.Collection, number string) (ok bool, err error) {
	var n dayCount
	var collection, country int
	key := s.dayKey(c, number)
	err = s.Write.Together(ctx, func(ctx context.Context, rd store.Reader) (err error) {
		limits := s.Settings().SMS
		if collection, country, err = s.spentToday(ctx, rd, c, number); err != nil {
			return err
		}
		if ok = collection < limits.DailyBudget && country < limits.CountryBudget; !ok {
			return nil
		}
		if err := readParam(ctx, rd, key, &n); err != nil {
			return err
		}
		n.Sent++
		return s.setParam(ctx, key, n)
	})
	if err == nil {
		s.watchBudget(c, number, n, collection+1, country+1)
	}
	return ok, err
}

const (
	watched = 20 // messages after which, and after each as many, the confirmed ones are looked at
	fewest  = 4  // one confirmed among so many is suspicious
)

// watchBudget tells the operator what looks like somebody earning on messages.
func (s *Service) watchBudget(c *schema.Collection, number string, n dayCount, collection, country int) {
	limits := s.Settings().SMS
	log := s.Log.With("collection", c.Name, "country", phone.Region(number))
	switch {
	case collection > limits.DailyBudget, country > limits.CountryBudget:
		log.Error("no more messages are sent today: the budget is spent")
	case collection*5 == limits.DailyBudget*4, country*5 == limits.CountryBudget*4:
		log.Warn("four fifths of a day's budget for messages are spent")
	}
	if n.Sent > 0 && n.Sent%watched == 0 && n.Confirmed*fewest < n.Sent {
		log.Warn("few of the codes that are sent to phones are used", "sent", n.Sent, "used", n.Confirmed)
	}
}

// confirmed counts a code that was used.
func (s *Service) confirmed(ctx context.Context, rd store.Reader, c *schema.Collection, number string) error {
	if s.testCode(number) != "" {
		return nil
	}
	var n dayCount
	key := s.dayKey(c, number)
	if err := readParam(ctx, rd, key, &n); err != nil {
		return err
	}
	n.Confirmed++
	return s.setParam(ctx, key, n)
}

// sweepPhoneCounts forgets what counts no more.
func (s *Service) sweepPhoneCounts(ctx context.Context) error {
	err := s.sweepParams(ctx, numberKeys, func(raw []byte) bool {
		var n numberCount
		return json.Unmarshal(raw, &n) != nil || s.Now().Sub(n.From) >= day
	})
	if err != nil {
		return err
	}
	rows, err := s.Store.Params(ctx, dayKeys)
	if err != nil {
		return err
	}
	yesterday := dayKeys + s.Now().Add(-day).UTC().Format(time.DateOnly)
	for key := range rows {
		if key < yesterday {
			if err := s.Write.SetParam(ctx, key, nil); err != nil {
				return err
			}
		}
	}
	return nil
}

// readParam decodes a named setting into v, which stays as it is when there is none.
func readParam(ctx context.Context, rd store.Reader, key string, v any) error {
	raw, err := rd.Param(ctx, key)
	if err != nil || raw == nil {
		return err
	}
	if err := json.Unmarshal(raw, v); err != nil {
		return fmt.Errorf("%s: %w", key, err)
	}
	return nil
}

func (s *Service) setParam(ctx context.Context, key string, v any) error {
	raw, err := json.Marshal(v)
	if err != nil {
		return err
	}
	return s.Write.SetParam(ctx, key, raw)
}
