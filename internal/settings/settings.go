// Package settings holds what can be changed while Holdall runs.
package settings

import "context"

// Keeper stores named settings.
type Keeper interface {
	Param(ctx context.Context, key string) ([]byte, error)
	SetParam(ctx context.Context, key string, value []byte) error
}

// Settings are all settings; JSON and defaults are those of operations.md §1.1. A value is never changed
// once Current has returned it.
type Settings struct{}

// Service owns the settings.
type Service struct{}

// Open loads the settings, or keeps the defaults when there are none. key decrypts settings of an imported
// directory that was encrypted; "" for none.
func Open(ctx context.Context, k Keeper, key string) (*Service, error) { panic("to be built") }

// Current returns the settings of this moment.
func (s *Service) Current() *Settings { panic("to be built") }

// Patch merges JSON over the settings (operations.md §1.2) and keeps the result.
func (s *Service) Patch(ctx context.Context, raw []byte) (*Settings, error) { panic("to be built") }

// Public is the JSON of s without secrets.
func (s *Settings) Public() []byte { panic("to be built") }
