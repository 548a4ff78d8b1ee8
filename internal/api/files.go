package api

import (
	"mime"
	"net/http"
	"path"
	"slices"
	"strconv"
	"time"

	"github.com/holdall-dev/holdall/caller"
	"github.com/holdall-dev/holdall/field"
	"github.com/holdall-dev/holdall/internal/auth"
	"github.com/holdall-dev/holdall/internal/blob"
	"github.com/holdall-dev/holdall/internal/files"
	"github.com/holdall-dev/holdall/schema"
)

const fileTag = "file"

// slowest is how slow a client may take a file, in bytes per second, before the answer is broken off.
const slowest = 16 << 10

// fileToken gives the caller a token with which a browser can ask for protected files.
func fileToken(c *call) error {
	token, err := auth.IssueFile(c.by.Auth, c.Now())
	if err != nil {
		return err
	}
	out := field.AppendString([]byte(`{"token":`), token)
	return c.answer(append(out, '}'))
}

// serveFile answers with a file of a record, or with a thumb of it (files.md §3).
func serveFile(c *call) error {
	ctx := c.r.Context()
	found, err := c.Files.Find(ctx, c.col, c.r.PathValue("id"), c.r.PathValue("name"), c.fileAsker)
	if err != nil {
		return err
	}
	want := files.Wanted{Size: c.query("thumb"), Format: c.query("format"), Quality: c.query("quality")}
	want.Superuser = want.Size == files.SuperuserSize && c.fileAsker().Trust == caller.Superuser
	o, name, err := c.Files.Open(ctx, found, want)
	if err != nil {
		return err
	}
	defer o.Close()
	c.fileHeaders(o, name, found.Field.Protected)
	if name == found.Name && c.leadToStore(found) {
		return nil
	}
	patience := replyTime + time.Duration(o.Size/slowest)*time.Second
	_ = http.NewResponseController(c.w).SetWriteDeadline(time.Now().Add(patience)) // not every writer has a connection
	http.ServeContent(c.w, c.r, "", o.Modified, o.Content)
	return nil
}

// leadToStore answers with where the store itself serves the file, when the settings want that and it can. The
// store's answer says of type and disposition what ours would have said, so that nothing there comes to life in a
// browser that would not here; it cannot carry our policy, but it has not our origin either.
func (c *call) leadToStore(found *files.Found) bool {
	if conf := &c.Settings.Current().S3; !conf.Enabled || !conf.DirectDownloads || c.r.Method != http.MethodGet {
		return false
	}
	h := c.w.Header()
	as := blob.Sent{Type: h.Get("Content-Type"), Disposition: h.Get("Content-Disposition"), CacheControl: h.Get("Cache-Control")}
	to := c.Files.Direct(c.r.Context(), found, as)
	if to == "" {
		return false
	}
	for _, name := range []string{"Content-Type", "Content-Disposition", "Content-Security-Policy"} {
		h.Del(name)
	}
	if !found.Field.Protected {
		h.Set("Cache-Control", "private, max-age=60") // half of the address's life
	}
	h.Set("Referrer-Policy", "no-referrer") // our address may hold a token
	h.Set("Location", to)
	c.w.WriteHeader(http.StatusFound)
	return true
}

// fileAsker is who asks for a protected file: the token in the query says so, and nothing else does.
func (c *call) fileAsker() *caller.Caller {
	by := *c.by
	by.Context, by.Auth, by.Token, by.Trust = caller.ContextFile, nil, caller.Token{}, caller.Guest
	rec, token, ok := c.Auth.Redeem(c.r.Context(), c.query("token"), auth.KindFile)
	switch {
	case !ok:
	case rec.Collection().ID != schema.SuperusersID:
		by.Auth, by.Token, by.Trust = rec, token, caller.User
	case SuperuserFrom(c.Settings.Current(), c.by.IP):
		by.Auth, by.Token, by.Trust = rec, token, caller.Superuser
	}
	return &by
}

// inlineTypes are the media types that a browser may show by itself; all others are downloads, for they may
// hold scripts.
var inlineTypes = []string{
	"image/png", "image/jpg", "image/jpeg", "image/gif", "image/webp", "image/x-icon", "image/bmp",
	"video/webm", "video/mp4", "video/3gpp", "video/quicktime", "video/x-ms-wmv",
	"audio/basic", "audio/aiff", "audio/mpeg", "audio/midi", "audio/mp3", "audio/wave", "audio/wav",
	"audio/x-wav", "audio/x-mpeg", "audio/x-m4a", "audio/aac",
	"application/pdf", "application/x-pdf",
}

// typeByExtension are media types that content alone does not tell.
var typeByExtension = map[string]string{
	".svg":  "image/svg+xml",
	".css":  "text/css",
	".js":   "text/javascript",
	".mjs":  "text/javascript",
	".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
	".docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
	".pptx": "application/vnd.openxmlformats-officedocument.presentationml.presentation",
}

// filePolicy lets a file that a browser shows do nothing by itself.
const filePolicy = "default-src 'none'; media-src 'self'; style-src 'unsafe-inline'; sandbox"

func (c *call) fileHeaders(o *blob.Object, name string, protected bool) {
	kind := o.Type
	if forced, ok := typeByExtension[path.Ext(name)]; ok {
		kind = forced
	}
	shown := "attachment"
	if slices.Contains(inlineTypes, o.Type) && !c.download() {
		shown = "inline"
	}
	kept := "max-age=2592000, stale-while-revalidate=86400"
	if protected {
		kept = "private, no-store"
	}
	h := c.w.Header()
	h.Set("Content-Type", kind)
	h.Set("Content-Disposition", mime.FormatMediaType(shown, map[string]string{"filename": name}))
	h.Set("Content-Security-Policy", filePolicy)
	h.Set("Cache-Control", kept)
	h.Del("X-Frame-Options") // files may be shown within other pages
}

// download reports whether the file must be saved and not shown. Present and empty means yes: so one client
// says it.
func (c *call) download() bool {
	v, sent := c.by.Query["download"]
	if !sent {
		return false
	}
	yes, err := strconv.ParseBool(v[0])
	return v[0] == "" || yes && err == nil
}
