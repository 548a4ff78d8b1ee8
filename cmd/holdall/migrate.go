package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/holdall-dev/holdall"
)

func migrateCommand(at *place) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "migrate",
		Short: "Move the data between a data directory and PostgreSQL",
		Args:  cobra.NoArgs,
		RunE:  func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	cmd.AddCommand(&cobra.Command{
		Use:   "to postgres://…|sqlite",
		Short: "Move the data of --dir into an empty PostgreSQL, or that of --db into a new --dir",
		Long: "Move the data of a directory into an empty PostgreSQL:\n\n  holdall migrate to postgres://user@host/name --dir data\n\n" +
			"or that of a PostgreSQL into a directory that has none:\n\n  holdall migrate to sqlite --db postgres://user@host/name --dir new\n\n" +
			"Stop all servers first. The source is only read. Every table is counted and compared row by row at the end.\n" +
			"It may be interrupted at any moment: run it again and it goes on. Files of records stay where they are.",
		Args: words(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			o := holdall.Options{Dir: at.dir, DB: at.db, DBWait: at.wait, Log: slog.New(slog.NewTextHandler(os.Stderr, nil))}
			if args[0] == "sqlite" {
				return migrateToSQLite(cmd.Context(), cmd.OutOrStdout(), o)
			}
			if cmd.Flags().Changed("db") {
				return errors.New("--db names the source of migrate to sqlite: where to move the data of --dir is said once, behind to")
			}
			o.DB = args[0]
			return migrateToPostgres(cmd.Context(), cmd.OutOrStdout(), o)
		},
	})
	return cmd
}

func migrateToPostgres(ctx context.Context, out io.Writer, o holdall.Options) error {
	if !isDSN(o.DB) {
		return fmt.Errorf("cannot move to %q: name a database as postgres://user@host/name, or sqlite", o.DB)
	}
	m := newMeter(out)
	done, err := holdall.MigrateToPostgres(ctx, o, m.progress)
	if m.close(); err != nil {
		return explainMove(ctx, o.Dir, err)
	}
	m.report(done)
	fmt.Fprintf(out, "%s is as it was; it still holds the files of records. Serve it with: HOLDALL_DB=postgres://… holdall serve --dir %s\n", o.Dir, o.Dir)
	fmt.Fprintln(out, "Nodes on other machines need the files too: share the directory's storage folder, or run holdall files move --to s3.")
	return nil
}

func migrateToSQLite(ctx context.Context, out io.Writer, o holdall.Options) error {
	if o.DB == "" {
		return errors.New("say which PostgreSQL to move the data of: --db postgres://user@host/name")
	}
	m := newMeter(out)
	done, err := holdall.MigrateToSQLite(ctx, o, m.progress)
	if m.close(); err != nil {
		return explainMove(ctx, o.Dir, err)
	}
	m.report(done)
	fmt.Fprintf(out, "The database is as it was. Files of records that lie in the storage folder of a node are not moved: copy that folder to %s.\n", o.Dir)
	fmt.Fprintf(out, "Serve it with: holdall serve --dir %s\n", o.Dir)
	return nil
}

// explainMove says what to do about a move that failed.
func explainMove(ctx context.Context, dir string, err error) error {
	switch {
	case errors.Is(err, holdall.ErrInUse):
		return fmt.Errorf("the server is running on %s: stop it first", dir)
	case ctx.Err() != nil:
		return errors.New("interrupted: run the same command again and it goes on")
	}
	return err
}

// isDSN reports whether a word is meant as the address of a PostgreSQL.
func isDSN(word string) bool {
	return strings.HasPrefix(word, "postgres://") || strings.HasPrefix(word, "postgresql://") || strings.Contains(word, "=")
}

// meter shows how far a move is: a bar on a terminal, a line for every ended step elsewhere.
type meter struct {
	out   io.Writer
	bar   bool
	begun time.Time // of the whole
	since time.Time // of what is being done
	first int64     // rows that were there when it began
	told  time.Time
	at    holdall.MigrateProgress
}

func newMeter(out io.Writer) *meter {
	m := &meter{out: out, begun: time.Now()}
	if f, ok := out.(*os.File); ok {
		st, err := f.Stat()
		m.bar = err == nil && st.Mode()&os.ModeCharDevice != 0
	}
	return m
}

func (m *meter) progress(p holdall.MigrateProgress) {
	if p.Doing != m.at.Doing || p.Table != m.at.Table {
		m.close()
		m.since, m.first = time.Now(), p.Done
	}
	m.at = p
	if m.bar && time.Since(m.told) > time.Second/10 {
		m.told = time.Now()
		fmt.Fprintf(m.out, "\r\x1b[K%s %s", m.line(), barOf(p.Done, p.Total))
	}
}

// close ends the line of what was being done.
func (m *meter) close() {
	if m.at.Doing == "" {
		return
	}
	if m.bar {
		fmt.Fprint(m.out, "\r\x1b[K")
	}
	if m.at.Doing != holdall.MigrateComparing { // the report has those
		fmt.Fprintln(m.out, m.line())
	}
	m.at = holdall.MigrateProgress{}
}

func (m *meter) line() string {
	what := fmt.Sprintf("  %-7s %-30s %10d", m.at.Doing, m.at.Table, m.at.Total)
	if m.at.Doing == holdall.MigrateIndexing {
		return what + " index(es)"
	}
	what += " rows"
	if m.at.Done < m.at.Total {
		what = fmt.Sprintf("  %-7s %-30s %10d of %d", m.at.Doing, m.at.Table, m.at.Done, m.at.Total)
	}
	took := time.Since(m.since)
	if rows := m.at.Done - m.first; rows >= 1000 && took > 0 {
		what += fmt.Sprintf(", %.0f a second", float64(rows)/took.Seconds())
	}
	return what
}

const barWidth = 30

func barOf(done, total int64) string {
	full := barWidth
	if total > 0 {
		full = int(barWidth * min(done, total) / total)
	}
	return "[" + strings.Repeat("#", full) + strings.Repeat(".", barWidth-full) + "]"
}

func (m *meter) report(r *holdall.Migration) {
	for _, t := range r.Tables {
		fmt.Fprintf(m.out, "  same    %-30s %10d rows, checksum %.16s\n", t.Table, t.Rows, t)
	}
	took := time.Since(m.begun)
	fmt.Fprintf(m.out, "Moved %d rows of %d tables in %.1f s; counts and checksums of source and target are equal.\n", r.Rows, len(r.Tables), took.Seconds())
	if r.Altered > 0 {
		fmt.Fprintf(m.out, "%d rows held a value that PostgreSQL does not know, such as text that is no UTF-8; its nearest spelling was moved (docs/reference/engines.md).\n", r.Altered)
	}
}
