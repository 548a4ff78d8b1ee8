package read

// writer puts encoded items together. What a related record looks like with its own expand is written
// once; where it is needed again, the written text is copied.
type writer struct {
	buf   []byte // the parts of the items
	dst   []byte
	spent int // bytes of finished expands
	begun int // where the running one began, -1 outside of one
}

// over reports whether expand has brought more than an answer may hold. Relations that lead in circles
// grow by a factor with every level, so it is asked before each record.
func (w *writer) over() bool {
	if w.begun < 0 {
		return w.spent > MaxExpandBytes
	}
	return w.spent+len(w.dst)-w.begun > MaxExpandBytes
}

// root writes a record of the page.
func (w *writer) root(n *node, it *item) {
	w.begun = -1
	w.item(n, it)
}

func (w *writer) item(n *node, it *item) {
	if it.done.to > 0 {
		w.dst = append(w.dst, w.dst[it.done.from:it.done.to]...)
		return
	}
	from := len(w.dst)
	w.dst = append(append(w.dst, '{'), w.buf[it.head.from:it.head.to]...)
	if len(n.kids) > 0 {
		w.comma(from)
		w.expand(n, it)
	}
	if !it.tail.empty() {
		w.comma(from)
		w.dst = append(w.dst, w.buf[it.tail.from:it.tail.to]...)
	}
	w.dst = append(w.dst, '}')
	it.done = span{from, len(w.dst)}
}

// comma parts two keys, when there is one before.
func (w *writer) comma(from int) {
	if len(w.dst) > from+1 {
		w.dst = append(w.dst, ',')
	}
}

func (w *writer) expand(n *node, it *item) {
	outermost := w.begun < 0
	if outermost {
		w.begun = len(w.dst)
	}
	w.dst = append(w.dst, `"expand":{`...)
	from := len(w.dst) - 1
	for i, kid := range n.kids {
		w.relation(kid, it, i, from)
	}
	w.dst = append(w.dst, '}')
	if outermost {
		w.spent += len(w.dst) - w.begun
		w.begun = -1
	}
}

// relation writes one key of an expand, or nothing when no related record can be seen.
func (w *writer) relation(kid *node, it *item, at, from int) {
	start, n := len(w.dst), 0
	for related := range kid.of(it, at) {
		if w.over() {
			return
		}
		if n == 0 {
			w.comma(from)
			w.dst = append(w.dst, kid.prefix...)
			if kid.many {
				w.dst = append(w.dst, '[')
			}
		} else {
			w.dst = append(w.dst, ',')
		}
		w.item(kid, related)
		if n++; !kid.many {
			return
		}
	}
	if len(w.dst) > start {
		w.dst = append(w.dst, ']')
	}
}

// of yields the records that the relation has for an item of its parent, in the order of the field.
func (n *node) of(it *item, at int) func(yield func(*item) bool) {
	return func(yield func(*item) bool) {
		if n.back {
			for _, i := range n.held[it.id] {
				if !yield(&n.items[i]) {
					return
				}
			}
			return
		}
		for _, id := range it.refs[at] {
			if i, ok := n.byID[id]; ok && i != missing && !yield(&n.items[i]) {
				return
			}
		}
	}
}
