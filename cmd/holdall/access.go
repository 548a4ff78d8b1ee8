package main

import (
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"github.com/holdall-dev/holdall"
)

// accessFlags are what access can be told.
type accessFlags struct {
	origins []string
	failAt  string
	json    bool
}

func accessCommand(at *place) *cobra.Command {
	var f accessFlags
	cmd := &cobra.Command{
		Use:   "access",
		Short: "Tell what about access deserves a look",
		Long: "Tell what about access deserves a look, as the dashboard does: what everyone may change, rules at odds with each " +
			"other, hidden fields that show, weak sign-in. The exit code is 1 when there is something at the level of --fail-at " +
			"or above. A server on the same directory must be stopped; nothing is changed.",
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if !slices.Contains(levels, f.failAt) {
				return fmt.Errorf("--fail-at is %q; use danger, warning or never", f.failAt)
			}
			if err := at.exists(); err != nil {
				return err
			}
			return withOptions(cmd.Context(), at, holdall.Options{Origins: f.origins}, func(app *holdall.App) error {
				return f.report(cmd.OutOrStdout(), app.Findings())
			})
		},
	}
	cmd.Flags().StringSliceVar(&f.origins, "origins", nil, "the --origins that serve is given (default all)")
	cmd.Flags().StringVar(&f.failAt, "fail-at", holdall.Danger, "from which level on findings make the exit code 1: danger, warning or never")
	cmd.Flags().BoolVar(&f.json, "json", false, "print JSON")
	return cmd
}

// levels are those of --fail-at, the most grave one last.
var levels = []string{"never", holdall.Warning, holdall.Danger}

// report prints findings, and fails when some of them are to make it fail.
func (f *accessFlags) report(out io.Writer, found []holdall.Finding) error {
	write := asTable
	if f.json {
		write = asJSON
	}
	if err := write(out, found); err != nil {
		return err
	}
	grave := 0
	for _, one := range found {
		if f.failAt == one.Level || f.failAt == holdall.Warning {
			grave++
		}
	}
	if grave > 0 {
		return fmt.Errorf("%d of %d findings are of level %s or above", grave, len(found), f.failAt)
	}
	return nil
}

func asTable(out io.Writer, found []holdall.Finding) error {
	if len(found) == 0 {
		_, err := fmt.Fprintln(out, "nothing to look at")
		return err
	}
	w := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	for _, f := range found {
		on := "server"
		if f.Collection != "" {
			on = f.Collection + " " + f.Action
		}
		fmt.Fprintf(w, "%s\t%s\t%s\n", f.Level, on, f.Text)
	}
	return w.Flush()
}

func asJSON(out io.Writer, found []holdall.Finding) error {
	e := json.NewEncoder(out)
	e.SetIndent("", "  ")
	return e.Encode(map[string]any{"findings": found})
}
