package api

// listValues tells of the values of one field, of the records that a filter leaves.
func listValues(c *call) error {
	col, err := c.viewed()
	if err != nil {
		return err
	}
	v, err := c.Dashboard.Values(c.r.Context(), c.by, col, c.r.PathValue("field"), c.query("filter"), c.query("groups") != "")
	if err != nil {
		return err
	}
	return c.answerAs(v)
}
