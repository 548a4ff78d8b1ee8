package main

import (
	"encoding/json"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"github.com/holdall-dev/holdall"
	"github.com/holdall-dev/holdall/internal/store/postgres/pgtest"
)

// TestAccess: the command finds what the dashboard shows, in a directory and in a database; its exit code is what a
// pipeline asked for.
func TestAccess(t *testing.T) {
	t.Parallel()
	for _, engine := range []string{"directory", "database"} {
		t.Run(engine, func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			o := holdall.Options{Dir: filepath.Join(dir, "data")}
			if engine == "database" {
				o.DB = pgtest.DSN(t)
			}
			access := func(args ...string) (string, string, int) {
				return run(t, dir, append([]string{"access", "--db", o.DB}, args...)...)
			}
			ask, end := asSuperuser(t, o)
			ask("POST", "/api/collections", `{"name":"notes","type":"base","listRule":"salary > 10","viewRule":"","fields":[{"name":"salary","type":"number","hidden":true}]}`)
			tame := ask("GET", "/api/dashboard/access", "")
			ask("PATCH", "/api/collections/notes", `{"deleteRule":""}`)
			open := ask("GET", "/api/dashboard/access", "")
			end()

			if len(open["findings"].([]any)) != len(tame["findings"].([]any))+2 {
				t.Errorf("an open write is found once, and that pages of every origin may do it: %v, before %v", open, tame)
			}
			out, errs, code := access("--json")
			var told map[string]any
			if err := json.Unmarshal([]byte(out), &told); err != nil || !reflect.DeepEqual(told, open) {
				t.Errorf("the command finds %s, the dashboard shows %v (%v)", out, open, err)
			}
			if code != 1 || !strings.HasPrefix(errs, "Error: 1 of ") {
				t.Errorf("a danger: exit code %d, %q", code, errs)
			}
			if out, _, code = access("--fail-at", "never", "--origins", "https://app.example.com"); code != 0 || !strings.HasPrefix(out, "danger   notes delete") || strings.Contains(out, "origin") {
				t.Errorf("as text: %d %s", code, out)
			}

			ask, end = asSuperuser(t, o)
			ask("PATCH", "/api/collections/notes", `{"deleteRule":null}`)
			end()
			if out, errs, code = access(); code != 0 || errs != "" || !strings.Contains(out, "notes.salary, which is hidden") {
				t.Errorf("warnings alone: %d %q %s", code, errs, out)
			}
			if _, errs, code = access("--fail-at", "warning"); code != 1 || !strings.Contains(errs, "level warning") {
				t.Errorf("warnings are asked for: %d %q", code, errs)
			}
			if _, errs, code = access("--fail-at", "doom"); code != 1 || !strings.Contains(errs, "use danger, warning or never") {
				t.Errorf("no such level: %d %q", code, errs)
			}
		})
	}
}
