package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"time"

	"github.com/spf13/cobra"

	"github.com/holdall-dev/holdall"
)

func filesCommand(at *place) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "files",
		Short: "Look after the files of records",
		Args:  cobra.NoArgs,
		RunE:  func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	var to, keyEnv string
	var hosts []string
	move := &cobra.Command{
		Use:   "move --to disk|s3",
		Short: "Move all files between the data directory and the object store of the settings",
		Long: "Move all files between the data directory and the object store of the settings. The server must be stopped.\n" +
			"Each file is copied and read back; when all are there the settings change over, and only then the old\n" +
			"ones go. It may be interrupted at any moment: run it again and it goes on.",
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			o := holdall.Options{Dir: at.dir, DB: at.db, DBWait: at.wait, SettingsKey: os.Getenv(keyEnv), AllowHosts: hosts, Log: slog.New(slog.NewTextHandler(os.Stderr, nil))}
			return moveFiles(cmd.Context(), cmd.OutOrStdout(), o, holdall.FilesAt(to))
		},
	}
	move.Flags().StringVar(&to, "to", "", "where to: disk or s3")
	move.Flags().StringVar(&keyEnv, "encryptionEnv", "", "the environment variable that holds the 32 byte key of encrypted settings")
	move.Flags().StringSliceVar(&hosts, "allow-host", nil, "hosts or networks that are not public and may be reached all the same")
	_ = move.MarkFlagRequired("to") // the flag is there
	cmd.AddCommand(move)
	return cmd
}

// moveFiles moves and tells, once a second, how far it is.
func moveFiles(ctx context.Context, out io.Writer, o holdall.Options, to holdall.FilesAt) error {
	if err := (&place{dir: o.Dir, db: o.DB}).exists(); err != nil {
		return err
	}
	var told time.Time
	done, err := holdall.MoveFiles(ctx, o, to, func(m holdall.FilesMoved) {
		if now := time.Now(); now.Sub(told) >= time.Second {
			told = now
			fmt.Fprintf(out, "  %d copied, %d there already, %d bytes; %d removed from where they were\n", m.Copied, m.Present, m.Bytes, m.Removed)
		}
	})
	if errors.Is(err, holdall.ErrInUse) {
		return fmt.Errorf("the server is running on %s: stop it first", o.Dir)
	}
	if err != nil {
		return err
	}
	fmt.Fprintf(out, "Moved to %s: %d files copied, %d were there already, %d bytes, all read back; %d removed from where they were\n",
		to, done.Copied, done.Present, done.Bytes, done.Removed)
	return nil
}
