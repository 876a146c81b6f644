package genesyscloud

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"strings"
	"time"

	"github.com/grantgraph/grantgraph/collector/genesyscloud/rest"
)

// An API answers the questions of the plan; [*rest.Client] is one.
type API interface {
	Do(ctx context.Context, r rest.Request) (*rest.Response, error)
	Numbered(ctx context.Context, r rest.Request, size int) iter.Seq2[rest.Page, error]
	After(ctx context.Context, r rest.Request, size int) iter.Seq2[rest.Page, error]
	Cursor(ctx context.Context, r rest.Request, size int) iter.Seq2[rest.Page, error]
	Whole(ctx context.Context, r rest.Request) iter.Seq2[rest.Page, error]
	Begin(ctx context.Context, j rest.Job) (*rest.Response, error)
	Async(ctx context.Context, j rest.Job) iter.Seq2[rest.Page, error]
}

var _ API = (*rest.Client)(nil)

// pages walks a reading from its first page.
func (s *Source) pages(ctx context.Context, api API, q *reading) iter.Seq2[rest.Page, error] {
	r := q.request()
	switch q.at.style {
	case numbered:
		return api.Numbered(ctx, r, q.size)
	case after:
		return api.After(ctx, r, q.size)
	case cursor:
		return api.Cursor(ctx, r, q.size)
	case whole:
		return api.Whole(ctx, r)
	case job:
		j := s.job(q)
		j.Started = q.begun
		return api.Async(ctx, j)
	default:
		return one(ctx, api, r)
	}
}

// one asks for a single entity as if it were a list of one.
func one(ctx context.Context, api API, r rest.Request) iter.Seq2[rest.Page, error] {
	return func(yield func(rest.Page, error) bool) {
		got, err := api.Do(ctx, r)
		if err != nil {
			yield(rest.Page{}, err)
			return
		}
		p := rest.Page{Number: 1, Total: -1, At: got.At, Replayed: got.Replayed}
		if len(got.Body) > 0 {
			p.Entities = append(p.Entities, got.Body)
		}
		yield(p, nil)
	}
}

// job returns what is asked of an endpoint that answers later.
func (s *Source) job(q *reading) rest.Job {
	if q.at.name == rowUsage {
		return rest.Job{
			Start: rest.Request{Method: "POST", Path: q.path(), Body: map[string]any{
				"interval": span(s.o.Until.Add(-s.o.UsageFor), s.o.Until), "granularity": "Day",
				"metrics": []string{"Requests"}, "groupBy": []string{"TemplateUri", "HttpMethod"},
			}},
			Results: func(id string) rest.Request {
				return rest.Get("/api/v2/oauth/clients/" + q.of + "/usage/query/results/" + id)
			},
		}
	}
	service, interval, _ := strings.Cut(q.of, " ")
	return rest.Job{
		Start: rest.Request{Method: "POST", Path: q.path(), Body: map[string]any{
			"interval": interval, "serviceName": service,
			"sort": []map[string]string{{"name": "Timestamp", "sortOrder": "ascending"}},
		}},
		State:   func(id string) rest.Request { return rest.Get("/api/v2/audits/query/" + id) },
		Results: func(id string) rest.Request { return rest.Get("/api/v2/audits/query/" + id + "/results") },
		Size:    q.size,
	}
}

// span is an interval as the API takes it.
func span(from, to time.Time) string {
	return from.UTC().Format(time.RFC3339) + "/" + to.UTC().Format(time.RFC3339)
}

// refused returns the platform's refusal, if that is what the error is.
func refused(err error) (*rest.APIError, bool) { return errors.AsType[*rest.APIError](err) }

// status reports whether the platform refused with a status.
func status(err error, want int) bool {
	e, ok := refused(err)
	return ok && e.Status == want
}

// fatal reports whether an error ends the run: nothing else would be answered
// or kept either.
func fatal(ctx context.Context, err error) bool {
	var (
		auth  *rest.AuthError
		log   *rest.LogError
		limit *rest.LimitError
	)
	return ctx.Err() != nil || errors.Is(err, rest.ErrNotAllowed) ||
		errors.As(err, &auth) || errors.As(err, &log) || errors.As(err, &limit)
}

// why says in a few words why a reading ended early.
func why(err error) string {
	if e, ok := refused(err); ok {
		if e.Status == 403 && len(e.Missing) > 0 {
			return "the platform refuses it (403)" // the line names the permission
		}
		text := fmt.Sprintf("the platform answered %d", e.Status)
		if e.Message != "" {
			text += ": " + clip(e.Message)
		} else if e.Code != "" {
			text += ": " + clip(e.Code)
		}
		return text
	}
	if _, ok := errors.AsType[*rest.LimitError](err); ok {
		return "the platform's rate limit for it did not open"
	}
	if e, ok := errors.AsType[*rest.AuthError](err); ok {
		return fmt.Sprintf("the platform takes no token for it (%d), and does elsewhere", e.Status)
	}
	return clip(err.Error())
}

// longest is how much of the platform's words a line repeats.
const longest = 300

func clip(s string) string {
	if len(s) <= longest {
		return s
	}
	return strings.ToValidUTF8(s[:longest], "") + "…"
}
