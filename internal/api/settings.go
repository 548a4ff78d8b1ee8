package api

func showSettings(c *call) error { return c.answer(c.Settings.Current().Public()) }

func changeSettings(c *call) error {
	raw, err := c.object()
	if err != nil {
		return reworded(err, unreadable)
	}
	changed, err := c.Settings.Patch(c.r.Context(), raw)
	if err != nil {
		return err
	}
	c.settled()
	return c.answer(changed.Public())
}
