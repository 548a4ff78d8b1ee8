package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"os"
	"path/filepath"
	"runtime/debug"
	"syscall"

	"github.com/spf13/cobra"

	"github.com/holdall-dev/holdall"
)

// serveFlags are what serve can be told besides the directory.
type serveFlags struct {
	http    string
	origins []string
	hosts   []string
	keyEnv  string
	relaxed bool
	devMail bool
	sql     bool
}

func serveCommand(at *place) *cobra.Command {
	var f serveFlags
	cmd := &cobra.Command{
		Use:   "serve",
		Short: "Serve a data directory until SIGINT or SIGTERM",
		Args:  cobra.NoArgs,
		RunE:  func(cmd *cobra.Command, _ []string) error { return serve(cmd.Context(), cmd.OutOrStdout(), at, f) },
	}
	cmd.Flags().StringVar(&f.http, "http", "127.0.0.1:8090", "the address to listen on")
	cmd.Flags().StringSliceVar(&f.origins, "origins", nil, "origins of web pages that may read answers (default all)")
	cmd.Flags().StringSliceVar(&f.hosts, "allow-host", nil, "hosts or networks that are not public and may be reached all the same, such as a sign-in provider of your own")
	cmd.Flags().StringVar(&f.keyEnv, "encryptionEnv", "", "the environment variable that holds the 32 byte key of encrypted settings")
	cmd.Flags().BoolVar(&f.relaxed, "relaxed-sync", false, "do not wait for stable storage: a power cut may take the last writes")
	cmd.Flags().BoolVar(&f.devMail, "dev-mail", false, "while no mail server is set up, print mails instead of sending them")
	cmd.Flags().BoolVar(&f.sql, "enable-sql", false, "let superusers read tables by SQL in the dashboard")
	return cmd
}

// serve opens the directory and answers until ctx ends; then what is in flight ends and the database closes.
func serve(ctx context.Context, out io.Writer, at *place, f serveFlags) (err error) {
	l, err := listen(ctx, f.http)
	if err != nil {
		return err
	}
	defer l.Close()
	collectLess()
	var mails io.Writer
	if f.devMail {
		mails = out
	}
	o := holdall.Options{
		Dir:         at.dir,
		DB:          at.db,
		DBWait:      at.wait,
		DevMail:     mails,
		SettingsKey: os.Getenv(f.keyEnv),
		Origins:     f.origins,
		AllowHosts:  f.hosts,
		RelaxedSync: f.relaxed,
		EnableSQL:   f.sql,
		Version:     number(),
		Log:         slog.New(slog.NewTextHandler(os.Stderr, nil)),
	}
	if err := environment(os.Getenv, &o); err != nil {
		return err
	}
	app, err := holdall.Open(ctx, o)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, app.Close()) }()
	defer os.Remove(filepath.Join(at.dir, setupFile))
	if err := greet(ctx, out, app, at, l.Addr().String()); err != nil {
		return err
	}
	return app.Serve(ctx, l)
}

// collectLess lets the heap grow to five times what lives before it is collected: that is a few megabytes
// more and a tenth less work. Who sets GOGC knows better.
func collectLess() {
	if os.Getenv("GOGC") == "" {
		debug.SetGCPercent(400)
	}
}

func listen(ctx context.Context, addr string) (net.Listener, error) {
	l, err := new(net.ListenConfig).Listen(ctx, "tcp", addr)
	if errors.Is(err, syscall.EADDRINUSE) {
		return nil, fmt.Errorf("the address %s is already in use: stop the other program or choose another address with --http", addr)
	}
	if err != nil {
		return nil, fmt.Errorf("cannot listen on %s: %w", addr, err)
	}
	return l, nil
}

// greet says where things are, and how to make the first superuser.
func greet(ctx context.Context, out io.Writer, app *holdall.App, at *place, addr string) error {
	dir := at.dir
	if abs, err := filepath.Abs(dir); err == nil {
		dir = abs
	}
	fmt.Fprintf(out, "Holdall %s\n  API        http://%s/api/\n  Dashboard  http://%s/_/\n  Data       %s\n", number(), addr, addr, dir)
	if at.db != "" {
		fmt.Fprintf(out, "  Database   %s\n", app.Database())
	}
	has, err := app.HasSuperuser(ctx)
	if err != nil {
		return err
	}
	if !has {
		if err := offerSetup(out, app, dir, addr); err != nil {
			return err
		}
	}
	fmt.Fprintln(out, "Ready. Stop with Ctrl+C.")
	return nil
}

// setupFile holds the link to the first superuser for whoever does not see the output.
const setupFile = "setup-link"

// offerSetup prints the link by which the first superuser is made, and puts it into a file for the owner alone.
func offerSetup(out io.Writer, app *holdall.App, dir, addr string) error {
	link := fmt.Sprintf("http://%s/_/#/setup/%s", addr, app.OfferSetup())
	if err := os.WriteFile(filepath.Join(dir, setupFile), []byte(link+"\n"), 0o600); err != nil {
		return fmt.Errorf("keep the link to the first superuser: %w", err)
	}
	fmt.Fprintf(out, "\nThere is no superuser yet. Open this link within 30 minutes; it works once:\n  %s\nOr stop the server and run\n  holdall superuser create EMAIL PASSWORD --dir %s\n\n", link, dir)
	return nil
}
