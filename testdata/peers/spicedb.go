package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	v1 "github.com/authzed/authzed-go/proto/authzed/api/v1"
	"github.com/authzed/spicedb/pkg/cmd/datastore"
	"github.com/authzed/spicedb/pkg/cmd/server"
	"github.com/authzed/spicedb/pkg/cmd/util"
	"google.golang.org/grpc"
)

// A spicedbPeer is SpiceDB's server over its store in memory, called through a
// connection within the process.
type spicedbPeer struct {
	stop   context.CancelFunc
	ended  chan error
	conn   *grpc.ClientConn
	client v1.PermissionsServiceClient
}

const spicedbSchema = `definition user {}
definition group {
	relation member: user | group#member
}
definition cell {
	relation holder: user | group#member
}
definition every {
	relation binding: cell
	permission can = binding->holder
}
`

const spicedbPerm = `definition %s {
	relation binding: cell
	relation everywhere: every
	permission can = binding->holder + everywhere->can
}
`

// spicedbBatch is how many relationships one call writes: the most that it takes.
const spicedbBatch = 1000

func (p *spicedbPeer) Load(ctx context.Context, o *organization) error {
	if err := p.start(ctx); err != nil {
		return err
	}
	var text strings.Builder
	text.WriteString(spicedbSchema)
	for _, m := range o.asked {
		fmt.Fprintf(&text, spicedbPerm, permType(m))
	}
	if _, err := v1.NewSchemaServiceClient(p.conn).WriteSchema(ctx, &v1.WriteSchemaRequest{Schema: text.String()}); err != nil {
		return err
	}
	return p.fill(ctx, o)
}

func (p *spicedbPeer) start(ctx context.Context) error {
	const long = 24 * time.Hour // what was loaded is not forgotten while it is asked about
	ds, err := datastore.NewDatastore(ctx, datastore.DefaultDatastoreConfig().ToOption(), datastore.WithEngine("memory"),
		datastore.WithGCWindow(long), datastore.WithRequestHedgingEnabled(false))
	if err != nil {
		return err
	}
	srv, err := server.NewConfigWithOptionsAndDefaults(
		server.WithDatastore(ds), server.WithDispatchMaxDepth(50), server.WithStreamingAPITimeout(long),
		server.WithGRPCServer(util.GRPCServerConfig{Network: util.BufferedNetwork, Enabled: true}),
		server.WithGRPCAuthFunc(func(ctx context.Context) (context.Context, error) { return ctx, nil }),
		server.WithHTTPGateway(util.HTTPServerConfig{HTTPEnabled: false}), server.WithMetricsAPI(util.HTTPServerConfig{HTTPEnabled: false}),
		server.WithDispatchServer(util.GRPCServerConfig{Enabled: false}), server.WithEnableMemoryProtectionMiddleware(false),
		server.WithSilentlyDisableTelemetry(true), server.WithTelemetryEndpoint(""), server.WithDisableGRPCLatencyHistogram(true),
	).Complete(ctx)
	if err != nil {
		return err
	}
	run, stop := context.WithCancel(ctx)
	p.stop, p.ended = stop, make(chan error, 1)
	go func() { p.ended <- srv.Run(run) }()
	if p.conn, err = srv.GRPCDialContext(ctx); err != nil {
		return err
	}
	p.client = v1.NewPermissionsServiceClient(p.conn)
	return nil
}

// fill writes all relations. A bulk import into the store in memory takes longer.
func (p *spicedbPeer) fill(ctx context.Context, o *organization) error {
	var batch []*v1.RelationshipUpdate
	flush := func() error {
		_, err := p.client.WriteRelationships(ctx, &v1.WriteRelationshipsRequest{Updates: batch})
		batch = nil
		return err
	}
	err := o.eachRelation(func(r relation) error {
		batch = append(batch, &v1.RelationshipUpdate{Operation: v1.RelationshipUpdate_OPERATION_CREATE, Relationship: &v1.Relationship{
			Resource: &v1.ObjectReference{ObjectType: r.object, ObjectId: r.id}, Relation: r.name,
			Subject: &v1.SubjectReference{Object: &v1.ObjectReference{ObjectType: r.subject, ObjectId: r.subjectID}, OptionalRelation: r.subjectRelation},
		}})
		if len(batch) < spicedbBatch {
			return nil
		}
		return flush()
	})
	if err == nil && len(batch) > 0 {
		err = flush()
	}
	return err
}

// latest asks for what was loaded.
func latest() *v1.Consistency {
	return &v1.Consistency{Requirement: &v1.Consistency_FullyConsistent{FullyConsistent: true}}
}

func (q question) user() *v1.SubjectReference {
	return &v1.SubjectReference{Object: &v1.ObjectReference{ObjectType: "user", ObjectId: fmt.Sprintf("u%d", q.principal)}}
}

func (q question) object() *v1.ObjectReference {
	return &v1.ObjectReference{ObjectType: permType(q.permission), ObjectId: fmt.Sprintf("d%d", q.division)}
}

func (p *spicedbPeer) Check(ctx context.Context, q question) (bool, error) {
	res, err := p.client.CheckPermission(ctx, &v1.CheckPermissionRequest{Consistency: latest(), Resource: q.object(), Permission: "can", Subject: q.user()})
	return res.GetPermissionship() == v1.CheckPermissionResponse_PERMISSIONSHIP_HAS_PERMISSION, err
}

func (p *spicedbPeer) Who(ctx context.Context, q question) ([]int, error) {
	in, err := p.client.LookupSubjects(ctx, &v1.LookupSubjectsRequest{Consistency: latest(), Resource: q.object(), Permission: "can", SubjectObjectType: "user"})
	if err != nil {
		return nil, err
	}
	return receive(in, func(r *v1.LookupSubjectsResponse) (int, error) {
		return position(r.GetSubject().GetSubjectObjectId(), "u")
	})
}

func (p *spicedbPeer) Where(ctx context.Context, q question) ([]int, error) {
	in, err := p.client.LookupResources(ctx, &v1.LookupResourcesRequest{Consistency: latest(), ResourceObjectType: permType(q.permission), Permission: "can", Subject: q.user()})
	if err != nil {
		return nil, err
	}
	return receive(in, func(r *v1.LookupResourcesResponse) (int, error) { return position(r.GetResourceObjectId(), "d") })
}

// receive reads a stream to its end.
func receive[T any](in grpc.ServerStreamingClient[T], number func(*T) (int, error)) ([]int, error) {
	var list []int
	for {
		r, err := in.Recv()
		if errors.Is(err, io.EOF) {
			return list, nil
		}
		if err != nil {
			return nil, err
		}
		n, err := number(r)
		if err != nil {
			return nil, err
		}
		list = append(list, n)
	}
}

func (p *spicedbPeer) Close() error {
	err := p.conn.Close()
	p.stop()
	return errors.Join(err, <-p.ended)
}
