// Package reference is the access model written down a second time, as plainly
// as can be: sets and loops over the records, no indexes beyond simple maps, no
// regard for speed. It shares nothing with the graph that answers people, so
// that the two can be held against each other on random organizations.
//
// Comments name the section of the access model that a rule comes from.
// Engage (section 10) and nearest misses (11) are not here.
//
// # Where the model is silent
//
// The reading that can never hide access is taken:
//
//  1. States, grant types, scopes, operators, conjunctions and the words "all"
//     are compared without regard to case or surrounding space.
//  2. A trust that expires at the very moment of the snapshot still counts, and
//     none has expired where the snapshot does not say when it was taken.
//  3. A subject id without a type stands for every subject that has the id. If
//     none has it, a trustee organization in the snapshot may: then it is that
//     trustee's user or group. Else it is an unknown principal, whatever lists
//     are complete, for it may be a trustee's.
//  4. An id that a group lists and nothing has is nobody only if the lists of
//     users and of groups are both complete; of a team, if that of users is; of
//     a trustee's group, never. Else it is an unknown principal.
//  5. An owner's id stands for whatever has it, as a member's without a type.
//  6. A typed and a typeless grant of one role and division to one subject are
//     one grant; so are divisions "", "all" and "*".
//  7. A client of a grant type that is not known is a principal of its own.
//  8. A trustee's user or group counts as here if a grant names it, or a group
//     or team (ours or the trustee's) that lists it. It is unknown only if no
//     organization of the snapshot tells of it.
//  9. A trustee's group hands on grants while it is active and trusted; in the
//     trustee's own organization the groups on the way must be active. Of its
//     members there only users (also unknown ones) are principals here.
//  10. An inherited role that is missing counts like a granted one: where the
//     list of roles is not complete it may carry admin.
//  11. A guide's name that cannot be read is a line that was not read. While
//     such names are read, the universe is what the platform's own form names.
//  12. Admin ignores scopes and conditions.
//  13. If the catalogue tells a permission twice, the flag false wins.
//  14. Completeness of members is for a whole list: one group without an entry
//     makes every answer of scope group and assigned unresolved; so for teams
//     and queues. A list that was read in part is not complete.
//  15. A team in a condition rests on the same lists as scope team.
//  16. Scope group without names uses groups that are only conditionally among
//     acts(p) too, without a mark.
//  17. A permission that is about both queues and users by its name counts both.
//  18. A member or principal that may be a user (unknown, or absent from an
//     incomplete list) is the resource user:ID, and lies in every division.
//  19. Asked about every division, each resource lies in it: a limited reach
//     reaches the divisions in which its resources lie.
//  20. Limited reaches that unite are unresolved if one of them is.
//  21. An unreadable target of an access policy touches nothing; a subject type
//     that is missing or not known marks whatever has the id (everything, if
//     there is none), and never takes away.
//  22. Under enforced denial, a group that holds the principal only through
//     inactive groups still marks.
//  23. A membership path is a shortest one among those that make the reason as
//     strong as it is: through role-enabled groups only, if there is one.
//  24. A policy that names a user or client is a fact of that principal's class,
//     as is the division in which the principal itself lies where a scope
//     leaves it, and whether a condition beside such a scope names it: a
//     condition that leaves nothing is unresolved, so that the symbol alone does
//     not make such principals equal.
//  25. What is unknown may be a user, and where the list of those is not complete
//     a client or a group: escalations work over it. People of a trustee are not
//     taken over, and ways from one organization into another are not followed.
//  26. A joined group changes whom p acts as, and what its scopes group and
//     assigned leave; access policies know p by its own memberships only.
//  27. A part of an AND that cannot be resolved leaves what the other parts name,
//     unresolved: no more than that can be reached. With complete lists the same
//     condition may name nothing together, and then is conditional: the wider
//     word, not the wider access. Access is told either way.
//
// # Where the model is silent about tenants
//
//  1. What is said of clients and trustees stands in the place of the group, the
//     address and the division: a client is named, named by a pattern, told by
//     the convention, or told by all its grants; a trustee is named, or of its
//     organization, and then its groups and address are facts that may disagree.
//  2. Facts of one kind that name several tenants are all kept; the first tenant
//     of the configuration decides. A name beats a pattern of names.
//  3. The groups that count are the organization's own among acts(p), also the
//     conditional ones: what a trustee calls its groups says nothing.
//  4. A client's grants are those of all that it acts as. One over every division
//     speaks for no tenant; one in a shared division, or of a role that a complete
//     list lacks, says nothing.
//  5. The convention's word is a tenant's name, or what the only such name ends
//     with after "_" (Acme is Partner_Acme). It never tells Unassigned.
//  6. A name in the configuration that several records of one kind have stands
//     for none of them; an id beats a name.
//  7. Trustees of whom nobody knows the organization share one external tenant. A
//     trustee's user that only its own organization tells of has the name and
//     address that stand there.
//  8. Without tenants in the configuration, divisions of one name in several
//     organizations are one tenant, for no reach crosses from one organization to
//     the other; two of one organization never are, nor is one named Internal
//     that is not Home. One that only grants, users or resources name is a tenant.
//  9. A shared division is of no tenant: no cell of the matrix is about it. What
//     reaches it beyond what anyone may hold there is a finding of its own.
//  10. A permission of which nobody knows whether divisions limit it reaches
//     through divisions. Total control is organization-wide.
//  11. An allow entry is used by whoever of its tenant has reach of which it speaks
//     over another tenant, organization-wide too. Several entries together may
//     cover a principal.
package reference
