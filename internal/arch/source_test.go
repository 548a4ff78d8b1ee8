package arch_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// source is one Go file that is no test.
type source struct {
	path string // slashes, from the module's root
	set  *token.FileSet
	file *ast.File
}

// rule is something that no source may do, but for the listed packages and files.
type rule struct {
	name    string
	allowed []string // packages ("internal/api"), trees ("test/...") and files
	finds   func(s source, n ast.Node) bool
	because string
}

var rules = []rule{
	{
		name:    "time.Now",
		allowed: []string{"cmd/...", ".", "internal/api", "internal/realtime/deadline.go", "internal/testkit", "internal/tally/tallytest", "test/...", "examples/..."},
		finds: func(_ source, n ast.Node) bool {
			return isCall(n, "time", "Now") || isCall(n, "time", "Since") || isCall(n, "time", "Until")
		},
		because: "time comes in through a Now function or the caller, so that tests own it",
	},
	{
		name:    "http.DefaultClient",
		allowed: []string{"test/...", "examples/..."},
		finds: func(_ source, n ast.Node) bool {
			return isName(n, "http", "DefaultClient") || isName(n, "http", "DefaultTransport")
		},
		because: "it waits forever; a client of ours has deadlines",
	},
	{
		name:    "http.Get and its like",
		finds:   func(_ source, n ast.Node) bool { return isCall(n, "http", "Get", "Post", "PostForm", "Head") },
		because: "they use the default client, which waits forever",
	},
	{
		name:    "time.Sleep",
		allowed: []string{"test/...", "examples/..."},
		finds:   func(_ source, n ast.Node) bool { return isCall(n, "time", "Sleep") },
		because: "wait for the thing, not for time",
	},
	{
		name:    "SQL by Sprintf",
		finds:   sprintfSQL,
		because: "values belong into arguments, and names through the dialect's quoting",
	},
	{
		name:    "a bare go statement",
		allowed: []string{"cmd/...", "serve.go", "internal/files/sweep.go", "test/...", "examples/...", "internal/store/storetest", "internal/blob/blobtest", "internal/mail/mailtest", "internal/store/postgres/pgtest", "internal/tally/tallytest"},
		finds:   func(_ source, n ast.Node) bool { return isUnguarded(n) },
		because: "a panic in it ends the process unseen; give it a deferred recover, or a deferred call whose name says guard",
	},
	{
		name: "func init",
		finds: func(_ source, n ast.Node) bool {
			f, ok := n.(*ast.FuncDecl)
			return ok && f.Recv == nil && f.Name.Name == "init"
		},
		because: "what runs before main cannot be seen from main; a line in a list that Open reads can",
	},
}

// TestSource reads every file that is no test and prints one sentence per finding.
func TestSource(t *testing.T) {
	t.Parallel()
	for _, s := range sources(t) {
		for _, r := range rules {
			if matches(s.path, r.allowed) || matches(filepath.ToSlash(filepath.Dir(s.path)), r.allowed) {
				continue
			}
			ast.Inspect(s.file, func(n ast.Node) bool {
				if n != nil && r.finds(s, n) {
					t.Errorf("%s:%d has %s: %s", s.path, s.set.Position(n.Pos()).Line, r.name, r.because)
				}
				return true
			})
		}
	}
}

// TestRulesFind proves that each rule sees what it forbids.
func TestRulesFind(t *testing.T) {
	t.Parallel()
	set := token.NewFileSet()
	file, err := parser.ParseFile(set, "bad.go", `package bad
func init() {
	go time.Sleep(time.Since(time.Now()))
	http.DefaultClient.Do(nil)
	http.Get("")
	_ = fmt.Sprintf("SELECT * FROM %s", name)
}`, 0)
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range rules {
		found := false
		ast.Inspect(file, func(n ast.Node) bool {
			found = found || n != nil && r.finds(source{path: "internal/store/sqlite/bad.go"}, n)
			return true
		})
		if !found {
			t.Errorf("the rule against %s finds nothing", r.name)
		}
	}
}

// TestCodesAreDocumented demands a sentence for each code that clients may meet.
func TestCodesAreDocumented(t *testing.T) {
	t.Parallel()
	page, err := os.ReadFile(filepath.Join(root, "docs/reference/errors.md"))
	if err != nil {
		t.Fatal(err)
	}
	code := regexp.MustCompile(`^"validation_[a-z_]+"$`)
	for _, s := range sources(t) {
		ast.Inspect(s.file, func(n ast.Node) bool {
			if lit, ok := n.(*ast.BasicLit); ok && code.MatchString(lit.Value) && !strings.Contains(string(page), "`"+strings.Trim(lit.Value, `"`)+"`") {
				t.Errorf("%s: docs/reference/errors.md has no sentence for the code %s", s.path, lit.Value)
			}
			return true
		})
	}
}

const root = "../.."

// outside are folders that are no part of the module's own code.
var outside = []string{"bench", "compat", "sdk", "web", "docs", "tools", "node_modules", "bin"}

func sources(t *testing.T) []source {
	t.Helper()
	set := token.NewFileSet()
	var all []source
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		rel, err := filepath.Rel(root, path)
		if err != nil {
			return err
		}
		if d.IsDir() && rel != "." && (slices.Contains(outside, rel) || strings.HasPrefix(d.Name(), ".") || d.Name() == "testdata") {
			return fs.SkipDir
		}
		if d.IsDir() || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
			return nil
		}
		file, err := parser.ParseFile(set, path, nil, parser.SkipObjectResolution)
		if err != nil {
			return err
		}
		all = append(all, source{filepath.ToSlash(rel), set, file})
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}

func isName(n ast.Node, pkg string, names ...string) bool {
	sel, ok := n.(*ast.SelectorExpr)
	if !ok {
		return false
	}
	x, ok := sel.X.(*ast.Ident)
	return ok && x.Name == pkg && slices.Contains(names, sel.Sel.Name)
}

func isCall(n ast.Node, pkg string, names ...string) bool {
	call, ok := n.(*ast.CallExpr)
	return ok && isName(call.Fun, pkg, names...)
}

// isUnguarded finds a go statement, or a call of a wait group's Go, that does not start a function literal
// with a recover in it, or with a deferred call that is named for guarding.
func isUnguarded(n ast.Node) bool {
	var started ast.Expr
	switch n := n.(type) {
	case *ast.GoStmt:
		started = n.Call.Fun
	case *ast.CallExpr:
		if sel, ok := n.Fun.(*ast.SelectorExpr); !ok || sel.Sel.Name != "Go" || len(n.Args) != 1 {
			return false
		}
		started = n.Args[0]
	default:
		return false
	}
	guarded := false
	ast.Inspect(started, func(n ast.Node) bool {
		d, ok := n.(*ast.DeferStmt)
		if !ok {
			return true
		}
		ast.Inspect(d.Call, func(n ast.Node) bool {
			id, ok := n.(*ast.Ident)
			guarded = guarded || ok && (id.Name == "recover" || strings.Contains(strings.ToLower(id.Name), "guard"))
			return true
		})
		return true
	})
	return !guarded
}

var (
	sqlRooms = []string{"internal/store/...", "internal/rule/rulesql", "internal/dialect"}
	sqlWords = regexp.MustCompile(`(?i)^["` + "`" + `]\s*(SELECT|INSERT|UPDATE|DELETE|CREATE|ALTER|DROP|WITH|PRAGMA)\s`)
)

// sprintfSQL finds a format that begins like a statement, in the rooms that speak to databases.
func sprintfSQL(s source, n ast.Node) bool {
	call, ok := n.(*ast.CallExpr)
	if !ok || !isName(call.Fun, "fmt", "Sprintf", "Fprintf") || !matches(filepath.ToSlash(filepath.Dir(s.path)), sqlRooms) {
		return false
	}
	return slices.ContainsFunc(call.Args, func(arg ast.Expr) bool {
		lit, ok := arg.(*ast.BasicLit)
		return ok && sqlWords.MatchString(lit.Value)
	})
}
