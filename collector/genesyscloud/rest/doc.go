// Package rest talks to the Genesys Cloud Platform API: it signs in, keeps to
// the rate limit, tries again what broke, pages, and keeps every answer in a
// log from which an interrupted run goes on. It knows nothing of what the
// answers mean.
//
// It can only read: [Routes] lists every request that may leave it, and the
// transport refuses all else, whoever asks. Fields that carry secrets are
// dropped from an answer before anybody sees it.
//
// # Use
//
// Find out who asks whom, open the log of the run, and make a client:
//
//	account, err := rest.Resolve(rest.Settings{Profile: "auditor", Env: os.LookupEnv, Home: home, Dir: "."})
//	…
//	log, err := rest.OpenLog("acme.db.part", rest.LogOptions{Source: account.Source(), Now: time.Now})
//	…
//	defer log.Close()
//	client, err := rest.New(rest.Options{Account: account, Log: log, Observe: progress})
//
// Then ask. A refusal of the platform is an [*APIError]; a 403 names what is
// missing, and the rest of a run goes on:
//
//	settings, err := client.Do(ctx, rest.Get("/api/v2/authorization/settings"))
//	if refused, ok := errors.AsType[*rest.APIError](err); ok && refused.Status == http.StatusForbidden {
//		gap(refused.Missing)
//	}
//
// A list is walked by the iterator of its paging style. An error ends it; what
// was yielded before is good, and incomplete:
//
//	for page, err := range client.Numbered(ctx, rest.Get("/api/v2/users", "state", "inactive"), 500) {
//		if err != nil { … }
//		for _, raw := range page.Entities { … }
//		progress(page.Total)
//	}
//
// What a body must have can be said in [Request.Accept]: an answer without it is
// as broken as one that is not JSON, so it is tried again and never kept.
//
// The styles: [Client.Numbered] (pageNumber), [Client.After] (a cursor inside
// nextUri), [Client.Cursor] (a cursor in the body), [Client.Whole] (one answer),
// [Client.SCIM] (startIndex) and [Client.Async] (post, poll, results).
//
// # Resuming
//
// A client with a [Log] answers from it what was asked before, in this run or
// in the one that was interrupted; nothing else changes for the caller, who
// runs the same plan from its beginning. The n-th time that a request is made
// gets the n-th answer that the log has of it: a list that is read twice on
// purpose is two lists. What the platform refused is not kept, because it may be
// granted before the run goes on; what it did not find is.
//
// [Log.Bind] tells the log which organization answered, so that it is never gone
// on with for another, and [Log.Remove] ends it when the snapshot is whole.
// [Log.Forget] drops answers that are too old to go on
// with:
//
//	if log.Age() > 12*time.Hour {
//		err = log.Forget("/api/v2/users")
//	}
package rest
