package api

import (
	"encoding/json"
	"hash/fnv"
	"net/http"
	"strconv"
	"strings"

	"github.com/holdall-dev/holdall/internal/dashboard"
	"github.com/holdall-dev/holdall/internal/pbcompat"
)

// bootstrap is what the dashboard's first screen needs to know. It is sent once for as long as nothing changes.
func bootstrap(c *call) error {
	b, err := c.Dashboard.Bootstrap(c.r.Context(), c.by)
	if err != nil {
		return err
	}
	raw, err := json.Marshal(b)
	if err != nil {
		return err
	}
	sum := fnv.New64a()
	_, _ = sum.Write(raw) // never fails
	tag := `W/"` + strconv.FormatUint(sum.Sum64(), 36) + `"`
	h := c.w.Header()
	h.Set("ETag", tag)
	h.Set("Cache-Control", "private, no-cache")
	if strings.Contains(c.r.Header.Get("If-None-Match"), tag) {
		c.w.WriteHeader(http.StatusNotModified)
		return nil
	}
	return c.answer(raw)
}

// setEnvironment says what the server is for.
func setEnvironment(c *call) error {
	var w struct {
		Environment string `json:"environment"`
	}
	if err := c.read(&w); err != nil {
		return err
	}
	if err := c.Dashboard.SetEnvironment(c.r.Context(), w.Environment); err != nil {
		return err
	}
	return c.answerAs(w)
}

// listFindings tells what about access deserves a look.
func listFindings(c *call) error {
	return c.answerAs(struct {
		Findings []dashboard.Finding `json:"findings"`
	}{c.Dashboard.Findings()})
}

// explainRule says what a rule answers to somebody, and why.
func explainRule(c *call) error {
	var w dashboard.Wish
	if err := c.read(&w); err != nil {
		return err
	}
	out, err := c.Dashboard.Explain(c.r.Context(), c.Now(), w)
	if err != nil {
		return err
	}
	done := doneBy(w.Action)
	out.Status = statusOf(out.Fault, done)
	for _, row := range out.Rows {
		row.Status = statusOf(row.Fault, done)
	}
	return c.answerAs(out)
}

// doneBy is the status that an action is answered with when it was done.
func doneBy(action string) int {
	if action == "delete" {
		return http.StatusNoContent
	}
	return http.StatusOK
}

// statusOf is the status that a fault is answered with, done when there is none.
func statusOf(err error, done int) int {
	if err == nil {
		return done
	}
	return pbcompat.Translate(err).Status
}
