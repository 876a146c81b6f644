package analyzer

import (
	"fmt"
	"slices"
	"strings"
	"unicode"

	"github.com/grantgraph/grantgraph/analyzer/config"
	"github.com/grantgraph/grantgraph/graph"
	"github.com/grantgraph/grantgraph/graph/authz"
	"github.com/grantgraph/grantgraph/graph/lexicon"
)

// The moods of a statement: what principals can do today, and what they could do
// after steps of escalation.
const (
	moodCan   = "can"
	moodCould = "could"
)

// A statement is an assertion that was understood:
//
//	no [external] principals|users|clients… [of TENANT | outside TENANT] can|could VERB [TARGET [users|queues|flows]] [except NAMES]
//	nobody [of TENANT | outside TENANT] can|could VERB …
//	at most N [external] principals … can|could VERB …
//	only NAMES can|could VERB …
//
// Names of several words may stand as they are; names that hold one of the
// statement's own words, and permissions as pages write them, stand in quotation
// marks.
type statement struct {
	text   string
	mood   string
	atMost int
	// who are the principals that the statement speaks of; only those that it
	// must not find count.
	who    func(p uint32) bool
	pick   picker
	target Target
	about  lexicon.About // zero: everything
}

// A StatementError is an assertion that cannot be understood.
type StatementError struct {
	Pos  config.Pos // zero: it was given on the command line
	Text string
	// Column counts from 1 within the text.
	Column int
	Err    error
}

// Error implements error.
func (e *StatementError) Error() string {
	if e.Pos == (config.Pos{}) {
		return fmt.Sprintf("assertion %q: column %d: %v", e.Text, e.Column, e.Err)
	}
	at := e.Pos
	at.Column += e.Column - 1
	return fmt.Sprintf("%s: assertion %q: %v", at, e.Text, e.Err)
}

// Unwrap returns the cause.
func (e *StatementError) Unwrap() error { return e.Err }

// A word of a statement, with the column where it begins.
type word struct {
	text   string
	quoted bool
	column int
}

func (w word) is(texts ...string) bool {
	return !w.quoted && slices.ContainsFunc(texts, func(t string) bool { return strings.EqualFold(t, w.text) })
}

// words takes a statement apart. Quotation marks keep words together.
func words(text string) ([]word, error) {
	var out []word
	runes := []rune(text)
	for i := 0; i < len(runes); {
		switch r := runes[i]; {
		case unicode.IsSpace(r):
			i++
		case r == '\'' || r == '"':
			end := slices.Index(runes[i+1:], r)
			if end < 0 {
				return nil, &wordError{i + 1, fmt.Errorf("a quotation mark is not closed")}
			}
			out = append(out, word{string(runes[i+1 : i+1+end]), true, i + 1})
			i += end + 2
		case r == ',':
			out = append(out, word{",", false, i + 1})
			i++
		default:
			start := i
			for i < len(runes) && !unicode.IsSpace(runes[i]) && runes[i] != ',' {
				i++
			}
			out = append(out, word{string(runes[start:i]), false, start + 1})
		}
	}
	return out, nil
}

// A wordError is an error at a column.
type wordError struct {
	column int
	err    error
}

func (e *wordError) Error() string { return e.err.Error() }
func (e *wordError) Unwrap() error { return e.err }

// statementParser reads one statement.
type statementParser struct {
	m     *Model
	words []word
	at    int
	end   int // column behind the text
	s     statement
}

// statement understands an assertion.
func (m *Model) statement(text string) (*statement, error) {
	list, err := words(text)
	if err != nil {
		return nil, err
	}
	p := &statementParser{m: m, words: list, end: len([]rune(text)) + 1, s: statement{text: text}}
	for _, step := range []func() error{p.subject, p.mood, p.rest} {
		if err := step(); err != nil {
			return nil, err
		}
	}
	return &p.s, nil
}

func (p *statementParser) fail(format string, args ...any) error {
	return &wordError{p.column(), fmt.Errorf(format, args...)}
}

func (p *statementParser) failAt(w word, err error) error { return &wordError{w.column, err} }

func (p *statementParser) column() int {
	if p.at < len(p.words) {
		return p.words[p.at].column
	}
	return p.end
}

// next returns the next word if it is one of some, and goes on.
func (p *statementParser) next(texts ...string) bool {
	if p.at < len(p.words) && p.words[p.at].is(texts...) {
		p.at++
		return true
	}
	return false
}

// name reads a name of one or more words, up to one of the words that end it.
func (p *statementParser) name(ends ...string) (word, error) {
	start := p.at
	var parts []string
	for p.at < len(p.words) && !p.words[p.at].is(ends...) {
		parts = append(parts, p.words[p.at].text)
		p.at++
		if p.words[p.at-1].quoted {
			break
		}
	}
	if len(parts) == 0 {
		return word{}, p.fail("a name is missing")
	}
	return word{text: strings.Join(parts, " "), column: p.words[start].column}, nil
}

const wantSubject = `want a statement that begins with "no", "nobody", "only" or "at most", such as: no principal of BPO_A can see BPO_B`

// subject reads whom the statement speaks of.
func (p *statementParser) subject() error {
	switch {
	case p.next("nobody"):
		return p.where(func(uint32) bool { return true })
	case p.next("no"):
		return p.kind()
	case p.next("only"):
		return p.only()
	case p.next("at"):
		if !p.next("most") {
			return p.fail(`want "at most" and a number`)
		}
		return p.most()
	default:
		return p.fail("%s", wantSubject)
	}
}

func (p *statementParser) most() error {
	if p.at == len(p.words) {
		return p.fail("want a number")
	}
	n := 0
	if _, err := fmt.Sscanf(p.words[p.at].text, "%d", &n); err != nil || n < 1 || fmt.Sprint(n) != p.words[p.at].text {
		return p.fail("%q is no number: want a whole number from 1", p.words[p.at].text)
	}
	p.at++
	p.s.atMost = n
	return p.kind()
}

// principalWords are what principals are called in a statement.
func principalWords() map[string][]authz.Kind {
	return map[string][]authz.Kind{
		"principal": nil, "principals": nil, "one": nil,
		"user": {authz.KindUser}, "users": {authz.KindUser},
		"client": {authz.KindClient}, "clients": {authz.KindClient},
		"trustee": {authz.KindTrusteeUser, authz.KindTrusteeGroup, authz.KindTrusteeOrganization}, "trustees": {authz.KindTrusteeUser, authz.KindTrusteeGroup, authz.KindTrusteeOrganization},
	}
}

// kind reads "[external] principal", and where they are.
func (p *statementParser) kind() error {
	external := p.next("external")
	if p.at == len(p.words) {
		return p.fail("want principals, users, clients or trustees")
	}
	w := p.words[p.at]
	kinds, ok := principalWords()[strings.ToLower(w.text)]
	if !ok || w.quoted {
		return p.fail("%q is no kind of principal: want principal, user, client or trustee", w.text)
	}
	p.at++
	outside := p.m.External()
	return p.where(func(n uint32) bool {
		return (!external || outside.Has(n)) && (len(kinds) == 0 || slices.Contains(kinds, p.m.Graph.Principal(n).Key.Kind))
	})
}

// where reads "of TENANT" or "outside TENANT", if it is there.
func (p *statementParser) where(keep func(uint32) bool) error {
	p.s.who = keep
	of := p.next("of", "from")
	if !of && !p.next("outside") {
		return nil
	}
	w, err := p.name("can", "could")
	if err != nil {
		return err
	}
	tenant, err := p.m.FindTenant(w.text)
	if err != nil && p.at == len(p.words) { // it may have swallowed what was meant as a verb
		return p.failAt(w, fmt.Errorf(`%w; and "can" or "could" is missing, then VERB and TARGET, such as: no principal of BPO_A can see BPO_B`, err))
	}
	if err != nil {
		return p.failAt(w, err)
	}
	p.s.who = func(n uint32) bool { return keep(n) && (p.m.Tenants.Of(n).Tenant == tenant) == of }
	return nil
}

// only reads the principals beside whom nobody may.
func (p *statementParser) only() error {
	allowed, err := p.names("can", "could")
	if err != nil {
		return err
	}
	p.s.who = func(n uint32) bool { return !allowed.Has(n) }
	return nil
}

// names reads a list of names: groups, teams, roles, tenants and principals.
func (p *statementParser) names(ends ...string) (graph.Set, error) {
	all := graph.NewSet(p.m.Graph.Principals())
	for {
		w, err := p.name(append(ends, ",", "and", "or")...)
		if err != nil {
			return nil, err
		}
		set, err := p.m.holdersNamed(w.text)
		if err != nil {
			return nil, p.failAt(w, err)
		}
		all.Or(set)
		more := false
		for p.next(",", "and", "or") {
			more = true
		}
		if !more {
			return all, nil
		}
	}
}

// holdersNamed returns the principals that a name stands for: those of a tenant,
// the members of a group or team, the holders of a role, or one principal.
func (m *Model) holdersNamed(name string) (graph.Set, error) {
	if i, err := m.FindTenant(name); err == nil && !hasOtherKind(name) {
		return m.Tenants.Tenants[i].Principals.Clone(), nil
	} else if strings.HasPrefix(name, "tenant:") {
		return nil, err
	}
	k, err := m.FindRecord(name, append([]authz.Kind{authz.KindGroup, authz.KindTeam, authz.KindRole}, subjectKinds()...)...)
	if err != nil {
		return nil, err
	}
	s := graph.NewSet(m.Graph.Principals())
	if k.Kind == authz.KindRole {
		n, _ := m.Graph.FindRole(k)
		return m.Graph.RoleHolders(n), nil
	}
	n, _ := m.Graph.FindNode(k)
	for _, p := range m.Graph.Members(n) {
		s.Add(p)
	}
	return s, nil
}

// hasOtherKind reports whether a name says that it is of another kind than a tenant.
func hasOtherKind(name string) bool {
	before, _, ok := strings.Cut(name, ":")
	if !ok {
		return false
	}
	k, err := authz.ParseKind(before)
	return err == nil && k != authz.KindTenant
}

func (p *statementParser) mood() error {
	switch {
	case p.next("can"):
		p.s.mood = moodCan
	case p.next("could"):
		p.s.mood = moodCould
	default:
		return p.fail(`want "can" or "could" here`)
	}
	return nil
}

// rest reads the verb, the target and the exceptions.
func (p *statementParser) rest() error {
	if p.at == len(p.words) {
		return p.fail("a verb is missing: want %s, or a permission", strings.Join(p.m.Lexicon.Verbs(), ", "))
	}
	verb := p.words[p.at]
	p.at++
	if err := p.whereTo(); err != nil {
		return err
	}
	if err := p.verb(verb); err != nil {
		return p.failAt(verb, err)
	}
	if p.next("except", "but") {
		out, err := p.names()
		if err != nil {
			return err
		}
		who := p.s.who
		p.s.who = func(n uint32) bool { return who(n) && !out.Has(n) }
	}
	if p.at < len(p.words) {
		return p.fail("%q is not understood here", p.words[p.at].text)
	}
	return nil
}

// verb chooses the permissions. Without a target all of a verb's permissions
// count, also those that show nothing that belongs to a division.
func (p *statementParser) verb(w word) error {
	pick, err := p.m.picker(w.text, p.s.target, "")
	if err != nil {
		if near := nearest(w.text, p.m.Lexicon.Verbs()); len(near) > 0 {
			err = fmt.Errorf("%w; did you mean %s?", err, quoted(near))
		}
		return err
	}
	if p.s.target.Ref.Kind == authz.KindOrganization {
		narrow, wide := pick.answers, pick.wide
		pick.answers = func(org string, m graph.Perm) bool { return narrow(org, m) || wide(org, m) }
	}
	if about := p.s.about; about != 0 {
		inner := pick.answers
		pick.answers = func(org string, m graph.Perm) bool {
			return inner(org, m) && p.m.Lexicon.About(m.Pattern)&about != 0
		}
	}
	p.s.pick = pick
	return nil
}

// whereTo reads the target, if there is one: without it, everything.
func (p *statementParser) whereTo() error {
	if p.at == len(p.words) || p.words[p.at].is("except", "but") {
		return p.anything()
	}
	if p.next("anything", "anywhere") {
		return p.anything()
	}
	start := p.at
	w, err := p.name("except", "but")
	if err != nil {
		return err
	}
	t, _, err := p.m.FindTarget(w.text)
	if err == nil {
		p.s.target = t
		return nil
	}
	last := p.words[p.at-1]
	about, known := map[string]lexicon.About{"users": lexicon.Users, "people": lexicon.Users, "queues": lexicon.Queues, "flows": lexicon.Flows}[strings.ToLower(last.text)]
	if !known || last.quoted || p.at-start < 2 {
		return p.failAt(w, err)
	}
	shorter := strings.TrimSpace(strings.TrimSuffix(w.text, last.text))
	t, _, err = p.m.FindTarget(shorter)
	if err != nil {
		return p.failAt(w, err)
	}
	p.s.target, p.s.about = t, about
	return nil
}

// anything is every division of every organization.
func (p *statementParser) anything() error {
	t := Target{Ref: TargetRef{Kind: authz.KindOrganization, Name: "anything"}, Tenant: -1, Divisions: graph.NewSet(len(p.m.Graph.Divisions()))}
	for d := range p.m.Graph.Divisions() {
		t.Divisions.Add(uint32(d))
	}
	p.s.target = t
	return nil
}
