package main

import (
	"bytes"
	"context"
	"fmt"
	"os/exec"
	"syscall"
	"time"
)

// usage is what a process took.
type usage struct {
	wall, cpu time.Duration
	memory    int64 // most bytes resident
	out, errs string
}

// process runs a command to its end.
func process(ctx context.Context, name string, args ...string) (usage, error) {
	u, code, err := status(ctx, name, args...)
	if err == nil && code != 0 {
		err = fmt.Errorf("%s %v: status %d\n%s", name, args, code, u.errs)
	}
	return u, err
}

// status runs a command to its end and returns its status.
func status(ctx context.Context, name string, args ...string) (usage, int, error) {
	cmd := exec.CommandContext(ctx, name, args...)
	var out, errs bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &errs
	start := time.Now()
	err := cmd.Run()
	u := usage{wall: time.Since(start), out: out.String(), errs: errs.String()}
	if cmd.ProcessState == nil {
		return u, 0, err
	}
	u.cpu = cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime()
	if r, ok := cmd.ProcessState.SysUsage().(*syscall.Rusage); ok {
		u.memory = r.Maxrss << 10 // kilobytes on Linux
	}
	code := cmd.ProcessState.ExitCode()
	if code < 0 {
		return u, code, fmt.Errorf("%s %v: %w", name, args, err)
	}
	return u, code, nil
}
