package graph

import "github.com/grantgraph/grantgraph/graph/authz"

// imageSteps build a graph from an image and the small records: the catalogue,
// resources, groups, clients and trusts are read as ever. Roles are worked out
// from their records, so that names and options count as they stand today.
func (b *builder) imageSteps(im *Image) []step {
	return []step{
		{"ledger", b.readCoverage},
		{"organizations", func() error { return b.imageOrgs(im) }},
		{"lists of members", b.readLists},
		{"resources", b.readResources},
		{"roles", b.buildRoles},
		{"trusts", b.readTrusts},
		{"groups and clients", b.readLinked},
		{"the graph's image", func() error { return b.place(im) }},
		{"queues and views", func() error { b.placeThings(); b.doubtLists(); return nil }},
		{"conditions", b.buildConditions},
		{"grants", func() error { b.noteUnread(); return nil }},
		{"access policies", b.buildPolicies},
	}
}

// imageOrgs makes the organizations in the order that they have in the image.
func (b *builder) imageOrgs(im *Image) error {
	for _, id := range im.orgs {
		b.org(id)
	}
	return b.readOrganizations()
}

func (b *builder) readLists() error {
	var err error
	b.lists, err = collect(b.src.MemberLists())
	return err
}

// readLinked reads the records that principals, groups and teams point to.
func (b *builder) readLinked() error {
	for gr, err := range b.src.Groups() {
		if err != nil {
			return err
		}
		b.groups[gr.Key()] = &gr
	}
	b.clients = map[authz.Key]*authz.Client{}
	for c, err := range b.src.Clients() {
		if err != nil {
			return err
		}
		b.clients[c.Key()] = &c
	}
	return nil
}

// place puts what the image holds in its place.
func (b *builder) place(im *Image) error {
	x, err := im.body()
	if err != nil {
		return err
	}
	g := b.g
	if x.roles != len(g.roles) || x.resources != len(g.resources) || len(im.orgs) != len(g.orgs) {
		return badImage("it does not fit the records")
	}
	g.principals, g.nodes = x.principals, x.nodes
	g.acting, g.dormant = x.acting, x.dormant
	if err := b.link(x.links); err != nil {
		return err
	}
	g.divisions = x.divisions
	b.numberDivisions()
	for i, list := range x.totals {
		g.orgs[i].totals = list
	}
	g.up, g.acts, g.actors, g.index = x.up, x.acts, x.actors, x.index
	g.noteActed()
	g.things.queues, g.things.down = x.list, x.down
	g.byNode, g.grants, g.cells, g.posting = x.byNode, x.grants, x.cells, x.posting
	g.dangling = x.dangling
	return nil
}

// link points principals, groups and teams to their records.
func (b *builder) link(flags []uint32) error {
	g := b.g
	fits := true
	for i, f := range flags {
		p := &g.principals[i]
		if f&flagGroup != 0 {
			p.Group = b.groups[p.Key]
			fits = fits && p.Group != nil
		}
		if f&flagClient != 0 {
			p.Client = b.clients[p.Key]
			fits = fits && p.Client != nil
		}
	}
	for i := range g.nodes {
		n := &g.nodes[i]
		if n.key.Kind == authz.KindGroup && n.known {
			n.group = b.groups[n.key]
			fits = fits && n.group != nil
		}
	}
	if !fits {
		return badImage("it does not fit the groups and clients")
	}
	return nil
}
