package html

import "github.com/grantgraph/grantgraph/report"

// How much the file holds of classes of equal access: what is beyond is counted in
// sight, and the workbook has it.
const (
	maxClasses      = 40_000
	maxClassMembers = 2_000 // of one class
	maxClassHolds   = 200   // roles of one class
	maxHoldIn       = 60    // divisions of one role
)

// addClasses adds the classes of equal access.
func (d *data) addClasses(doc *report.Document) {
	tenants := map[string]int{}
	for i, t := range d.Tenants {
		tenants[t.Name] = i
	}
	for i := range doc.Classes[:min(len(doc.Classes), maxClasses)] {
		d.Classes = append(d.Classes, d.class(&doc.Classes[i], tenants))
	}
}

func (d *data) class(c *report.Class, tenants map[string]int) classData {
	out := classData{
		Tenant: tenants[c.Tenant], Kind: d.text(c.Kind), Total: len(c.Members), Members: []int{}, Holds: [][]int{},
		Permissions: c.Permissions, Elevated: c.Elevated, Reaches: [][3]int{},
	}
	at := 0
	for _, m := range c.Members {
		if row := d.row[m]; row >= 0 && len(out.Members) < maxClassMembers {
			out.Members = append(out.Members, row-at)
			at = row
		}
	}
	for _, h := range c.Holds[:min(len(c.Holds), maxClassHolds)] {
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
