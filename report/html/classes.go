package html

import "github.com/grantgraph/grantgraph/report"

// How much the file holds of classes of equal access: what is beyond is counted in
// sight, and the workbook has it.
const (
	maxClasses      = 20_000
	maxClassRoles   = 120_000 // of all classes
	maxClassMembers = 2_000   // of one class
	maxClassHolds   = 200     // roles of one class
	maxHoldIn       = 60      // divisions of one role
)

// addClasses adds the classes of equal access: those that something is to be said
// about first, where there is no room for all.
func (d *data) addClasses(doc *report.Document) {
	tenants := map[string]int{}
	for i, t := range d.Tenants {
		tenants[t.Name] = i
	}
	keep, roles := make([]bool, len(doc.Classes)), 0
	kept := 0
	for _, wanted := range []func(c *report.Class) bool{
		func(c *report.Class) bool { return c.External && (len(c.Reaches) > 0 || c.Elevated > 0) },
		func(c *report.Class) bool { return len(c.Members) > 1 },
		func(c *report.Class) bool { return len(c.Reaches) > 0 || c.Elevated > 0 },
		func(*report.Class) bool { return true },
	} {
		for i := range doc.Classes {
			c := &doc.Classes[i]
			if n := min(c.Roles, maxClassHolds); !keep[i] && kept < maxClasses && roles+n <= maxClassRoles && wanted(c) {
				keep[i], roles = true, roles+n
				kept++
			}
		}
	}
	for i := range doc.Classes {
		if keep[i] {
			d.Classes = append(d.Classes, d.class(doc, i, tenants))
		}
	}
}

func (d *data) class(doc *report.Document, i int, tenants map[string]int) classData {
	c := &doc.Classes[i]
	holds := doc.Holds(i)
	out := classData{
		Number: i + 1, Tenant: tenants[c.Tenant], Kind: d.text(c.Kind), Total: len(c.Members), Members: []int{}, Holds: [][]int{},
		Permissions: c.Permissions, Elevated: c.Elevated, Reaches: [][3]int{},
	}
	at := 0
	for _, m := range c.Members {
		if row := d.row[m]; row >= 0 && len(out.Members) < maxClassMembers {
			out.Members = append(out.Members, row-at)
			at = row
		}
	}
	for _, h := range holds[:min(len(holds), maxClassHolds)] {
		doubtful := 0
		if h.Doubtful {
			doubtful = 1
		}
		line := []int{h.Role, doubtful, len(h.Divisions)}
		out.Holds = append(out.Holds, append(line, d.texts(h.Divisions[:min(len(h.Divisions), maxHoldIn)])...))
	}
	for _, r := range c.Reaches {
		out.Reaches = append(out.Reaches, [3]int{tenants[r.Tenant], int(r.Reach), r.Permissions})
	}
	return out
}
