package channel

import (
	"reflect"
	"strconv"
	"strings"

	"github.com/holdall-dev/holdall/fault"
	"github.com/holdall-dev/holdall/field"
	"github.com/holdall-dev/holdall/internal/rule"
	"github.com/holdall-dev/holdall/internal/settings"
	"github.com/holdall-dev/holdall/record"
	"github.com/holdall-dev/holdall/schema"
)

// book is the declared channels. It never changes.
type book struct {
	from []settings.Channel
	list []*declared
}

// declared is one declared channel. Its rules are asked of records of a collection that is stored nowhere: the
// topic, and what stands for the parameters of the name.
type declared struct {
	settings.Channel
	parts []string // of the name; a parameter begins with ":"
	form  *schema.Collection
	texts map[string]int // ordinals of the parameters
}

// next is the book of a list of channels; moved says that it is another one.
func (b *book) next(list []settings.Channel) (_ *book, moved bool) {
	if len(list) == len(b.from) && (len(list) == 0 || &list[0] == &b.from[0] || reflect.DeepEqual(list, b.from)) {
		return b, false
	}
	n := &book{from: list}
	for _, c := range list {
		n.list = append(n.list, declare(c))
	}
	return n, true
}

func declare(c settings.Channel) *declared {
	d := &declared{Channel: c, parts: strings.Split(c.Name, "/"), texts: map[string]int{}}
	d.form = &schema.Collection{Name: c.Name, Type: schema.Base}
	names := []string{"id", "topic"}
	for _, p := range d.parts {
		if name, ok := strings.CutPrefix(p, ":"); ok && name != "id" {
			names = append(names, name)
		}
	}
	for i, name := range names {
		f := new(field.Text)
		f.Name, f.ID, f.PrimaryKey = name, "text_"+name, name == "id"
		d.form.Fields = append(d.form.Fields, f)
		d.texts[name] = i
	}
	d.form.Seal()
	return d
}

// find returns the channel of a topic, and the topic as its rules see it; nil when none is declared for it.
func (b *book) find(topic string) (*declared, *record.Record) {
	if len(b.list) == 0 || len(topic) > MaxTopic {
		return nil, nil
	}
	parts := strings.Split(topic, "/")
	for _, d := range b.list {
		if d.fits(parts) {
			return d, d.record(topic, parts)
		}
	}
	return nil, nil
}

func (d *declared) fits(parts []string) bool {
	if len(parts) != len(d.parts) {
		return false
	}
	for i, p := range d.parts {
		if strings.HasPrefix(p, ":") && parts[i] != "" {
			continue
		}
		if p != parts[i] {
			return false
		}
	}
	return true
}

// record is the topic in the form of the channel: its id is the parameter of that name, or the topic.
func (d *declared) record(topic string, parts []string) *record.Record {
	rec := record.New(d.form)
	rec.SetAt(d.texts["id"], topic)
	rec.SetAt(d.texts["topic"], topic)
	for i, p := range d.parts {
		if name, ok := strings.CutPrefix(p, ":"); ok {
			rec.SetAt(d.texts[name], parts[i])
		}
	}
	return rec
}

// Check adds to fs what is wrong with the rules of declared channels, given the collections.
func Check(cat *schema.Catalog, next *settings.Settings, fs fault.Fields) {
	sub := fault.Fields{}
	for i, c := range next.Realtime.Channels {
		d, one := declare(c), fault.Fields{}
		one.Add("joinRule", d.badRule(cat, c.JoinRule))
		one.Add("publishRule", d.badRule(cat, c.PublishRule))
		sub.Add(strconv.Itoa(i), one.Err())
	}
	realtime := fault.Fields{}
	realtime.Add("channels", sub.Err())
	fs.Add("realtime", realtime.Err())
}

func (d *declared) badRule(cat *schema.Catalog, text *string) error {
	if text == nil || *text == "" {
		return nil
	}
	if _, err := rule.Bind(rule.Question{Schema: cat, Base: d.form.Table(), Rule: *text, Given: true}); err != nil {
		return settings.InvalidRule(err)
	}
	return nil
}
