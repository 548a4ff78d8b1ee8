package field_test

import (
	"strings"
	"testing"

	"github.com/holdall-dev/holdall/field"
)

func TestEditorClean(t *testing.T) {
	t.Parallel()
	testClean(t, define(t, "editor", ""), append([]cleaned{{"<script>x</script>", "<script>x</script>"}}, textual...))
}

func TestEditorCheck(t *testing.T) {
	t.Parallel()
	testCheck(t, "editor", []checked{
		{``, "", ""},
		{`"required":true`, "", "validation_required"},
		{`"maxSize":4`, "ää", ""},
		{`"maxSize":4`, "ääa", "validation_content_size_limit"},
		{``, strings.Repeat("a", 5242880), ""},
		{``, strings.Repeat("a", 5242881), "validation_content_size_limit"},
	})
	testParam(t, define(t, "editor", `"maxSize":4`).Check("abcde"), "maxSize", int64(4))
	if got := define(t, "editor", "").(field.Sized).MaxBytes(); got != 5242880 {
		t.Errorf("MaxBytes = %d", got)
	}
}

func TestEditorSane(t *testing.T) {
	t.Parallel()
	for _, typ := range []string{"editor", "json", "file"} {
		testSane(t, typ, world{}, []judged{
			{`"maxSize":9007199254740991`, ""},
			{`"maxSize":9007199254740992`, "maxSize: validation_max_less_equal_than_required"},
			{`"maxSize":-1`, "maxSize: validation_min_greater_equal_than_required"},
		})
	}
}
