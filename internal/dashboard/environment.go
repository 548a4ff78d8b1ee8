package dashboard

import (
	"context"
	"fmt"
	"slices"

	"github.com/holdall-dev/holdall/fault"
)

// environments are what a server may be said to be for; "" says nothing.
var environments = []string{"", "dev", "staging", "production"}

// environmentKey names the setting. It is none of [settings.Settings]: clients of the API meet those whole.
const environmentKey = "dashboard/environment"

// environment is what the server is for, one of environments.
func (s *Service) environment(ctx context.Context) (string, error) {
	raw, err := s.Store.Param(ctx, environmentKey)
	if err != nil {
		return "", fmt.Errorf("read the environment: %w", err)
	}
	return string(raw), nil
}

// SetEnvironment says what the server is for: "dev", "staging", "production", or nothing. Fault: Invalid.
func (s *Service) SetEnvironment(ctx context.Context, name string) error {
	if !slices.Contains(environments, name) {
		bad := fault.Fields{}
		bad.Add("environment", fault.Field(fault.CodeInvalidValue, "An environment is dev, staging, production, or none."))
		return bad.Err()
	}
	if name == "" {
		return s.Write.SetParam(ctx, environmentKey, nil)
	}
	return s.Write.SetParam(ctx, environmentKey, []byte(name))
}
