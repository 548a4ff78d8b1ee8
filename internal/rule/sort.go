package rule

import "strings"

// sortKeys binds a client's sort keys.
func (k *binder) sortKeys(v *view, text string) ([]Key, *Error) {
	if text == "" {
		return nil, nil
	}
	parts := strings.Split(text, ",")
	if len(parts) > MaxSortKeys {
		return nil, fail(-1, "more than %d sort keys", MaxSortKeys)
	}
	keys := make([]Key, 0, len(parts))
	for _, part := range parts {
		key, err := k.sortKey(v, strings.Trim(part, " "))
		if err != nil {
			return nil, err
		}
		keys = append(keys, key)
	}
	return keys, nil
}

func (k *binder) sortKey(v *view, text string) (Key, *Error) {
	var key Key
	if len(text) > MaxSortKey {
		return key, fail(-1, "sort key longer than %d bytes", MaxSortKey)
	}
	if text != "" && (text[0] == '-' || text[0] == '+') {
		key.Desc = text[0] == '-'
		text = text[1:]
	}
	switch text {
	case "@random":
		key.Kind = RandomKey
		return key, nil
	case "@rowid":
		if k.q.Base.View {
			return key, fail(-1, "the rows of a view have no order of insertion")
		}
		key.Kind = RowKey
		return key, nil
	}
	lex := lexer{src: text}
	t, err := lex.next()
	if err != nil || t.kind != tokenName || t.end-t.pos != len(text) {
		return key, fail(-1, "bad sort key %q", text)
	}
	key.Operand, err = k.name(v, &Term{Kind: NameTerm, Text: text})
	if err == nil && !key.Operand.sortable() {
		err = fail(-1, "records cannot be sorted by %q", text)
	}
	return key, err
}

// sortable reports whether an operand differs from record to record, or is a column that could.
func (o *Operand) sortable() bool {
	switch o.Kind {
	case ConstOperand, ChangedOperand:
		return false
	case LowerOperand:
		return o.Args[0].sortable()
	case requestOperand:
		return o.ask.from == fromAuth
	}
	return true
}
