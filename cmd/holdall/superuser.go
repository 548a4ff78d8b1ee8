package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"strings"

	"github.com/spf13/cobra"

	"github.com/holdall-dev/holdall"
	"github.com/holdall-dev/holdall/fault"
)

func superuserCommand(at *place) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "superuser",
		Short: "Make, change and delete superusers",
		Long:  "Make, change and delete superusers. The server must be stopped; while it runs, use the API.",
		Args:  cobra.NoArgs,
		RunE:  func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	set := func(use, short, done string, do func(*holdall.App, context.Context, string, string) error) *cobra.Command {
		return &cobra.Command{
			Use:   use + " EMAIL PASSWORD",
			Short: short,
			Args:  words(2),
			RunE: func(cmd *cobra.Command, args []string) error {
				err := withApp(cmd.Context(), at, use != "update", func(app *holdall.App) error {
					return do(app, cmd.Context(), args[0], args[1])
				})
				if err == nil {
					fmt.Fprintf(cmd.OutOrStdout(), "%s superuser %s\n", done, args[0])
				}
				return err
			},
		}
	}
	cmd.AddCommand(
		set("create", "Make a superuser", "Created", (*holdall.App).CreateSuperuser),
		set("upsert", "Make a superuser or set its password", "Saved", (*holdall.App).UpsertSuperuser),
		set("update", "Set a superuser's password", "Updated", (*holdall.App).UpdateSuperuser),
		deleteCommand(at),
		otpCommand(at),
		ipsCommand(at),
	)
	return cmd
}

func deleteCommand(at *place) *cobra.Command {
	return &cobra.Command{
		Use:   "delete EMAIL",
		Short: "Delete a superuser",
		Args:  words(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			err := withApp(cmd.Context(), at, false, func(app *holdall.App) error {
				return app.DeleteSuperuser(cmd.Context(), args[0])
			})
			switch {
			case fault.Is(err, fault.NotFound):
				fmt.Fprintln(cmd.OutOrStdout(), explain(err))
				return nil
			case err == nil:
				fmt.Fprintf(cmd.OutOrStdout(), "Deleted superuser %s\n", args[0])
			}
			return err
		},
	}
}

func otpCommand(at *place) *cobra.Command {
	return &cobra.Command{
		Use:   "otp EMAIL",
		Short: "Make a one-time code for a superuser",
		Args:  words(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			return withApp(cmd.Context(), at, false, func(app *holdall.App) error {
				id, code, err := app.IssueOTP(cmd.Context(), args[0])
				if err == nil {
					fmt.Fprintf(cmd.OutOrStdout(), "OTP id  %s\nCode    %s\n", id, code)
				}
				return err
			})
		},
	}
}

func ipsCommand(at *place) *cobra.Command {
	return &cobra.Command{
		Use:   "ips [IP|CIDR ...]",
		Short: "Bind superusers to addresses and networks; without arguments, to none",
		RunE: func(cmd *cobra.Command, args []string) error {
			err := withApp(cmd.Context(), at, false, func(app *holdall.App) error {
				return app.BindSuperusers(cmd.Context(), args)
			})
			if err == nil && len(args) == 0 {
				fmt.Fprintln(cmd.OutOrStdout(), "Superusers may act from anywhere")
			} else if err == nil {
				fmt.Fprintf(cmd.OutOrStdout(), "Superusers may act from %s\n", strings.Join(args, ", "))
			}
			return err
		},
	}
}

// words demands a number of arguments and says which, with the command's own usage.
func words(n int) cobra.PositionalArgs {
	return func(cmd *cobra.Command, args []string) error {
		if len(args) != n {
			return fmt.Errorf("%d argument(s) given; use: %s", len(args), cmd.UseLine())
		}
		return nil
	}
}

// withApp opens the directory for one piece of work. Only some work may make a new directory.
func withApp(ctx context.Context, at *place, mayCreate bool, do func(*holdall.App) error) (err error) {
	if err := at.exists(); err != nil && !mayCreate {
		return err
	}
	return withOptions(ctx, at, holdall.Options{}, do)
}

// withOptions opens the directory, which o says more of.
func withOptions(ctx context.Context, at *place, o holdall.Options, do func(*holdall.App) error) (err error) {
	o.Dir, o.DB, o.DBWait, o.Log = at.dir, at.db, at.wait, slog.New(slog.NewTextHandler(os.Stderr, nil))
	app, err := holdall.Open(ctx, o)
	if errors.Is(err, holdall.ErrInUse) {
		return fmt.Errorf("the server is running on %s: stop it first, or use its API", at.dir)
	}
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, app.Close()) }()
	return do(app)
}
