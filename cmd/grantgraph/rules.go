package main

import (
	"github.com/spf13/cobra"

	"github.com/grantgraph/grantgraph/rules"
)

func newRulesCmd(p *process) *cobra.Command {
	return newGroupCmd("rules", "The rule packs: what they look for, whether they are sound",
		"  grantgraph rules list\n  grantgraph rules show TI-003",
		newRulesListCmd(p), newRulesShowCmd(p), newRulesCheckCmd(p), newRulesTestCmd(p), newRulesPersonasCmd(p))
}

// configuredSet loads the packs as the configuration has them: files, if there
// are any, stand for the packs that ship.
func configuredSet(configPath string, files []string) (*rules.Set, error) {
	if len(files) > 0 {
		sources, err := packFiles(files)
		if err != nil {
			return nil, err
		}
		return rules.Load(sources, rules.LoadOptions{})
	}
	cfg, err := readConfig(configPath)
	if err != nil {
		return nil, err
	}
	return loadPacks(cfg)
}
