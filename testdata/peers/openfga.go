package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	openfgav1 "github.com/openfga/api/proto/openfga/v1"
	"github.com/openfga/language/pkg/go/transformer"
	"github.com/openfga/openfga/pkg/server"
	"github.com/openfga/openfga/pkg/storage"
	"github.com/openfga/openfga/pkg/storage/migrate"
	"github.com/openfga/openfga/pkg/storage/sqlcommon"
	"github.com/openfga/openfga/pkg/storage/sqlite"
)

// An openfgaPeer is OpenFGA's server, called without a network, over its SQLite
// store (the one in memory looks through all tuples at each step).
type openfgaPeer struct {
	dir          string
	ds           storage.OpenFGADatastore
	srv          *server.Server
	store, model string
}

const openfgaModel = `model
  schema 1.1
type user
type group
  relations
    define member: [user, group#member]
type cell
  relations
    define holder: [user, group#member]
type every
  relations
    define binding: [cell]
    define can: holder from binding
`

const openfgaPerm = `type %s
  relations
    define binding: [cell]
    define everywhere: [every]
    define can: holder from binding or can from everywhere
`

// openfgaBatch is how many tuples one call writes.
const openfgaBatch = 1000

func (p *openfgaPeer) Load(ctx context.Context, o *organization) error {
	if err := p.start(ctx); err != nil {
		return err
	}
	if err := p.writeModel(ctx, o); err != nil {
		return err
	}
	var batch []*openfgav1.TupleKey
	flush := func() error {
		if len(batch) == 0 {
			return nil
		}
		_, err := p.srv.Write(ctx, &openfgav1.WriteRequest{StoreId: p.store, AuthorizationModelId: p.model, Writes: &openfgav1.WriteRequestWrites{TupleKeys: batch}})
		batch = nil
		return err
	}
	err := o.eachRelation(func(r relation) error {
		batch = append(batch, r.tuple())
		if len(batch) < openfgaBatch {
			return nil
		}
		return flush()
	})
	return errors.Join(err, flush())
}

func (p *openfgaPeer) start(ctx context.Context) error {
	var err error
	if p.dir, err = os.MkdirTemp("", "peers"); err != nil {
		return err
	}
	uri := "file:" + filepath.Join(p.dir, "openfga.db") + "?_pragma=synchronous(off)"
	if err := migrate.RunMigrations(migrate.MigrationConfig{Engine: "sqlite", URI: uri, Timeout: time.Minute, PingTimeout: time.Minute}); err != nil {
		return err
	}
	if p.ds, err = sqlite.New(uri, sqlcommon.NewConfig(sqlcommon.WithMaxTuplesPerWrite(openfgaBatch))); err != nil {
		return err
	}
	const long = time.Hour // or lists end early, without a word
	p.srv, err = server.NewServerWithOpts(server.WithDatastore(p.ds), server.WithListUsersMaxResults(0), server.WithListObjectsMaxResults(0),
		server.WithListUsersDeadline(long), server.WithListObjectsDeadline(long), server.WithRequestTimeout(long))
	if err != nil {
		return err
	}
	made, err := p.srv.CreateStore(ctx, &openfgav1.CreateStoreRequest{Name: "peers"})
	if err != nil {
		return err
	}
	p.store = made.GetId()
	return nil
}

func (p *openfgaPeer) writeModel(ctx context.Context, o *organization) error {
	var text strings.Builder
	text.WriteString(openfgaModel)
	for _, m := range o.asked {
		fmt.Fprintf(&text, openfgaPerm, permType(m))
	}
	model, err := transformer.TransformDSLToProto(text.String())
	if err != nil {
		return err
	}
	written, err := p.srv.WriteAuthorizationModel(ctx, &openfgav1.WriteAuthorizationModelRequest{
		StoreId: p.store, TypeDefinitions: model.GetTypeDefinitions(), SchemaVersion: model.GetSchemaVersion(), Conditions: model.GetConditions(),
	})
	if err != nil {
		return err
	}
	p.model = written.GetAuthorizationModelId()
	return nil
}

func (r relation) tuple() *openfgav1.TupleKey {
	user := r.subject + ":" + r.subjectID
	if r.subjectRelation != "" {
		user += "#" + r.subjectRelation
	}
	return &openfgav1.TupleKey{Object: r.object + ":" + r.id, Relation: r.name, User: user}
}

func (p *openfgaPeer) Check(ctx context.Context, q question) (bool, error) {
	res, err := p.srv.Check(ctx, &openfgav1.CheckRequest{StoreId: p.store, AuthorizationModelId: p.model, TupleKey: &openfgav1.CheckRequestTupleKey{
		User: fmt.Sprintf("user:u%d", q.principal), Relation: "can", Object: fmt.Sprintf("%s:d%d", permType(q.permission), q.division),
	}})
	return res.GetAllowed(), err
}

func (p *openfgaPeer) Who(ctx context.Context, q question) ([]int, error) {
	res, err := p.srv.ListUsers(ctx, &openfgav1.ListUsersRequest{
		StoreId: p.store, AuthorizationModelId: p.model, Relation: "can",
		Object:      &openfgav1.Object{Type: permType(q.permission), Id: fmt.Sprintf("d%d", q.division)},
		UserFilters: []*openfgav1.UserTypeFilter{{Type: "user"}},
	})
	if err != nil {
		return nil, err
	}
	list := make([]int, len(res.GetUsers()))
	for i, u := range res.GetUsers() {
		if list[i], err = position(u.GetObject().GetId(), "u"); err != nil {
			return nil, err
		}
	}
	return list, nil
}

func (p *openfgaPeer) Where(ctx context.Context, q question) ([]int, error) {
	res, err := p.srv.ListObjects(ctx, &openfgav1.ListObjectsRequest{
		StoreId: p.store, AuthorizationModelId: p.model, Type: permType(q.permission), Relation: "can", User: fmt.Sprintf("user:u%d", q.principal),
	})
	if err != nil {
		return nil, err
	}
	list := make([]int, len(res.GetObjects()))
	for i, object := range res.GetObjects() {
		if list[i], err = position(object, permType(q.permission)+":d"); err != nil {
			return nil, err
		}
	}
	return list, nil
}

func (p *openfgaPeer) Close() error {
	p.srv.Close()
	p.ds.Close()
	return os.RemoveAll(p.dir)
}
