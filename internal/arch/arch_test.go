package arch_test

import (
	"encoding/json"
	"fmt"
	"io"
	"os/exec"
	"slices"
	"strings"
	"testing"
)

const module = "github.com/holdall-dev/holdall"

// heights is which packages stand on which floor; a package imports only what stands strictly lower.
// A path that ends in "/..." stands for all below it that have no line of their own.
var heights = []struct {
	height   int
	packages string
}{
	{0, "fault web internal/netguard internal/rule internal/webp internal/store/postgres/pgtest test/fault/powerfs test/objectstore test/built test/trial"},
	{1, "field internal/dialect internal/blob internal/mail internal/files/pending internal/phone internal/sms internal/tally"},
	{2, "internal/files/thumb schema internal/body internal/pick internal/rule/rulesql internal/tally/tallytest"},
	{3, "record"},
	{4, "internal/change caller internal/settings"},
	{5, "internal/store hook"},
	{6, "internal/access internal/store/sqlbase internal/blob/... internal/mail/... internal/sms/gateway"},
	{7, "internal/store/sqlite internal/store/postgres internal/store/storetest"},
	{8, "internal/read internal/catalog internal/channel internal/files test/fault/power"},
	{9, "internal/write"},
	{10, "internal/auth internal/auth/provider internal/dashboard internal/mesh internal/realtime internal/webhook internal/function internal/schedule internal/logs internal/backup internal/migrate"},
	{11, "internal/pbcompat internal/auth/method"},
	{12, "internal/pbcompat/..."},
	{13, "internal/api"},
	{14, "."},
	{15, "cmd/holdall internal/testkit test/..."},
	{16, "test/files test/fault/cmd/... test/load/cmd/..."},
	{17, "test/files/cmd/..."},
}

// free are packages that only tests and tools are made of; no arrow is asked of them.
var free = []string{"internal/arch", "docs", "examples/..."}

type pkg struct {
	ImportPath string
	Imports    []string
	Deps       []string
}

// TestArrows fails when an import points up or sideways, and when a package has no height.
func TestArrows(t *testing.T) {
	t.Parallel()
	for _, p := range list(t) {
		name := short(p.ImportPath)
		if matches(name, free) {
			continue
		}
		from, ok := height(name)
		if !ok {
			t.Errorf("%s has no height: give it a line in internal/arch/arch_test.go and in docs/ARCHITECTURE.md", name)
			continue
		}
		for _, imp := range p.Imports {
			if !strings.HasPrefix(imp, module) {
				continue
			}
			if to, _ := height(short(imp)); to >= from {
				t.Errorf("%s (height %d) imports %s (height %d): arrows point down; the thing both need belongs one floor lower", name, from, short(imp), to)
			}
		}
	}
}

// TestFences holds the walls that heights alone do not build.
func TestFences(t *testing.T) {
	t.Parallel()
	fences := []struct {
		imports string
		allowed []string
		why     string
	}{
		{module + "/internal/pbcompat", []string{"internal/api", ".", "internal/pbcompat/...", "cmd/holdall"}, "the core does not know another product's wire"},
		{"github.com/ncruces/go-sqlite3", []string{"internal/store/sqlite", "internal/pbcompat/pbimport", "test/..."}, "only an engine speaks to its driver"},
		{"github.com/jackc/pgx/v5", []string{"internal/store/postgres", "internal/store/postgres/pgtest", "test/..."}, "only an engine speaks to its driver"},
		{"net/http", []string{"internal/api", ".", "cmd/holdall", "internal/testkit", "test/...", "internal/body", "internal/netguard", "internal/blob/s3blob", "internal/auth/provider", "internal/sms/gateway", "examples/..."}, "only the door and the way out know HTTP"},
	}
	for _, p := range list(t) {
		for _, f := range fences {
			bad := slices.ContainsFunc(p.Imports, func(imp string) bool {
				return imp == f.imports || f.imports != "net/http" && strings.HasPrefix(imp, f.imports+"/")
			})
			if bad && !matches(short(p.ImportPath), f.allowed) {
				t.Errorf("%s imports %s: %s", short(p.ImportPath), f.imports, f.why)
			}
		}
	}
}

// TestRuleCouldLeave keeps the rule language free of everything of ours.
func TestRuleCouldLeave(t *testing.T) {
	t.Parallel()
	for _, p := range list(t) {
		if short(p.ImportPath) != "internal/rule" {
			continue
		}
		for _, imp := range p.Imports {
			if strings.HasPrefix(imp, module) {
				t.Errorf("internal/rule imports %s", imp)
			}
		}
	}
}

func list(t *testing.T) []pkg {
	t.Helper()
	cmd := exec.Command("go", "list", "-e", "-json=ImportPath,Imports", "./...")
	cmd.Dir = "../.."
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatalf("go list: %v", err)
	}
	var all []pkg
	for dec := json.NewDecoder(out); ; {
		var p pkg
		if err := dec.Decode(&p); err == io.EOF {
			break
		} else if err != nil {
			t.Fatal(err)
		}
		all = append(all, p)
	}
	if err := cmd.Wait(); err != nil {
		t.Fatal(fmt.Errorf("go list: %w", err))
	}
	return all
}

func short(path string) string {
	if path == module {
		return "."
	}
	return strings.TrimPrefix(path, module+"/")
}

func height(name string) (int, bool) {
	best, found, length := 0, false, -1
	for _, h := range heights {
		for p := range strings.FieldsSeq(h.packages) {
			if matches(name, []string{p}) && len(p) > length {
				best, found, length = h.height, true, len(p)
			}
		}
	}
	return best, found
}

func matches(name string, patterns []string) bool {
	return slices.ContainsFunc(patterns, func(p string) bool {
		dir, deep := strings.CutSuffix(p, "/...")
		return name == p || deep && strings.HasPrefix(name, dir+"/")
	})
}
