package api

import (
	"encoding/base64"
	"errors"
	"math"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/holdall-dev/holdall/fault"
	"github.com/holdall-dev/holdall/field"
	"github.com/holdall-dev/holdall/internal/files"
	"github.com/holdall-dev/holdall/internal/files/pending"
	"github.com/holdall-dev/holdall/internal/pbcompat"
	"github.com/holdall-dev/holdall/schema"
)

// Uploads in pieces speak the tus protocol, version 1.0.0, with creation, creation-with-upload, termination
// and expiration (docs/reference/uploads.md).
const (
	tusVersion = "1.0.0"
	pieceType  = "application/offset+octet-stream"
	tusHeaders = "Location, Upload-Offset, Upload-Length, Upload-Expires, Tus-Resumable"
)

// pieceLimit leaves it to the announced size of an upload how much may come.
func pieceLimit(*call) int64 { return math.MaxInt64 - 1 }

// tus is what all these endpoints begin with; ok is false when the answer is given already.
func (c *call) tus() (ok bool) {
	h := c.w.Header()
	h.Set("Tus-Resumable", tusVersion)
	h.Set("Cache-Control", "no-store")
	h.Set("Access-Control-Expose-Headers", tusHeaders)
	if c.r.Header.Get("Tus-Resumable") != tusVersion {
		h.Set("Tus-Version", tusVersion)
		c.refuse(http.StatusPreconditionFailed, "The header Tus-Resumable must be 1.0.0.")
		return false
	}
	return true
}

// refuse answers with a status of that protocol for which no fault stands.
func (c *call) refuse(status int, msg string) {
	writeJSON(c.w, c.r, status, pbcompat.Error{Status: status, Message: msg}.AppendJSON(nil))
}

// createUpload begins an upload, and takes its first bytes when some come along.
func createUpload(c *call) error {
	if !c.tus() {
		return nil
	}
	p, err := c.purpose()
	if err != nil {
		return err
	}
	u, err := c.Files.Pending.Create(p)
	if errors.Is(err, pending.ErrFull) {
		return fault.New(fault.TooMany, "Too many uploads are pending.").Because(err)
	}
	if err != nil {
		return err
	}
	c.w.Header().Set("Location", "/api/uploads/"+u.ID)
	if c.r.Header.Get("Content-Type") == pieceType {
		if u, err = c.piece(u.ID, 0); err != nil {
			return c.interrupted(err)
		}
	}
	c.standing(&u)
	c.w.WriteHeader(http.StatusCreated)
	return nil
}

// purpose reads and judges what an upload is for. Faults: Invalid, NotFound, Forbidden, TooLarge.
func (c *call) purpose() (p pending.Purpose, err error) {
	meta, err := metadata(c.r.Header.Get("Upload-Metadata"))
	if err != nil {
		return p, fault.New(fault.Invalid, "The header Upload-Metadata cannot be read.").Because(err)
	}
	col, ok := c.Catalog.Current().Find(meta["collection"])
	if !ok {
		return p, fault.New(fault.NotFound, "Missing or invalid collection context.")
	}
	if col.IsView() {
		return p, errView()
	}
	f, err := fileField(col, meta["field"])
	if err != nil {
		return p, err
	}
	size, err := strconv.ParseInt(c.r.Header.Get("Upload-Length"), 10, 64)
	if err != nil || size < 0 {
		return p, fault.New(fault.Invalid, "The header Upload-Length must be the size of the file.").Because(err)
	}
	if err := c.Write.MayUpload(c.r.Context(), c.by, col, meta["record"]); err != nil {
		return p, err
	}
	if size > f.MaxFile() {
		return p, fault.New(fault.TooLarge, "")
	}
	p = pending.Purpose{Owner: files.Owner(c.by), From: c.by.IP, Collection: col.ID, Field: f.Name, Name: meta["filename"], Size: size}
	if p.Owner != "" {
		p.From = p.Owner
	}
	return p, nil
}

func fileField(col *schema.Collection, name string) (*field.File, error) {
	if ord := col.Ord(name); ord >= 0 {
		if f, ok := col.Fields[ord].(*field.File); ok {
			return f, nil
		}
	}
	return nil, fault.New(fault.Invalid, "Missing or invalid file field.")
}

// metadata reads "name base64,name base64".
func metadata(header string) (map[string]string, error) {
	meta := map[string]string{}
	for pair := range strings.SplitSeq(header, ",") {
		name, code, _ := strings.Cut(strings.TrimSpace(pair), " ")
		text, err := base64.StdEncoding.DecodeString(code)
		if err != nil {
			return nil, err
		}
		meta[name] = string(text)
	}
	return meta, nil
}

// pendingUpload is the upload that the path names, when the caller may reach it. Fault: NotFound.
func (c *call) pendingUpload() (u pending.Upload, err error) {
	u, err = c.Files.Pending.Get(c.r.PathValue("upload"))
	if err != nil || !files.Reaches(c.by, &u) {
		return u, fault.New(fault.NotFound, "").Because(err)
	}
	return u, nil
}

// standing tells how far an upload is.
func (c *call) standing(u *pending.Upload) {
	h := c.w.Header()
	h.Set("Upload-Offset", strconv.FormatInt(u.Offset, 10))
	h.Set("Upload-Length", strconv.FormatInt(u.Size, 10))
	h.Set("Upload-Expires", u.Expires.UTC().Format(http.TimeFormat))
}

func showUpload(c *call) error {
	if !c.tus() {
		return nil
	}
	u, err := c.pendingUpload()
	if err != nil {
		return err
	}
	c.standing(&u)
	c.w.WriteHeader(http.StatusOK)
	return nil
}

// addToUpload takes more bytes. What arrives before a connection breaks counts.
func addToUpload(c *call) error {
	if !c.tus() {
		return nil
	}
	u, err := c.pendingUpload()
	if err != nil {
		return err
	}
	if c.r.Header.Get("Content-Type") != pieceType {
		c.refuse(http.StatusUnsupportedMediaType, "The Content-Type must be "+pieceType+".")
		return nil
	}
	at, err := strconv.ParseInt(c.r.Header.Get("Upload-Offset"), 10, 64)
	if err != nil || at < 0 {
		return fault.New(fault.Invalid, "The header Upload-Offset must say where the bytes begin.").Because(err)
	}
	if c.r.ContentLength > u.Size-at {
		return fault.New(fault.TooLarge, "")
	}
	if u, err = c.piece(u.ID, at); err != nil {
		return c.interrupted(err)
	}
	c.standing(&u)
	return c.done()
}

// piece adds the body to an upload.
func (c *call) piece(id string, at int64) (pending.Upload, error) {
	c.paced()
	u, err := c.Files.Pending.Append(c.r.Context(), id, at, c.r.Body)
	conn := http.NewResponseController(c.w)
	_ = conn.SetWriteDeadline(time.Now().Add(replyTime)) // not every writer has a connection
	return u, err
}

// interrupted says why bytes were not taken to their end.
func (c *call) interrupted(err error) error {
	switch {
	case errors.Is(err, pending.ErrOffset):
		c.refuse(http.StatusConflict, "The bytes do not begin where the upload ends.")
	case errors.Is(err, pending.ErrBusy):
		c.refuse(http.StatusLocked, "The upload is being written to.")
	case errors.Is(err, pending.ErrNotFound):
		return fault.New(fault.NotFound, "").Because(err)
	default:
		return fault.New(fault.Unavailable, "").Because(err)
	}
	return nil
}

func dropUpload(c *call) error {
	if !c.tus() {
		return nil
	}
	u, err := c.pendingUpload()
	if err != nil {
		return err
	}
	if err := c.Files.Pending.Remove(u.ID); err != nil {
		return err
	}
	return c.done()
}
