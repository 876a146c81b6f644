package main

import "github.com/spf13/cobra"

func newSnapshotCmd(p *process) *cobra.Command {
	return newGroupCmd("snapshot", "What a snapshot holds and lacks, whether it is intact, which there are",
		"  grantgraph snapshot info\n  grantgraph snapshot verify summit-20261120T1200Z.db",
		newSnapshotInfoCmd(p), newSnapshotVerifyCmd(p), newSnapshotListCmd(p))
}

// snapshotArg takes the snapshot as an argument or as the flag that all have.
func snapshotArg(flag *string, args []string) error {
	if len(args) == 0 {
		return nil
	}
	if *flag != "" {
		return twoSnapshots(*flag, args[0])
	}
	*flag = args[0]
	return nil
}
