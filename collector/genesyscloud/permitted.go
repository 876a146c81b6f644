package genesyscloud

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"

	"github.com/grantgraph/grantgraph/collector/genesyscloud/rest"
)

// A Permitted is the platform's own answer to where somebody has a permission.
type Permitted struct {
	All       bool     // in all divisions
	Divisions []string // ids, sorted; of no meaning with All
}

// permittedPage is how many divisions are asked for at once.
const permittedPage = 100

// AskPermitted asks the platform in which divisions a subject has a permission.
func AskPermitted(ctx context.Context, api API, subject, permission string) (Permitted, error) {
	var p Permitted
	for n := 1; ; n++ {
		r := rest.Get("/api/v2/authorization/divisionspermitted/paged/"+subject,
			"permission", permission, "pageSize", fmt.Sprint(permittedPage), "pageNumber", fmt.Sprint(n))
		got, err := api.Do(ctx, r)
		if err != nil {
			return p, err
		}
		var page struct {
			All      bool `json:"allDivsPermitted"`
			Total    int  `json:"total"`
			Entities []struct {
				ID string `json:"id"`
			} `json:"entities"`
		}
		if err := json.Unmarshal(got.Body, &page); err != nil {
			return p, fmt.Errorf("asking where %s has %s: %w", subject, permission, err)
		}
		p.All = p.All || page.All
		for _, d := range page.Entities {
			p.Divisions = append(p.Divisions, d.ID)
		}
		if len(page.Entities) == 0 || len(p.Divisions) >= page.Total {
			slices.Sort(p.Divisions)
			p.Divisions = slices.Compact(p.Divisions)
			return p, nil
		}
	}
}
