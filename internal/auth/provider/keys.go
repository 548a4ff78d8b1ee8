package provider

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"sync"
	"time"

	"github.com/go-jose/go-jose/v4"
)

const (
	keysLife = time.Hour        // before keys are asked for again
	keysRest = 30 * time.Second // before an unknown key makes us ask again
	maxSets  = 100
)

// keyring keeps the public keys of providers, by the address they came from.
type keyring struct {
	mu   sync.Mutex
	sets map[string]keyset
}

type keyset struct {
	byID map[string]jose.JSONWebKey
	at   time.Time
}

// key returns the key with the id. Unknown keys make us ask, but not more often than twice a minute.
func (s *Service) key(ctx context.Context, url, id string) (jose.JSONWebKey, error) {
	now := s.Now()
	s.keys.mu.Lock()
	set := s.keys.sets[url]
	s.keys.mu.Unlock()
	key, ok := set.byID[id]
	if age := now.Sub(set.at); ok && age < keysLife {
		return key, nil
	} else if set.byID == nil || ok || age >= keysRest {
		fresh, err := s.fetchKeys(ctx, url)
		if err != nil {
			return key, fmt.Errorf("keys of %s: %w", url, err)
		}
		s.keys.put(url, keyset{fresh, now})
		key, ok = fresh[id]
	}
	if !ok || id == "" {
		return key, fmt.Errorf("there is no key %q", id)
	}
	return key, nil
}

func (k *keyring) put(url string, set keyset) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.sets == nil || len(k.sets) >= maxSets {
		k.sets = map[string]keyset{}
	}
	k.sets[url] = set
}

// fetchKeys reads a set of keys and keeps those that can prove a signature and say of which algorithm.
func (s *Service) fetchKeys(ctx context.Context, url string) (map[string]jose.JSONWebKey, error) {
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, url, http.NoBody)
	if err != nil {
		return nil, err
	}
	var set struct {
		Keys []json.RawMessage `json:"keys"`
	}
	if err := s.fetch(r, &set); err != nil {
		return nil, err
	}
	keys := make(map[string]jose.JSONWebKey, len(set.Keys))
	for _, raw := range set.Keys {
		var key jose.JSONWebKey
		if key.UnmarshalJSON(raw) != nil || !key.Valid() || !key.IsPublic() || key.Use == "enc" {
			continue // of a kind that we do not use
		}
		if key.KeyID != "" && key.Algorithm != "" {
			keys[key.KeyID] = key
		}
	}
	return keys, nil
}
