// Command holdall serves a data directory and looks after it.
package main

import (
	"context"
	"fmt"
	"os"
	"os/signal"
	"runtime/debug"
	"slices"
	"strings"
	"syscall"

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

// root is the whole command line.
func root() *cobra.Command {
	var dir string
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
	cmd.PersistentFlags().StringVar(&dir, "dir", "data", "the data directory")
	cmd.AddCommand(serveCommand(&dir), superuserCommand(&dir), importCommand(&dir), filesCommand(&dir), versionCommand())
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
