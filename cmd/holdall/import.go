package main

import (
	"fmt"
	"io"

	"github.com/spf13/cobra"

	"github.com/holdall-dev/holdall/internal/pbcompat/pbimport"
)

func importCommand(at *place) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "import",
		Short: "Take over data of another product",
		Args:  cobra.NoArgs,
		RunE:  func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	cmd.AddCommand(&cobra.Command{
		Use:   "pocketbase PB_DATA",
		Short: "Make a data directory of a PocketBase one (v0.23 to v0.39); the source is only read",
		Args:  words(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			out := cmd.OutOrStdout()
			r, err := pbimport.Import(cmd.Context(), pbimport.Options{
				Source:   args[0],
				Target:   at.dir,
				Progress: func(s pbimport.Step) { printStep(out, s) },
			})
			if err != nil {
				return err
			}
			fmt.Fprintf(out, "Imported %d rows of %d tables and %d files into %s. Serve it with: holdall serve --dir %s\n", r.Rows, len(r.Tables), r.Files, at.dir, at.dir)
			return nil
		},
	})
	return cmd
}

func printStep(out io.Writer, s pbimport.Step) {
	switch s.What {
	case "table":
		fmt.Fprintf(out, "  table %-30s %10d rows verified\n", s.Name, s.Count)
	case "files":
		fmt.Fprintf(out, "  files %-30s %10d copied, %d bytes\n", "", s.Count, s.Bytes)
	case "logs":
		fmt.Fprintf(out, "  logs  %-30s %10d rows\n", "", s.Count)
	}
}
