// Command holdall serves a data directory and looks after it.
package main

import (
	"context"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"runtime/debug"
	"slices"
	"strings"
	"syscall"
	"time"

	"github.com/spf13/cobra"

	"github.com/holdall-dev/holdall/fault"
)

// version is set by the linker.
var version = ""

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	err := root().ExecuteContext(ctx)
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, "Error: "+explain(err))
		os.Exit(1)
	}
}

// place is where the data lies.
type place struct {
	dir string
	db  string // "" is a file in the directory
	// wait is how long to wait for a database that does not answer at the start.
	wait time.Duration
}

// exists reports why there is no data here.
func (p *place) exists() error {
	if p.db != "" {
		return nil // the database will say
	}
	if _, err := os.Stat(filepath.Join(p.dir, "data.db")); err != nil {
		return fmt.Errorf("%s is not a data directory: %w", p.dir, err)
	}
	return nil
}

// root is the whole command line.
func root() *cobra.Command {
	var at place
	cmd := &cobra.Command{
		Use:           "holdall",
		Short:         "One binary that gives an application its back end",
		SilenceUsage:  true,
		SilenceErrors: true,
		Version:       number(),
		Args:          cobra.NoArgs,
		RunE:          func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	cmd.CompletionOptions.HiddenDefaultCmd = true
	cmd.PersistentFlags().StringVar(&at.dir, "dir", "data", "the data directory")
	cmd.PersistentFlags().StringVar(&at.db, "db", os.Getenv("HOLDALL_DB"), "the PostgreSQL that keeps the data instead of a file in the directory, as postgres://user@host/name (default $HOLDALL_DB)")
	cmd.PersistentFlags().DurationVar(&at.wait, "db-wait", time.Minute, "how long to wait at the start for a database that does not answer")
	cmd.AddCommand(serveCommand(&at), superuserCommand(&at), importCommand(&at), migrateCommand(&at), filesCommand(&at), rulesCommand(&at), accessCommand(&at), versionCommand())
	return cmd
}

func versionCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "version",
		Short: "Print the version",
		Args:  cobra.NoArgs,
		Run:   func(cmd *cobra.Command, _ []string) { fmt.Fprintln(cmd.OutOrStdout(), "holdall "+number()) },
	}
}

// number is the version that the linker was told, else that of the module.
func number() string {
	if version != "" {
		return version
	}
	if info, ok := debug.ReadBuildInfo(); ok && info.Main.Version != "" {
		return info.Main.Version
	}
	return "dev"
}

// explain says in one line what went wrong. Of a fault it tells what a client would be told.
func explain(err error) string {
	f, ok := fault.Of(err)
	if !ok {
		return oneLine(err)
	}
	parts := explainFields("", f.Fields)
	if f.Msg != "" {
		parts = append([]string{f.Msg}, parts...)
	}
	if len(parts) == 0 {
		return oneLine(err)
	}
	return strings.Join(parts, " ")
}

func explainFields(prefix string, fields fault.Fields) (parts []string) {
	for name, f := range fields {
		if len(f.Fields) > 0 {
			parts = append(parts, explainFields(prefix+name+".", f.Fields)...)
			continue
		}
		parts = append(parts, prefix+name+": "+f.Msg)
	}
	slices.Sort(parts)
	return parts
}

// oneLine joins what several errors say.
func oneLine(err error) string {
	return strings.Join(slices.DeleteFunc(strings.Split(err.Error(), "\n"), func(s string) bool { return s == "" }), "; ")
}
