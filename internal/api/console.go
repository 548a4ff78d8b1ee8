package api

import (
	"github.com/holdall-dev/holdall/fault"
)

// runSQL answers a statement of the console.
func runSQL(c *call) error {
	in, err := c.input()
	if err != nil {
		return reworded(err, unreadable)
	}
	query, err := in.Text("query")
	if err != nil {
		return err
	}
	found, err := c.Dashboard.Query(c.r.Context(), query)
	if err != nil {
		return err
	}
	return c.answerAs(found)
}

// listClients lists the open connections of this node.
func listClients(c *call) error { return c.answerAs(c.Realtime.Clients()) }

// dropClient ends a connection.
func dropClient(c *call) error {
	if !c.Realtime.Disconnect(c.r.PathValue("client")) {
		return fault.New(fault.NotFound, "There is no such connection on this node.")
	}
	return c.done()
}
