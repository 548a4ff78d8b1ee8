//go:build !unix

package postgres

import "net"

// alive cannot be told beforehand here: a statement on a connection that is gone fails.
func alive(net.Conn) bool { return true }
