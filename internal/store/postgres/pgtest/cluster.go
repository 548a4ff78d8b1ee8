package pgtest

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
)

// A fresh cluster takes a second or two to make and a tenth of that to copy: one is kept to be copied. Its
// databases sort by the rules of a language, so that a test notices where we forget to say otherwise.
var initdb = []string{
	"--username=postgres", "--auth=trust", "--encoding=UTF8", "--locale=C", "--locale-provider=icu", "--icu-locale=en-US",
	"--wal-segsize=1", "--no-sync", "--no-instructions",
}

// newCluster makes the directory of a server, with its data in it.
func newCluster() (dir string, err error) {
	sweep()
	template, err := template()
	if err != nil {
		return "", err
	}
	dir, err = os.MkdirTemp("", prefix()+strconv.Itoa(os.Getpid())+"-")
	if err != nil {
		return "", err
	}
	if err := give(dir); err != nil {
		return "", err
	}
	return dir, run("cp", "-a", template, filepath.Join(dir, "data"))
}

func prefix() string { return "holdall-pg-" }

// sweep removes what killed test programs left behind.
func sweep() {
	dirs, _ := filepath.Glob(filepath.Join(os.TempDir(), prefix()+"*-*"))
	for _, dir := range dirs {
		owner, _, _ := strings.Cut(strings.TrimPrefix(filepath.Base(dir), prefix()), "-")
		pid, err := strconv.Atoi(owner)
		if err == nil && errors.Is(syscall.Kill(pid, 0), syscall.ESRCH) {
			_ = os.RemoveAll(dir) // another program may be doing the same
		}
	}
}

// template returns the cluster to copy and makes it when there is none. Programs that make it at the same
// time do not disturb each other: the last rename fails.
func template() (string, error) {
	bin, err := binaries()
	if err != nil {
		return "", err
	}
	version := filepath.Base(filepath.Dir(bin))
	ready := filepath.Join(os.TempDir(), "holdall-pgtemplate-"+version+"-"+strconv.Itoa(os.Getuid()))
	if _, err := os.Stat(ready); err == nil {
		return ready, nil
	}
	work, err := os.MkdirTemp("", prefix()+strconv.Itoa(os.Getpid())+"-")
	if err != nil {
		return "", err
	}
	defer os.RemoveAll(work)
	if err := give(work); err != nil {
		return "", err
	}
	made := filepath.Join(work, "data")
	if err := run("initdb", append(slices.Clone(initdb), "-D", made)...); err != nil {
		return "", err
	}
	if err := os.Rename(made, ready); err != nil && !errors.Is(err, os.ErrExist) && !errors.Is(err, syscall.ENOTEMPTY) {
		return "", err
	}
	return ready, nil
}

// binaries is the directory of PostgreSQL's programs: the newest of those that Debian installs, or where the
// search path has them.
func binaries() (string, error) {
	dirs, err := filepath.Glob("/usr/lib/postgresql/*/bin")
	if err != nil {
		return "", err
	}
	dirs = slices.DeleteFunc(dirs, func(dir string) bool {
		_, err := os.Stat(filepath.Join(dir, "initdb"))
		return err != nil
	})
	slices.SortFunc(dirs, func(a, b string) int { return major(a) - major(b) })
	if len(dirs) > 0 {
		return dirs[len(dirs)-1], nil
	}
	path, err := exec.LookPath("initdb")
	if err != nil {
		return "", errors.New("these tests need PostgreSQL 15 or later: apt-get install postgresql")
	}
	return filepath.Dir(path), nil
}

func major(dir string) int {
	n, _ := strconv.Atoi(filepath.Base(filepath.Dir(dir)))
	return n
}

// command is a program that runs as who may run PostgreSQL, which refuses root.
func command(name string, args ...string) (*exec.Cmd, error) {
	path := name
	if name == "initdb" || name == "postgres" {
		bin, err := binaries()
		if err != nil {
			return nil, err
		}
		path = filepath.Join(bin, name)
	}
	cmd := exec.Command(path, args...)
	cmd.Dir = os.TempDir()
	cmd.SysProcAttr = &syscall.SysProcAttr{}
	uid, gid, err := owner()
	if err == nil && os.Getuid() == 0 {
		cmd.SysProcAttr.Credential = &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}
	}
	return cmd, err
}

func run(name string, args ...string) error {
	cmd, err := command(name, args...)
	if err != nil {
		return err
	}
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("%s: %w\n%s", name, err, out)
	}
	return nil
}

// owner is who runs the servers: we, or when we are root the user of Debian's package, or nobody.
func owner() (uid, gid int, err error) {
	if os.Getuid() != 0 {
		return os.Getuid(), os.Getgid(), nil
	}
	u, err := user.Lookup("postgres")
	if err != nil {
		if u, err = user.Lookup("nobody"); err != nil {
			return 0, 0, err
		}
	}
	if uid, err = strconv.Atoi(u.Uid); err != nil {
		return 0, 0, err
	}
	gid, err = strconv.Atoi(u.Gid)
	return uid, gid, err
}

// give makes a directory the property of who runs the servers.
func give(dir string) error {
	uid, gid, err := owner()
	if err != nil {
		return err
	}
	if err := os.Chown(dir, uid, gid); err != nil {
		return err
	}
	return os.Chmod(dir, 0o755)
}
