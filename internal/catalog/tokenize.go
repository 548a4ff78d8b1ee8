package catalog

import "github.com/holdall-dev/holdall/internal/dialect"

// tokenize cuts SQL into tokens; space and comments are dropped. It never fails: whether the query is one is
// for the engine to say.
func tokenize(sql string) []token {
	var list []token
	depth, space := 0, false
	for sql != "" {
		next := dialect.Next(sql)
		sql = sql[len(next.Text):]
		if next.Kind == dialect.Blank {
			space = true
			continue
		}
		if next.Text == ")" {
			depth = max(depth-1, 0)
		}
		list = append(list, token{text: next.Text, name: next.Name, space: space, depth: depth})
		if next.Text == "(" {
			depth++
		}
		space = false
	}
	return list
}
