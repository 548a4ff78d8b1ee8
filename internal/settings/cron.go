package settings

import (
	"strconv"
	"strings"
)

// cronBounds are the least and the greatest value of each of the five parts of a cron expression.
var cronBounds = [5][2]int{{0, 59}, {0, 23}, {1, 31}, {1, 12}, {0, 6}}

var cronMacros = map[string]bool{
	"@yearly": true, "@annually": true, "@monthly": true, "@weekly": true, "@daily": true, "@midnight": true, "@hourly": true,
}

// isCron reports whether s is a cron expression (operations.md §4).
func isCron(s string) bool {
	if cronMacros[s] {
		return true
	}
	parts := strings.Split(s, " ")
	if len(parts) != len(cronBounds) {
		return false
	}
	for i, part := range parts {
		for item := range strings.SplitSeq(part, ",") {
			if !isCronItem(item, cronBounds[i][0], cronBounds[i][1]) {
				return false
			}
		}
	}
	return true
}

// isCronItem judges *, a number or a range, each but the number with an optional step.
func isCronItem(item string, min, max int) bool {
	value, step, stepped := strings.Cut(item, "/")
	if stepped && !inside(step, 1, max) {
		return false
	}
	if value == "*" {
		return true
	}
	from, to, ranged := strings.Cut(value, "-")
	if !ranged {
		return !stepped && inside(value, min, max)
	}
	a, _ := strconv.Atoi(from)
	b, _ := strconv.Atoi(to)
	return inside(from, min, max) && inside(to, min, max) && a <= b
}

func inside(s string, min, max int) bool {
	n, err := strconv.Atoi(s)
	return err == nil && n >= min && n <= max
}
