package realtime

import "time"

// WriteTime is how long a client may take to accept what is written at once before it is cut.
const WriteTime = 10 * time.Second

// deadline is when a write that begins now must be done. Sockets know the system's clock alone.
func deadline() time.Time { return time.Now().Add(WriteTime) }
