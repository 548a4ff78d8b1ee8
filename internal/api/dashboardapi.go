package api

import "encoding/json"

// bootstrap is what the dashboard's first screen needs to know.
func bootstrap(c *call) error {
	raw, err := json.Marshal(c.Dashboard.Bootstrap())
	if err != nil {
		return err
	}
	return c.answer(raw)
}
