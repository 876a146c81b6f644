package simulator_test

import (
	"context"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"hash"
	"testing"

	"github.com/grantgraph/grantgraph/collector/simulator"
	"github.com/grantgraph/grantgraph/graph/authz"
)

// digester is a sink that keeps only a hash of what it was told.
type digester struct {
	hash  hash.Hash
	limit int
	n     int
}

var errFull = errors.New("full")

func (d *digester) Put(rec authz.Record, raw json.RawMessage) error {
	if d.n++; d.limit > 0 && d.n > d.limit {
		return errFull
	}
	_, err := fmt.Fprintf(d.hash, "%T %+v %s\n", rec, rec, raw)
	return err
}

func (d *digester) Cover(line authz.Coverage) error {
	_, err := fmt.Fprintf(d.hash, "%+v\n", line)
	return err
}

// keeper is a sink that keeps everything.
type keeper struct{ authz.Records }

func (k *keeper) Put(rec authz.Record, _ json.RawMessage) error { return k.Records.Put(rec) }

func (k *keeper) Cover(line authz.Coverage) error {
	k.CoverageLedger = append(k.CoverageLedger, line)
	return nil
}

func generated(t *testing.T, o simulator.Options) (simulator.Plan, *keeper) {
	t.Helper()
	var k keeper
	plan, err := simulator.Generate(context.Background(), o, &k, nil)
	if err != nil {
		t.Fatal(err)
	}
	return plan, &k
}

// variants are organizations that each hold to the same rules.
func variants() []simulator.Options {
	return []simulator.Options{
		{Size: simulator.SizeS, Seed: 1},
		{Size: simulator.SizeS, Seed: 1, Faults: true},
		{Size: simulator.SizeS, Seed: 7, Shape: simulator.ShapeFlat},
		{Size: simulator.SizeS, Seed: 7, Shape: simulator.ShapeFlat, Faults: true},
		{Size: simulator.SizeM, Seed: 1},
		{Size: simulator.SizeM, Seed: 3, Faults: true},
	}
}

func name(o simulator.Options) string {
	return fmt.Sprintf("%s%s%d,faults=%t", o.Size, o.Shape, o.Seed, o.Faults)
}

func TestGenerateIsDeterministic(t *testing.T) {
	t.Parallel()
	sum := func(o simulator.Options) string {
		d := &digester{hash: sha256.New()}
		plan, err := simulator.Generate(context.Background(), o, d, nil)
		if err != nil {
			t.Fatal(err)
		}
		fmt.Fprintf(d.hash, "%+v", plan)
		return fmt.Sprintf("%x", d.hash.Sum(nil))
	}
	seen := map[string]string{}
	for _, o := range variants()[:4] {
		first := sum(o)
		if again := sum(o); again != first {
			t.Errorf("%s: the second run differs from the first", name(o))
		}
		if other, ok := seen[first]; ok {
			t.Errorf("%s is the same as %s", name(o), other)
		}
		seen[first] = name(o)
	}
	if sum(simulator.Options{Size: simulator.SizeS, Seed: 2}) == sum(simulator.Options{Size: simulator.SizeS, Seed: 1}) {
		t.Error("two seeds give the same organization")
	}
}

func TestGenerateCounts(t *testing.T) {
	t.Parallel()
	for _, o := range variants() {
		t.Run(name(o), func(t *testing.T) {
			t.Parallel()
			plan, k := generated(t, o)
			users := 0
			for _, u := range k.User {
				if u.Trustee == "" {
					users++
				}
			}
			got := simulator.Counts{
				Users: users, Groups: len(k.Group), Roles: len(k.Role), Divisions: len(k.Division),
				Permissions: len(k.Permission), Clients: len(k.Client), Grants: plan.Counts.Grants,
			}
			if got != plan.Counts {
				t.Errorf("got %+v, want %+v", got, plan.Counts)
			}
			if n := len(k.Grant); n*100 < plan.Counts.Grants*99 || n*100 > plan.Counts.Grants*101 {
				t.Errorf("%d grants, want %d within one in a hundred", n, plan.Counts.Grants)
			}
		})
	}
}

func TestGenerateNamesEachRecordOnce(t *testing.T) {
	t.Parallel()
	for _, o := range variants() {
		t.Run(name(o), func(t *testing.T) {
			t.Parallel()
			_, k := generated(t, o)
			seen := map[authz.Key]bool{}
			once := func(key authz.Key) {
				if seen[key] {
					t.Errorf("%s is there twice", key)
				}
				seen[key] = true
			}
			eachRecord(&k.Records, once)
			for _, g := range k.Grant {
				once(g.Key())
			}
			clear(seen)
			for _, m := range k.Member {
				once(m.Key())
				in := map[authz.Key]bool{}
				for _, member := range m.Members {
					if in[member] {
						t.Errorf("%s holds %s twice", m.Key(), member)
					}
					in[member] = true
				}
			}
		})
	}
}

// eachRecord calls yield with the key of each record that is no grant and no list.
func eachRecord(r *authz.Records, yield func(authz.Key)) {
	keysOf(r.Organization, yield)
	keysOf(r.Division, yield)
	keysOf(r.Permission, yield)
	keysOf(r.Role, yield)
	keysOf(r.User, yield)
	keysOf(r.Group, yield)
	keysOf(r.Team, yield)
	keysOf(r.Client, yield)
	keysOf(r.Resource, yield)
	keysOf(r.View, yield)
	keysOf(r.Trust, yield)
	keysOf(r.AccessPolicy, yield)
}

func keysOf[T authz.Record](list []T, yield func(authz.Key)) {
	for _, r := range list {
		yield(r.Key())
	}
}

func TestGenerateCoversEveryList(t *testing.T) {
	t.Parallel()
	for _, faults := range []bool{false, true} {
		_, k := generated(t, simulator.Options{Size: simulator.SizeS, Faults: faults})
		gaps := 0
		for i, line := range k.CoverageLedger {
			if line.List != authz.Lists()[i] {
				t.Errorf("line %d is of %s, want %s", i, line.List, authz.Lists()[i])
			}
			if line.IsGap() {
				gaps++
			}
		}
		if len(k.CoverageLedger) != len(authz.Lists()) {
			t.Errorf("%d lines, want %d", len(k.CoverageLedger), len(authz.Lists()))
		}
		if faults != (gaps == 1) {
			t.Errorf("faults %t: %d gaps", faults, gaps)
		}
	}
}

func TestGenerateStopsWhenTheSinkFails(t *testing.T) {
	t.Parallel()
	for _, limit := range []int{1, 5, 100, 2_000, 5_000} {
		d := &digester{hash: sha256.New(), limit: limit}
		if _, err := simulator.Generate(context.Background(), simulator.Options{Size: simulator.SizeS}, d, nil); !errors.Is(err, errFull) {
			t.Errorf("limit %d: got %v, want the sink's error", limit, err)
		}
	}
}

func TestGenerateStopsWhenCancelled(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	d := &digester{hash: sha256.New()}
	if _, err := simulator.Generate(ctx, simulator.Options{Size: simulator.SizeS}, d, nil); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v, want cancelled", err)
	}
}

func TestGenerateRefusesWhatDoesNotExist(t *testing.T) {
	t.Parallel()
	for _, o := range []simulator.Options{{}, {Size: "XXL"}, {Size: simulator.SizeS, Shape: "round"}} {
		if _, err := simulator.Generate(context.Background(), o, &digester{hash: sha256.New()}, nil); err == nil {
			t.Errorf("%+v: no error", o)
		}
	}
}

func TestGenerateEncodes(t *testing.T) {
	t.Parallel()
	encode := func(rec authz.Record) (json.RawMessage, error) {
		if rec.Key().Kind == authz.KindTeam {
			return nil, errFull
		}
		return json.RawMessage(`{}`), nil
	}
	_, err := simulator.Generate(context.Background(), simulator.Options{Size: simulator.SizeS}, &digester{hash: sha256.New()}, encode)
	if !errors.Is(err, errFull) {
		t.Errorf("got %v, want the encoder's error", err)
	}
}

func TestParse(t *testing.T) {
	t.Parallel()
	if s, err := simulator.ParseSize("xl"); s != simulator.SizeXL || err != nil {
		t.Errorf("xl: %q, %v", s, err)
	}
	if _, err := simulator.ParseSize("huge"); err == nil {
		t.Error("huge: no error")
	}
	if s, err := simulator.ParseShape("Flat"); s != simulator.ShapeFlat || err != nil {
		t.Errorf("Flat: %q, %v", s, err)
	}
	if _, err := simulator.ParseShape(""); err == nil {
		t.Error("empty shape: no error")
	}
}
