package postgres

import "github.com/holdall-dev/holdall/internal/store"

// Waiting is how many look-ups stand in the queue of a store.
func Waiting(st store.Store) int {
	s := st.(*Store)
	s.looks.mu.Lock()
	defer s.looks.mu.Unlock()
	return len(s.looks.list)
}
