// Command withpostgres runs a command beside a PostgreSQL of its own, which is gone afterwards. Its address is in
// COMPAT_DB and HOLDALL_DB. Settings of the server may stand before the command, and end with "--".
//
//	go run ./test/withpostgres bin/holdall serve
//	go run ./test/withpostgres fsync=on -- bin/holdall serve
package main

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"slices"

	"github.com/holdall-dev/holdall/internal/store/postgres/pgtest"
)

func main() {
	if err := run(os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "withpostgres:", err)
		os.Exit(1)
	}
}

func run(args []string) (err error) {
	settings := []string{"max_connections=300"}
	if i := slices.Index(args, "--"); i >= 0 {
		settings, args = append(settings, args[:i]...), args[i+1:]
	}
	if len(args) == 0 {
		return errors.New("no command to run")
	}
	signal.Ignore(os.Interrupt) // the command ends first
	server, err := pgtest.New(settings...)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, server.Close()) }()
	cmd := exec.Command(args[0], args[1:]...)
	cmd.Stdin, cmd.Stdout, cmd.Stderr = os.Stdin, os.Stdout, os.Stderr
	cmd.Env = append(os.Environ(), "COMPAT_DB="+server.DSN("postgres"), "HOLDALL_DB="+server.DSN("postgres"))
	return cmd.Run()
}
