package fault

// Codes that more than one package gives. Clients depend on them; see the reference of errors.
const (
	CodeRequired     = "validation_required"
	CodeInvalidValue = "validation_invalid_value"
	CodeNotUnique    = "validation_not_unique"
	CodeMismatch     = "validation_values_mismatch"
	CodeLengthRange  = "validation_length_out_of_range"
	CodeMatch        = "validation_match_invalid"
	CodeMin          = "validation_min_greater_equal_than_required"
	CodeMax          = "validation_max_less_equal_than_required"
	CodeIn           = "validation_in_invalid"
	CodeNotIn        = "validation_not_in_invalid"

	// CodeCommitUnknown is of a write that may or may not have been committed.
	CodeCommitUnknown = "commit_unknown"
)

// Required is the fault of a value that must not be blank.
func Required() *Error { return Field(CodeRequired, "Cannot be blank.") }

// NotUnique is the fault of a value that another record already has.
func NotUnique() *Error { return Field(CodeNotUnique, "Value must be unique.") }

// Mismatch is the fault of two values that must be equal and are not.
func Mismatch() *Error { return Field(CodeMismatch, "Values don't match.") }

// LengthRange is the fault of a text that is shorter than min or longer than max.
func LengthRange(min, max int) *Error {
	return Newf(Invalid, "The length must be between %d and %d.", min, max).Coded(CodeLengthRange).With("min", min).With("max", max)
}

// Match is the fault of a text that does not have the expected form.
func Match() *Error { return Field(CodeMatch, "Must be in a valid format.") }

// AtLeast is the fault of a value below its bound.
func AtLeast(bound any) *Error {
	return Newf(Invalid, "Must be no less than %v.", bound).Coded(CodeMin).With("threshold", bound)
}

// AtMost is the fault of a value above its bound.
func AtMost(bound any) *Error {
	return Newf(Invalid, "Must be no greater than %v.", bound).Coded(CodeMax).With("threshold", bound)
}

// NotIn is the fault of a value outside a fixed list.
func NotIn() *Error { return Field(CodeIn, "Must be a valid value.") }

// Coded returns a copy with another code.
func (e *Error) Coded(code string) *Error {
	c := *e
	c.Code = code
	return &c
}
