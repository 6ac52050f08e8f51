//go:build unix

package host

import (
	"bytes"
	"io/fs"
	"os"
	"os/exec"
	"strconv"
	"syscall"
)

// ownGroup lets a command that takes too long be ended with its children.
func ownGroup(cmd *exec.Cmd) {
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	cmd.Cancel = func() error { return syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) }
}

// exists reports whether there is a process, be it a dead one whose parent has
// not noticed: for a DHCP server that is one that runs.
func exists(process int) bool {
	err := syscall.Kill(process, 0)
	return err == nil || err == syscall.EPERM
}

// alive reports whether a process is a DHCP server that runs. Where the system
// tells the names of processes, another program that was given the number of
// one that ended is told apart.
func alive(process int) bool {
	if !exists(process) {
		return false
	}
	stat, err := os.ReadFile("/proc/" + strconv.Itoa(process) + "/stat")
	if err != nil {
		return true // no such system, or one that hides the processes of others
	}
	// 123 (dhcpd) S 1 …
	end := bytes.LastIndexByte(stat, ')')
	if end < 0 || end+2 >= len(stat) {
		return true
	}
	state := stat[end+2]
	return state != 'Z' && state != 'X' && bytes.Contains(stat[:end], []byte("dhcp"))
}

// keepOwner gives a new file the owner of the one it will replace, as far as
// the system lets us.
func keepOwner(f *os.File, live fs.FileInfo) {
	if s, ok := live.Sys().(*syscall.Stat_t); ok {
		_ = f.Chown(int(s.Uid), int(s.Gid))
	}
}

// fileNumber is a number that a file keeps as long as it is the same one.
func fileNumber(info fs.FileInfo) uint64 {
	if s, ok := info.Sys().(*syscall.Stat_t); ok {
		return uint64(s.Ino)
	}
	return 0
}
