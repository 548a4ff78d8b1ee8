package auth

import (
	"strconv"
	"strings"

	"github.com/holdall-dev/holdall/fault"
)

// Input is the body of a request to sign in.
type Input struct {
	Data map[string]any
	// Form says that the values came from a form: texts that look like numbers or booleans arrived as
	// such, and must be read as the texts they were.
	Form bool
}

// Invalid is the fault of a body that cannot be read.
func invalidBody() *fault.Error {
	return fault.New(fault.Invalid, "An error occurred while loading the submitted data.")
}

// value looks a key up exactly, then in any case.
func (in Input) value(name string) any {
	if v, ok := in.Data[name]; ok {
		return v
	}
	for k, v := range in.Data {
		if strings.EqualFold(k, name) {
			return v
		}
	}
	return nil
}

// Text returns the named text, "" when it is absent or null. Fault: Invalid for any other type.
func (in Input) Text(name string) (string, error) {
	switch v := in.value(name).(type) {
	case nil:
		return "", nil
	case string:
		return v, nil
	case float64:
		if in.Form {
			return strconv.FormatFloat(v, 'f', -1, 64), nil
		}
	case bool:
		if in.Form {
			return strconv.FormatBool(v), nil
		}
	}
	return "", invalidBody()
}

// Seconds returns the named whole number, 0 when it is absent or null. Fault: Invalid for any other type.
func (in Input) Seconds(name string) (int64, error) {
	switch v := in.value(name).(type) {
	case nil:
		return 0, nil
	case float64:
		if n := int64(v); float64(n) == v {
			return n, nil
		}
	case string:
		if in.Form && v == "" {
			return 0, nil
		}
	}
	return 0, invalidBody()
}

// Object returns the named object, nil when it is absent or null. Fault: Invalid for any other type.
func (in Input) Object(name string) (map[string]any, error) {
	switch v := in.value(name).(type) {
	case nil:
		return nil, nil
	case map[string]any:
		return v, nil
	}
	return nil, invalidBody()
}
