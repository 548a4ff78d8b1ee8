package main

import (
	"fmt"
	"io"

	"github.com/spf13/cobra"

	"github.com/holdall-dev/holdall"
)

func rulesCommand(at *place) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "rules",
		Short: "Test access rules",
		Args:  cobra.NoArgs,
		RunE:  func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	cmd.AddCommand(&cobra.Command{
		Use:   "test [COLLECTION ...]",
		Short: "Run the tests that are kept with the collections, of all or of some",
		Long: "Run the tests that are kept with the collections, of all or of some: one line each, and exit code 1 when one " +
			"fails. A server on the same directory must be stopped; nothing is changed.",
		RunE: func(cmd *cobra.Command, args []string) error {
			return withApp(cmd.Context(), at, false, func(app *holdall.App) error {
				done, err := app.TestRules(cmd.Context(), args...)
				if err != nil {
					return err
				}
				return tell(cmd.OutOrStdout(), done)
			})
		},
	})
	return cmd
}

// tell prints what came of tests, and fails when one of them did.
func tell(out io.Writer, done []holdall.RuleTest) error {
	failed := 0
	for _, t := range done {
		if t.Passed {
			fmt.Fprintf(out, "ok    %s %s: %s\n", t.Collection, t.Action, t.Name)
			continue
		}
		failed++
		got := t.Verdict
		if got == "" {
			got = "no answer"
		}
		fmt.Fprintf(out, "FAIL  %s %s: %s: expected %s, got %s. %s\n", t.Collection, t.Action, t.Name, t.Expect, got, t.Reason)
	}
	if failed > 0 {
		return fmt.Errorf("%d of %d tests failed", failed, len(done))
	}
	fmt.Fprintf(out, "%d tests passed\n", len(done))
	return nil
}
