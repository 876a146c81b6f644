// Package authztest makes records for tests: from a text that reads like the
// specification ([Parse]), or at random ([Random]); it makes them smaller while
// a test still fails ([Shrink]) and writes them down again ([Format]).
//
// # The language
//
// A line is one record, an empty line or one that begins with # is none. Words
// are separated by white space; "key=value" is an option, of which a value
// without quotation marks may be a list (a,b). What contains other characters
// than letters, digits and _-.*@>/ (and : between parts) is quoted as in Go; words
// in quotation marks are never read as one of the language's own. Ids are names: who tells
// "user ada" has a user with the id ada.
//
//	at 2026-03-31T00:00:00Z            the snapshot's time
//	org acme [untold]                  lines from here on belong to it (else to "o")
//	division a [name=N] [home]
//	user ada [in a] [state=S] [trustee=T] [name=N] [email=E]
//	group leads ada bob [state=S] [roles=false] [owners=x] [include=false] [trustee=T] [unread] [partial]
//	team red ada [in a] [unread] [partial]
//	members group:lost ada [partial]   of a container that has no record
//	client bot [type=CODE] [state=S] [scopes=x]
//	role sup [name=N] [unread]         a role may have several lines
//	role sup routing:queue:view [scope=W] [groups=g] [teams=t] [views=v] [if="{json}"]
//	role sup guide "Routing > Queue" [scope=W ...]
//	role sup legacy admin
//	role sup inherits agent
//	grant leads sup [a] [at=TIME] [by=B] [source=S]
//	catalogue routing:queue:view aware|unlimited|unflagged
//	queue q1 [in a] ada [lists=GROUP:leads] [unread] [partial]
//	flow f1 [in a]    object x1 [in a]
//	view v1 [queues=q1] [users=ada]
//	trust T [enabled|disabled] [created=TIME] [expires=TIME] [full] [default]
//	policy p1 routing:queue:view deny group:leads [active|inactive] [clients|users] [if=C]
//	missing users   partial users   silent users   cover users refused [everywhere]
//
// Every list of an organization is complete unless a line of the last kind says
// otherwise; silent means that the ledger has no line. A grant's subject, a
// member or a policy's subject may be written kind:id, where subject:id is an
// id without a type. A bare subject of a grant is the one thing of that name. A
// bare member of a group or team is an id without a type, of a queue a user. A
// policy's subject may also be all, or none, or word:id with any word.
package authztest
