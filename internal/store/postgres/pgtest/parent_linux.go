package pgtest

import "syscall"

// endWithParent lets the kernel stop the server at once when the test program is killed.
func endWithParent(attr *syscall.SysProcAttr) { attr.Pdeathsig = syscall.SIGQUIT }
