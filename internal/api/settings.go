package api

import "github.com/holdall-dev/holdall/fault"

func showSettings(c *call) error { return c.answer(c.Settings.Current().Public()) }

func changeSettings(c *call) error {
	raw, err := c.object()
	if err != nil {
		return reworded(err, "An error occurred while loading the submitted data.")
	}
	changed, err := c.Settings.Patch(c.r.Context(), raw)
	if err != nil {
		return wording("An error occurred while saving the new settings.", err)
	}
	return c.answer(changed.Public())
}

// reworded gives a faulty input the sentence of its endpoint and leaves other faults alone.
func reworded(err error, msg string) error {
	if fault.Is(err, fault.Invalid) {
		return fault.New(fault.Invalid, msg).Because(err)
	}
	return err
}
