-- A grantgraph snapshot: what one or more organizations of Genesys Cloud (or
-- Genesys Engage) said about who may do what, at one moment.
--
-- How to read it in the sqlite3 shell:
--   Every record and every id that another record mentions is one row of ref,
--   and has a number there. Columns marked (ref) hold such numbers: join ref to
--   see the id. ref.known is 0 for an id that is mentioned and was never told.
--   Times are text in UTC (RFC 3339), except grant_.made_at. A missing time, a
--   missing number and an unknown yes or no are NULL, a missing text is ''.
--   Yes is 1, no is 0. Lists are JSON arrays, sorted; NULL is an empty list.
--   The column raw numbers the JSON that the record came from, see raw_block.
--   The views whose names end in _readable join the names for you.

-- Every id, once. Foreign keys point here, so that a grant to somebody who is
-- not there is data and not an error.
CREATE TABLE ref (
  ref INTEGER PRIMARY KEY, -- from 1, without holes, in the order of first mention
  org TEXT NOT NULL, -- id of the organization
  kind TEXT NOT NULL, -- user, group, role, division ...; subject: the source gave no type
  id TEXT NOT NULL,
  known INTEGER NOT NULL CHECK (known IN (0, 1)) -- whether a record with this key was told
) STRICT;

CREATE UNIQUE INDEX ref_key ON ref (org, kind, id);

CREATE TABLE organization (
  ref INTEGER PRIMARY KEY REFERENCES ref (ref),
  name TEXT NOT NULL,
  platform TEXT NOT NULL, -- genesys-cloud (also where empty) or genesys-engage
  region TEXT NOT NULL,
  grant_division_aware INTEGER, -- is the right to grant roles limited to divisions
  backfill INTEGER, -- does the platform add new permissions to default roles
  raw INTEGER
) STRICT;

CREATE TABLE division (
  ref INTEGER PRIMARY KEY REFERENCES ref (ref),
  name TEXT NOT NULL,
  home INTEGER NOT NULL,
  raw INTEGER
) STRICT;

-- The platform's catalogue of permissions. The id in ref is in lower case.
CREATE TABLE permission (
  ref INTEGER PRIMARY KEY REFERENCES ref (ref),
  domain TEXT NOT NULL, -- these three as received
  entity TEXT NOT NULL,
  action TEXT NOT NULL,
  label TEXT NOT NULL,
  division_aware INTEGER, -- 0: reaches the whole organization wherever it is granted
  allows_conditions INTEGER,
  raw INTEGER
) STRICT;

CREATE TABLE role (
  ref INTEGER PRIMARY KEY REFERENCES ref (ref),
  name TEXT NOT NULL,
  description TEXT NOT NULL,
  built_in INTEGER NOT NULL,
  base INTEGER NOT NULL,
  based_on TEXT NOT NULL, -- the platform's name of the built-in role it comes from
  inherits TEXT, -- ids, or else names, of roles
  legacy TEXT, -- permissions of one part, such as admin
  lines_missing INTEGER NOT NULL, -- 1: named, but nobody said what is in it
  raw INTEGER
) STRICT;

-- The lines of the roles. Their order means nothing.
CREATE TABLE policy (
  role INTEGER NOT NULL REFERENCES ref (ref),
  line INTEGER NOT NULL,
  domain TEXT NOT NULL, -- as received, each may be *
  entity TEXT NOT NULL,
  action TEXT NOT NULL,
  guide TEXT NOT NULL, -- a name as guides write it, instead of the three
  scope TEXT NOT NULL,
  scope_groups TEXT,
  scope_teams TEXT,
  scope_views TEXT,
  condition TEXT, -- JSON, NULL: none
  PRIMARY KEY (role, line)
) STRICT, WITHOUT ROWID;

-- Users of the organization (kind user) and of organizations that it trusts
-- (kind trustee_user).
CREATE TABLE user (
  ref INTEGER PRIMARY KEY REFERENCES ref (ref),
  name TEXT NOT NULL,
  trustee INTEGER REFERENCES ref (ref), -- (ref) trust, of a trustee's user
  email TEXT NOT NULL,
  username TEXT NOT NULL,
  division INTEGER REFERENCES ref (ref), -- (ref)
  state TEXT NOT NULL, -- active (also where empty), inactive, deleted
  last_token TEXT,
  last_login TEXT, -- sign-in by password only
  manager INTEGER REFERENCES ref (ref), -- (ref) user
  title TEXT NOT NULL,
  department TEXT NOT NULL,
  employee_type TEXT NOT NULL,
  bpo INTEGER,
  region TEXT NOT NULL,
  licences TEXT,
  cloned_from TEXT NOT NULL, -- id of an organization
  raw INTEGER
) STRICT;

CREATE TABLE group_ (
  ref INTEGER PRIMARY KEY REFERENCES ref (ref),
  name TEXT NOT NULL,
  trustee INTEGER REFERENCES ref (ref), -- (ref) trust, of a trustee's group
  state TEXT NOT NULL,
  type TEXT NOT NULL,
  roles_enabled INTEGER,
  include_owners INTEGER,
  owners TEXT, -- ids
  dynamic INTEGER,
  raw INTEGER
) STRICT;

CREATE TABLE team (
  ref INTEGER PRIMARY KEY REFERENCES ref (ref),
  name TEXT NOT NULL,
  division INTEGER REFERENCES ref (ref), -- (ref)
  raw INTEGER
) STRICT;

-- Groups, teams and queues whose members were read. One without a row here was
-- not read; one without members has a row here and none in member.
CREATE TABLE member_list (
  container INTEGER PRIMARY KEY REFERENCES ref (ref), -- (ref)
  partial INTEGER NOT NULL, -- 1: there may be more members than these
  raw INTEGER
) STRICT;

CREATE TABLE member (
  container INTEGER NOT NULL REFERENCES member_list (container), -- (ref)
  member INTEGER NOT NULL REFERENCES ref (ref), -- (ref)
  PRIMARY KEY (container, member)
) STRICT, WITHOUT ROWID;

CREATE TABLE oauth_client (
  ref INTEGER PRIMARY KEY REFERENCES ref (ref),
  name TEXT NOT NULL,
  grant_type TEXT NOT NULL,
  state TEXT NOT NULL,
  token_seconds INTEGER NOT NULL, -- 0: unknown
  scopes TEXT,
  redirects TEXT,
  created TEXT,
  modified TEXT,
  created_by INTEGER REFERENCES ref (ref), -- (ref) user
  modified_by INTEGER REFERENCES ref (ref), -- (ref) user
  raw INTEGER
) STRICT;

-- What OAuth clients called.
CREATE TABLE usage (
  client INTEGER NOT NULL REFERENCES ref (ref), -- (ref)
  template TEXT NOT NULL,
  method TEXT NOT NULL,
  date TEXT NOT NULL, -- '': unknown
  requests INTEGER NOT NULL,
  raw INTEGER,
  PRIMARY KEY (client, template, method, date)
) STRICT, WITHOUT ROWID;

-- Where grants were told: a JSON array of names for each number.
CREATE TABLE grant_source (
  source INTEGER PRIMARY KEY,
  names TEXT NOT NULL
) STRICT;

-- Who holds which role where. The division * is every division there is and
-- will be.
CREATE TABLE grant_ (
  subject INTEGER NOT NULL REFERENCES ref (ref), -- (ref)
  role INTEGER NOT NULL REFERENCES ref (ref), -- (ref)
  division INTEGER NOT NULL REFERENCES ref (ref), -- (ref)
  made_at INTEGER, -- milliseconds since 1970
  made_by TEXT,
  source INTEGER NOT NULL REFERENCES grant_source (source),
  raw INTEGER,
  PRIMARY KEY (subject, role, division)
) STRICT, WITHOUT ROWID;

-- Objects that lie in a division: kind queue, flow or resource.
CREATE TABLE resource (
  ref INTEGER PRIMARY KEY REFERENCES ref (ref),
  name TEXT NOT NULL,
  type TEXT NOT NULL,
  division INTEGER REFERENCES ref (ref), -- (ref)
  member_groups TEXT, -- of a queue: [{"id", "type"}]
  raw INTEGER
) STRICT;

-- Named sets of queues and users, for the scope view of a policy.
CREATE TABLE view (
  ref INTEGER PRIMARY KEY REFERENCES ref (ref),
  name TEXT NOT NULL,
  queues TEXT, -- ids
  users TEXT, -- ids
  raw INTEGER
) STRICT;

-- Organizations that are let in. The id is that of the other organization.
CREATE TABLE trust (
  ref INTEGER PRIMARY KEY REFERENCES ref (ref),
  name TEXT NOT NULL,
  enabled INTEGER,
  created TEXT,
  expires TEXT,
  full_access INTEGER,
  default_role INTEGER,
  raw INTEGER
) STRICT;

-- Attribute-based rules beside the roles.
CREATE TABLE access_policy (
  ref INTEGER PRIMARY KEY REFERENCES ref (ref),
  name TEXT NOT NULL,
  target TEXT NOT NULL,
  subject_type TEXT NOT NULL,
  subject_id TEXT NOT NULL,
  effect TEXT NOT NULL,
  active INTEGER,
  clients INTEGER,
  condition TEXT NOT NULL, -- JSON as received
  raw INTEGER
) STRICT;

-- Records that are kept and not interpreted. The id in ref is LIST/ID.
CREATE TABLE other (
  ref INTEGER PRIMARY KEY REFERENCES ref (ref),
  list TEXT NOT NULL,
  name TEXT NOT NULL,
  raw INTEGER
) STRICT;

-- The ledger: what was asked for, what came, and how. A status other than
-- complete, reading and not_applicable is a gap: something that the snapshot
-- lacks.
CREATE TABLE coverage (
  line INTEGER PRIMARY KEY,
  org TEXT NOT NULL,
  list TEXT NOT NULL,
  source TEXT NOT NULL, -- endpoint or file
  status TEXT NOT NULL,
  expected INTEGER, -- the number that the source announced, NULL: unknown
  received INTEGER NOT NULL,
  pages INTEGER NOT NULL,
  started TEXT,
  ended TEXT,
  reason TEXT NOT NULL,
  missing_permission TEXT NOT NULL
) STRICT;

-- How the file came to be: tool, binary, command, source, credential, times.
CREATE TABLE meta (
  name TEXT PRIMARY KEY,
  value TEXT NOT NULL
) STRICT, WITHOUT ROWID;

-- The digests, in one row that is written last: a file without it is not whole.
CREATE TABLE seal (
  one INTEGER PRIMARY KEY CHECK (one = 1),
  digest TEXT NOT NULL, -- of the records
  coverage_digest TEXT NOT NULL,
  meta_digest TEXT NOT NULL,
  seal TEXT NOT NULL -- over the three
) STRICT;

-- The JSON that records came from, compressed (zstd). A block holds the texts
-- numbered first and up; each is preceded by the key of its record and by both
-- lengths.
CREATE TABLE raw_block (
  first INTEGER PRIMARY KEY,
  texts INTEGER NOT NULL, -- how many
  data BLOB NOT NULL
) STRICT;

-- Copies of the above in a form that programs load faster. They say nothing
-- new, are checked against the tables by grantgraph snapshot verify, and do not
-- count where the seal is another.
CREATE TABLE aid (
  name TEXT NOT NULL,
  part INTEGER NOT NULL,
  seal TEXT NOT NULL,
  data BLOB NOT NULL,
  PRIMARY KEY (name, part)
) STRICT;

-- Grants with the names of subject, role and division.
CREATE VIEW grant_readable AS
SELECT s.org, s.kind AS subject_kind, s.id AS subject,
  coalesce(u.name, g.name, t.name, c.name, '') AS subject_name, coalesce(u.state, g.state, c.state, '') AS state,
  r.id AS role, coalesce(role.name, '') AS role_name,
  d.id AS division, CASE d.id WHEN '*' THEN 'all divisions' ELSE coalesce(division.name, '') END AS division_name,
  strftime('%Y-%m-%dT%H:%M:%fZ', made_at / 1000.0, 'unixepoch') AS made_at, made_by,
  grant_source.names AS sources, s.known AND r.known AND (d.known OR d.id = '*') AS known
FROM grant_
JOIN ref AS s ON s.ref = grant_.subject
JOIN ref AS r ON r.ref = grant_.role
JOIN ref AS d ON d.ref = grant_.division
LEFT JOIN user AS u ON u.ref = grant_.subject
LEFT JOIN group_ AS g ON g.ref = grant_.subject
LEFT JOIN team AS t ON t.ref = grant_.subject
LEFT JOIN oauth_client AS c ON c.ref = grant_.subject
LEFT JOIN role ON role.ref = grant_.role
LEFT JOIN division ON division.ref = grant_.division
LEFT JOIN grant_source ON grant_source.source = grant_.source;

-- Members with the names of both sides.
CREATE VIEW member_readable AS
SELECT c.org, c.kind AS container_kind, c.id AS container,
  coalesce(g.name, t.name, q.name, '') AS container_name,
  m.kind AS member_kind, m.id AS member, coalesce(u.name, n.name, '') AS member_name
FROM member
JOIN ref AS c ON c.ref = member.container
JOIN ref AS m ON m.ref = member.member
LEFT JOIN group_ AS g ON g.ref = member.container
LEFT JOIN team AS t ON t.ref = member.container
LEFT JOIN resource AS q ON q.ref = member.container
LEFT JOIN ref AS mu ON mu.org = m.org AND mu.kind = 'user' AND mu.id = m.id
LEFT JOIN user AS u ON u.ref = mu.ref
LEFT JOIN group_ AS n ON n.ref = member.member;

-- Lines of roles with the role's name.
CREATE VIEW policy_readable AS
SELECT r.org, r.id AS role, role.name AS role_name, policy.line,
  CASE policy.guide WHEN '' THEN policy.domain || ':' || policy.entity || ':' || policy.action ELSE policy.guide END AS permission,
  policy.scope, policy.scope_groups, policy.scope_teams, policy.scope_views, policy.condition
FROM policy
JOIN ref AS r ON r.ref = policy.role
JOIN role ON role.ref = policy.role;

-- Users with the names of division and manager.
CREATE VIEW user_readable AS
SELECT r.org, r.kind, r.id, user.name, user.email, user.state, d.id AS division, coalesce(division.name, '') AS division_name,
  user.title, user.department, m.id AS manager, user.last_token, user.last_login
FROM user
JOIN ref AS r ON r.ref = user.ref
LEFT JOIN ref AS d ON d.ref = user.division
LEFT JOIN division ON division.ref = user.division
LEFT JOIN ref AS m ON m.ref = user.manager;

-- What the snapshot lacks.
CREATE VIEW gap AS
SELECT org, list, source, status, expected, received, reason, missing_permission
FROM coverage
WHERE status NOT IN ('complete', 'reading', 'not_applicable')
ORDER BY line;
