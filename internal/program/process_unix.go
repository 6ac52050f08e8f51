//go:build unix

package program

import (
	"os/exec"
	"syscall"
)

// ownGroup lets a program that takes too long be ended with its children.
func ownGroup(cmd *exec.Cmd) {
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	cmd.Cancel = func() error { return syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) }
}
