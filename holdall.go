// Package holdall is Holdall as a library: a back end with typed collections, access rules, sign-in and a
// REST API, opened on a data directory and served as an http.Handler.
//
//	app, err := holdall.Open(ctx, holdall.Options{Dir: "data"})
//	if err != nil { … }
//	defer app.Close()
//	http.Handle("/api/", app.Handler())
package holdall

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"os"
	"path/filepath"
	"runtime/debug"
	"strings"
	"sync"
	"time"

	"github.com/holdall-dev/holdall/fault"
	"github.com/holdall-dev/holdall/hook"
	"github.com/holdall-dev/holdall/internal/access"
	"github.com/holdall-dev/holdall/internal/api"
	"github.com/holdall-dev/holdall/internal/auth"
	"github.com/holdall-dev/holdall/internal/auth/provider"
	"github.com/holdall-dev/holdall/internal/blob"
	"github.com/holdall-dev/holdall/internal/blob/fsblob"
	"github.com/holdall-dev/holdall/internal/catalog"
	"github.com/holdall-dev/holdall/internal/channel"
	"github.com/holdall-dev/holdall/internal/dashboard"
	"github.com/holdall-dev/holdall/internal/files"
	"github.com/holdall-dev/holdall/internal/files/pending"
	"github.com/holdall-dev/holdall/internal/mail"
	"github.com/holdall-dev/holdall/internal/mail/outbox"
	"github.com/holdall-dev/holdall/internal/mesh"
	"github.com/holdall-dev/holdall/internal/migrate"
	"github.com/holdall-dev/holdall/internal/netguard"
	"github.com/holdall-dev/holdall/internal/read"
	"github.com/holdall-dev/holdall/internal/realtime"
	"github.com/holdall-dev/holdall/internal/settings"
	"github.com/holdall-dev/holdall/internal/store"
	"github.com/holdall-dev/holdall/internal/store/postgres"
	"github.com/holdall-dev/holdall/internal/store/sqlite"
	"github.com/holdall-dev/holdall/internal/tally"
	"github.com/holdall-dev/holdall/internal/write"
	"github.com/holdall-dev/holdall/record"
)

// Options are fixed for the life of an App. The zero value serves the folder "data".
type Options struct {
	// Dir is the data directory; it is made when it is not there. "" is "data".
	Dir string
	// DB is the PostgreSQL that keeps the data, as a URL ("postgres://user@host/name") or key=value pairs; many
	// processes may share it. "" is a file in the data directory, for this process alone. What no database
	// keeps (files, unless they are in an object store, and unfinished uploads) is in the directory either way.
	DB string
	// DBWait is how long Open waits for a PostgreSQL that does not answer; 0 is a minute.
	DBWait time.Duration
	// SettingsKey decrypts the settings of an imported directory that was encrypted; 32 bytes, or "".
	SettingsKey string
	// Origins are the origins of web pages that may read answers; none allows all. Patterns may use * and ?.
	Origins []string
	// AllowHosts are hosts of your own network that the server may send requests to: a name or an address, with
	// or without a port, or a network such as "10.1.0.0/16". Without it only public addresses are reached,
	// whatever a provider's configuration or an avatar's address says.
	AllowHosts []string
	// IDTokenLeeway is how far the clocks of sign-in providers may differ from ours; 0 is five minutes.
	IDTokenLeeway time.Duration
	// ThumbWorkers is how many thumbs are made at a time; 0 is one for each processor and two more. ThumbWait is how
	// long one waits for its turn before the picture itself is served; 0 is a minute.
	ThumbWorkers int
	ThumbWait    time.Duration
	// RelaxedSync lets a power cut take the last commits, for a single writer's speed. Without it a write
	// that was answered is on stable storage.
	RelaxedSync bool

	// EnableSQL switches the dashboard's SQL console on: superusers may then read tables by statements of their own.
	EnableSQL bool

	// DevMail takes the mails and text messages of a laptop: while no mail server, or no SMS gateway, is set up,
	// they are written there as text instead of being sent. nil has mails sent by the local sendmail program.
	DevMail io.Writer
	// Version is what the dashboard says it belongs to; "" says nothing.
	Version string
	// Now is the clock; nil is the system's. With another one, guesses are not counted on several servers together: that
	// is done by the database's clock.
	Now func() time.Time
	// Log takes what an operator should know; nil is slog's default.
	Log *slog.Logger
}

func (o Options) withDefaults() Options {
	if o.Dir == "" {
		o.Dir = "data"
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Log == nil {
		o.Log = slog.Default()
	}
	return o
}

// App is one open data directory. It is safe for concurrent use.
type App struct {
	// Hooks are the points where the program joins what Holdall does; register before serving.
	Hooks *hook.Points

	o        Options
	lock     *dirLock
	node     string          // this process among those that share the store
	out      *netguard.Guard // the way to everybody else
	store    store.Store
	mesh     *mesh.Mesh // the other processes that share the store; nil when none can
	catalog  *catalog.Service
	settings *settings.Service
	write    *write.Service
	realtime *realtime.Broker
	auth     *auth.Service
	outbox   *outbox.Outbox
	messages *outbox.Outbox
	showing  sync.Mutex // keeps mails that are shown at the same time apart
	rates    *tally.Shares
	clocked  bool // the clock is not the system's
	handler  http.Handler
	desk     *dashboard.Service
	buckets  *buckets
	pending  *pending.Shelf
	files    *files.Service
	jobs     sync.WaitGroup
	stop     context.CancelFunc // ends the jobs
}

// Open opens the data directory for this process alone. A second Open of the same directory fails with a
// sentence that says so.
func Open(ctx context.Context, o Options) (_ *App, err error) {
	a := &App{o: o.withDefaults(), Hooks: new(hook.Points), clocked: o.Now != nil}
	defer func() {
		if err != nil {
			err = errors.Join(err, a.Close())
		}
	}()
	if err := a.openData(ctx); err != nil {
		return nil, err
	}
	a.assemble()
	if err := a.realtime.Start(ctx); err != nil {
		return nil, fmt.Errorf("follow the log of %s: %w", a.o.Dir, err)
	}
	if a.outbox, err = a.openOutbox(ctx, "mail", a.auth.Deliver); err != nil {
		return nil, err
	}
	if a.messages, err = a.openOutbox(ctx, "message", a.auth.DeliverMessage); err != nil {
		return nil, err
	}
	a.start()
	if a.mesh != nil {
		a.mesh.Joined(ctx)
	}
	return a, nil
}

// openData opens what lies in the data directory, for this process alone; nothing runs yet.
func (a *App) openData(ctx context.Context) (err error) {
	if a.out, err = netguard.New(netguard.Options{Allow: a.o.AllowHosts}); err != nil {
		return fmt.Errorf("allowed hosts: %w", err)
	}
	if err := os.MkdirAll(a.o.Dir, 0o700); err != nil {
		return fmt.Errorf("make the data directory: %w", err)
	}
	if a.lock, err = lockDir(a.o.Dir); err != nil {
		return err
	}
	if err := a.openStore(ctx); err != nil {
		return err
	}
	if err := migrate.Finished(ctx, a.store); err != nil {
		return fmt.Errorf("this database cannot be used yet: %w", err)
	}
	if a.catalog, err = catalog.Open(ctx, a.store, a.o.Now); err != nil {
		return fmt.Errorf("load the collections: %w", err)
	}
	if a.settings, err = settings.Open(ctx, keeper{a.store}, a.o.SettingsKey); err != nil {
		return fmt.Errorf("load the settings: %w", err)
	}
	local, err := fsblob.Open(filepath.Join(a.o.Dir, "storage"))
	if err != nil {
		return fmt.Errorf("open the files of %s: %w", a.o.Dir, err)
	}
	a.buckets = &buckets{local: local, out: a.out}
	if a.pending, err = pending.Open(filepath.Join(a.o.Dir, "uploads"), a.o.Now, pending.Limits{}); err != nil {
		return fmt.Errorf("open the uploads of %s: %w", a.o.Dir, err)
	}
	return nil
}

// openStore opens the database.
func (a *App) openStore(ctx context.Context) (err error) {
	if a.o.DB != "" {
		if a.node, err = nodeOf(a.o.Dir); err != nil {
			return err
		}
		return a.openPostgres(ctx)
	}
	a.node = "main" // the only process that ever has the file
	path := filepath.Join(a.o.Dir, "data.db")
	if err := private(path); err != nil {
		return fmt.Errorf("open the database: %w", err)
	}
	if a.store, err = sqlite.Open(ctx, sqlite.Options{Path: path, Normal: a.o.RelaxedSync, Now: a.o.Now, Log: a.o.Log}); err != nil {
		return fmt.Errorf("open the database %s: %w", path, err)
	}
	return nil
}

// openPostgres opens a database that other processes may share.
func (a *App) openPostgres(ctx context.Context) error {
	st, err := postgres.Open(ctx, postgres.Options{DSN: a.o.DB, Wait: a.o.DBWait, Now: a.o.Now, Log: a.o.Log})
	if err != nil {
		return err
	}
	shared, ok := st.(*postgres.Store)
	if !ok {
		return fmt.Errorf("the database opened as %T", st)
	}
	a.store, a.mesh = st, mesh.New(mesh.Needs{
		Bus: shared.Bus(), Node: a.node, Now: a.o.Now, Log: a.o.Log,
		Local: func() bool { return !a.settings.Current().S3.Enabled },
	})
	return nil
}

// nodeOf is the name of a data directory among those that share a database. It stays when the process is
// started again, so that what it had claimed is its own again at once.
func nodeOf(dir string) (string, error) {
	path := filepath.Join(dir, "node")
	if name, err := os.ReadFile(path); err == nil && len(name) > 0 {
		return strings.TrimSpace(string(name)), nil
	}
	name := strings.ToLower(rand.Text()[:12])
	if err := os.WriteFile(path, []byte(name+"\n"), 0o600); err != nil {
		return "", fmt.Errorf("keep the name of this node: %w", err)
	}
	return name, nil
}

// private makes sure that a new file is for its owner alone.
func private(path string) error {
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return err
	}
	return f.Close()
}

// assemble makes the services that stand on an open store; it is the one place that knows them all.
func (a *App) assemble() {
	gate := access.New(a.catalog.Current)
	hasher := write.NewHasher()
	a.files = files.New(files.Needs{
		Store: a.store, Gate: gate, Catalog: a.catalog.Current, Origin: a.catalog.Origin, Now: a.o.Now, Log: a.o.Log,
		Bucket: func() blob.Bucket { return a.buckets.current(a.settings.Current().S3) }, Node: a.node, Pending: a.pending,
		Thumbs: files.Thumbs{Workers: a.o.ThumbWorkers, Wait: a.o.ThumbWait},
	})
	a.write = write.New(write.Needs{
		Store: a.store, Gate: gate, Catalog: a.catalog.Current, Hooks: a.Hooks, Now: a.o.Now,
		KnowsProvider: catalog.KnownProvider, Log: a.o.Log, Hasher: hasher, Files: a.files,
		Renewed:  func(ctx context.Context, was, is *record.Record) { a.auth.Renewed(ctx, was, is) },
		SignedUp: func(ctx context.Context, rec *record.Record) error { return a.auth.SignedUp(ctx, rec) },
	})
	a.auth = auth.New(auth.Needs{
		Store: a.store, Gate: gate, Write: a.write, Hasher: hasher, Catalog: a.catalog.Current, Now: a.o.Now, Hooks: a.Hooks,
		Tries:         a.exact(),
		SuperuserFrom: func(ip string) bool { return api.SuperuserFrom(a.settings.Current(), ip) },
		Settings:      a.settings.Current, Mail: mail.SenderFunc(a.sendMail), Log: a.o.Log,
		Put: func(ctx context.Context, m outbox.Wish) error { return a.outbox.Put(ctx, m) },
		PutWith: func(ctx context.Context, m outbox.Wish, set func(context.Context, string, []byte) error) (func(), error) {
			return a.outbox.PutWith(ctx, m, set)
		},
		SMS: a.gateways(), PutMessage: func(ctx context.Context, m outbox.Wish) error { return a.messages.Put(ctx, m) },
	})
	a.rates = tally.NewShares(a.o.Now, rand.Text())
	a.store.OnTurn(a.turn)
	a.catalog.LogTo(a.o.Log)
	a.catalog.OnChange(a.followRename)
	a.settings.OnCheck(func(next *settings.Settings, fs fault.Fields) { channel.Check(a.catalog.Current(), next, fs) })
	a.catalog.OnChange(func(_ map[string]string, dropped []string) { a.files.Changed(dropped) })
	a.desk = a.dashboard(gate)
	a.catalog.OnChange(a.forget)
	reads := read.New(a.store, gate, a.catalog.Current)
	providers := a.providers()
	a.realtime = realtime.New(realtime.Needs{
		Store: a.store, Gate: gate, Read: reads, Catalog: a.catalog.Current, Now: a.o.Now, Log: a.o.Log,
		MaxPerIP: func() int { return a.settings.Current().Realtime.MaxPerIP },
		Settings: func() *settings.Realtime { return &a.settings.Current().Realtime },
		Hooks:    a.Hooks, Relay: a.relay(), Node: a.node,
		Keep: func() realtime.Keep {
			r := &a.settings.Current().Realtime
			return realtime.Keep{Age: time.Duration(r.KeepHours) * time.Hour, Changes: r.KeepChanges}
		},
	})
	a.handler = api.New(api.Needs{
		Peers: a.peers(), Rates: a.rates, Exact: a.exact(),
		Store: a.store, Catalog: a.catalog, Settings: a.settings, Write: a.write, Auth: a.auth, Files: a.files,
		Dashboard: a.desk,
		Read:      reads, Realtime: a.realtime, OAuth2: providers, Out: a.out, Pusher: a.realtime,
		Waiting: func() (mails, messages int) { return a.outbox.Waiting(), a.messages.Waiting() },
		Origins: a.o.Origins, Now: a.o.Now, Log: a.o.Log,
	})
	a.answerPeers(providers)
}

// relay carries what is said in channels to other processes; nil when there are none.
func (a *App) relay() channel.Relay {
	if a.mesh == nil {
		return nil
	}
	return a.mesh
}

// shared is the name of this process among those that share the store; "" when none can.
func (a *App) shared() string {
	if a.mesh == nil {
		return ""
	}
	return a.node
}

// peers are the other processes as requests see them; nil when there are none.
func (a *App) peers() api.Peers {
	if a.mesh == nil {
		return nil
	}
	return a.mesh
}

// answerPeers answers what other processes ask.
func (a *App) answerPeers(providers *provider.Service) {
	if a.mesh == nil {
		return
	}
	a.mesh.Answer(api.AboutRequest, api.Passed(a.handler))
	a.mesh.Answer(aboutRates, a.hearRates)
	a.mesh.Answer(api.AboutName, api.Named(providers))
	a.mesh.Answer(api.AboutSchema, func(ctx context.Context, _ []byte) []byte {
		if st, ok := a.store.(*postgres.Store); ok {
			if err := st.CatchUp(ctx); err != nil {
				a.o.Log.Warn("what another server changed is in force here a moment later", "error", err)
			}
		}
		return nil
	})
}

// dashboard answers what the dashboard asks beyond the public API.
func (a *App) dashboard(gate *access.Gate) *dashboard.Service {
	n := dashboard.Needs{
		Store: a.store, Gate: gate, Write: a.write, Catalog: a.catalog, Settings: a.settings, Version: a.o.Version, Engine: "sqlite", Origins: a.o.Origins, Now: a.o.Now,
	}
	if a.o.DB != "" {
		n.Engine = "postgres"
	}
	if a.o.EnableSQL {
		n.Console, _ = a.store.(store.Console)
	}
	return dashboard.New(n)
}

// providers are asked through the guard: ten seconds and a megabyte for an answer, more for a picture.
func (a *App) providers() *provider.Service {
	return provider.New(provider.Needs{
		Client:   a.out.Client(netguard.Limits{Bytes: 1 << 20, Time: 10 * time.Second}),
		Pictures: a.out.Client(netguard.Limits{Bytes: 32 << 20, Time: 10 * time.Second}),
		Now:      a.o.Now, Leeway: a.o.IDTokenLeeway,
	})
}

// start begins what runs beside requests.
func (a *App) start() {
	ctx, stop := context.WithCancel(context.Background())
	a.stop = stop
	a.beside("looking after files", func() { a.files.Run(ctx) })
	if a.mesh != nil {
		a.beside("speaking with other servers", func() { a.mesh.Run(ctx) })
		a.beside("sharing rate limits", func() { a.shareRates(ctx) })
	}
	a.beside("sweeping what is over", func() { a.sweep(ctx) })
}

// beside runs fn until Close waits for it. A panic ends the job and not the process.
func (a *App) beside(what string, fn func()) {
	a.jobs.Go(func() {
		defer func() {
			if p := recover(); p != nil {
				a.o.Log.Error("a job ended with a panic", "job", what, "panic", p, "stack", string(debug.Stack()))
			}
		}()
		fn()
	})
}

// turn makes what another process changed true here as well. It runs before the log tells of what was written
// afterwards.
func (a *App) turn() {
	ctx, cancel := context.WithTimeout(context.Background(), turnTime)
	defer cancel()
	if err := errors.Join(a.catalog.Refresh(ctx), a.settings.Refresh(ctx)); err != nil {
		a.o.Log.Error("collections or settings of another process are not in force here", "error", err)
	}
}

// turnTime is how long to wait for collections and settings of another process.
const turnTime = 10 * time.Second

// followRename makes rate limits that name a renamed collection follow it.
func (a *App) followRename(renamed map[string]string, _ []string) {
	if err := a.settings.RenameLabels(context.Background(), renamed); err != nil {
		a.o.Log.Error("rate limits of a renamed collection keep its old name", "error", err)
	}
}

// forget removes what the dashboard keeps beside collections that are no more.
func (a *App) forget(_ map[string]string, dropped []string) {
	if err := a.desk.Forget(context.Background(), dropped); err != nil {
		a.o.Log.Error("views of a dropped collection, or tests of its rules, are still kept", "error", err)
	}
}

// Database says which PostgreSQL keeps the data, without the password; "" when it is a file.
func (a *App) Database() string {
	if st, ok := a.store.(*postgres.Store); ok {
		return st.String()
	}
	return ""
}

// Handler answers the whole API, below /api/, and the start page, below /_/.
func (a *App) Handler() http.Handler { return a.handler }

// Close ends what runs, flushes, and lets another process have the directory. It may be called twice.
func (a *App) Close() error {
	var errs []error
	if a.realtime != nil {
		a.realtime.Close()
		a.realtime = nil
	}
	if a.stop != nil {
		a.stop()
		a.jobs.Wait()
	}
	for _, o := range []**outbox.Outbox{&a.outbox, &a.messages} {
		if *o != nil {
			(*o).Close()
			*o = nil
		}
	}
	if a.buckets != nil {
		errs = append(errs, a.buckets.close())
		a.buckets = nil
	}
	if a.store != nil {
		errs = append(errs, a.store.Close())
		a.store = nil
	}
	if a.lock != nil {
		errs = append(errs, a.lock.release())
		a.lock = nil
	}
	return errors.Join(errs...)
}

// keeper keeps settings in the store.
type keeper struct{ store.Store }

// SetParam keeps one named setting.
func (k keeper) SetParam(ctx context.Context, key string, value []byte) error {
	_, err := k.Update(ctx, func(tx store.Tx) error { return tx.SetParam(ctx, key, value) })
	return err
}
