package main

import "slices"

// A cell is a role granted in one division or everywhere: what engines of
// relations bind subjects to.
type cell struct{ role, division int }

// cells are the cells of an organization with who holds each.
type cells struct {
	list    []cell
	holders [][]subject
}

func cellsOf(o *organization) cells {
	var c cells
	at := map[cell]int{}
	for _, g := range o.grants {
		one := cell{g.role, g.division}
		i, ok := at[one]
		if !ok {
			i = len(c.list)
			at[one] = i
			c.list, c.holders = append(c.list, one), append(c.holders, nil)
		}
		c.holders[i] = append(c.holders[i], g.subject)
	}
	return c
}

// reaches says where the holders of a cell have a permission: in one division,
// everywhere, or (ok is false) nowhere.
func (o *organization) reaches(c cell, permission int) (division int, ok bool) {
	r := o.roles[c.role]
	if _, wide := slices.BinarySearch(r.wide, permission); wide {
		return everywhere, true
	}
	_, within := slices.BinarySearch(r.within, permission)
	return c.division, within
}
