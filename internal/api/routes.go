// Package api is the door: it turns requests into questions and wishes, and what comes of them into
// answers. It holds no rule, no transaction and no meaning of its own.
package api

// routes is every endpoint there is. A path that is not here, or not with that method, is a 404.
var routes = []route{
	{on: "GET /api/health", do: health},
	{on: "GET /api/metrics", do: metrics, who: superusers},
	{on: "POST /api/batch", do: batch, limit: batchLimit},

	{on: "GET /api/realtime", do: listen},
	{on: "POST /api/realtime", do: submitTopics, limit: topicsLimit},
	{on: "POST /api/realtime/publish", do: publish, limit: publishLimit},
	{on: "GET /api/realtime/presence", do: listPresence},
	{on: "POST /api/realtime/presence", do: changePresence, limit: smallLimit},

	{on: "GET /api/oauth2-redirect", do: oauth2Redirect},
	{on: "POST /api/oauth2-redirect", do: oauth2Redirect, limit: smallLimit},

	{on: "GET /api/settings", do: showSettings, who: superusers},
	{on: "PATCH /api/settings", do: changeSettings, who: superusers},
	{on: "POST /api/settings/test/email", do: testEmail, who: superusers, limit: smallLimit},
	{on: "POST /api/settings/test/sms", do: testSMS, who: superusers, limit: smallLimit},
	{on: "POST /api/settings/apple/generate-client-secret", do: appleSecret, who: superusers, limit: smallLimit},
	{on: "POST /api/settings/test/s3", do: testS3, who: superusers},

	{on: "GET /api/collections", do: listCollections, who: superusers},
	{on: "POST /api/collections", do: createCollection, who: superusers},
	{on: "PUT /api/collections/import", do: importCollections, who: superusers},
	{on: "GET /api/collections/meta/scaffolds", do: scaffolds, who: superusers},
	{on: "GET /api/collections/meta/oauth2-providers", do: listProviders, who: superusers},
	{on: "POST /api/collections/meta/dry-run-view", do: dryRunView, who: superusers},
	{on: "GET /api/collections/{c}", do: viewCollection, who: superusers},
	{on: "PATCH /api/collections/{c}", do: changeCollection, who: superusers},
	{on: "DELETE /api/collections/{c}", do: deleteCollection, who: superusers},
	{on: "DELETE /api/collections/{c}/truncate", do: truncateCollection, who: superusers},

	{on: "GET /api/collections/{c}/records", do: listRecords, tags: []string{"list"}},
	{on: "POST /api/collections/{c}/records", do: createRecord, tags: []string{"create"}, limit: recordLimit, writes: true},
	{on: "GET /api/collections/{c}/records/{id}", do: viewRecord, tags: []string{"view"}},
	{on: "PATCH /api/collections/{c}/records/{id}", do: updateRecord, tags: []string{"update"}, limit: recordLimit, writes: true},
	{on: "DELETE /api/collections/{c}/records/{id}", do: deleteRecord, tags: []string{"delete"}, writes: true},

	{on: "GET /api/collections/{c}/auth-methods", do: listAuthMethods, tags: []string{"listAuthMethods"}},
	{on: "POST /api/collections/{c}/auth-with-password", do: authWithPassword, tags: []string{"authWithPassword", "auth"}, limit: smallLimit, tight: true},
	{on: "POST /api/collections/{c}/request-otp", do: requestOTP, tags: []string{"requestOTP"}, limit: smallLimit, tight: true},
	{on: "POST /api/collections/{c}/auth-with-otp", do: authWithOTP, tags: []string{"authWithOTP", "auth"}, limit: smallLimit, tight: true},
	{on: "POST /api/collections/{c}/request-verification", do: requestVerification, tags: []string{"requestVerification"}, limit: smallLimit, tight: true},
	{on: "POST /api/collections/{c}/confirm-verification", do: confirmVerification, tags: []string{"confirmVerification"}, limit: smallLimit, tight: true},
	{on: "POST /api/collections/{c}/request-password-reset", do: requestPasswordReset, tags: []string{"requestPasswordReset"}, limit: smallLimit, tight: true},
	{on: "POST /api/collections/{c}/confirm-password-reset", do: confirmPasswordReset, tags: []string{"confirmPasswordReset"}, limit: smallLimit, tight: true},
	{on: "POST /api/collections/{c}/request-email-change", do: requestEmailChange, tags: []string{"requestEmailChange"}, limit: smallLimit, tight: true},
	{on: "POST /api/collections/{c}/confirm-email-change", do: confirmEmailChange, tags: []string{"confirmEmailChange"}, limit: smallLimit, tight: true},
	{on: "POST /api/collections/{c}/request-phone-change", do: requestPhoneChange, tags: []string{"requestPhoneChange"}, limit: smallLimit, tight: true},
	{on: "POST /api/collections/{c}/confirm-phone-change", do: confirmPhoneChange, tags: []string{"confirmPhoneChange"}, limit: smallLimit, tight: true},
	{on: "POST /api/collections/{c}/auth-with-oauth2", do: authWithOAuth2, tags: []string{"authWithOAuth2", "auth"}, limit: smallLimit, tight: true},
	{on: "POST /api/collections/{c}/auth-refresh", do: authRefresh, tags: []string{"authRefresh"}, limit: smallLimit},
	{on: "POST /api/collections/{c}/impersonate/{id}", do: impersonate, who: superusers, limit: smallLimit},

	{on: "POST /api/files/token", do: fileToken, who: accounts},
	{on: "GET /api/files/{c}/{id}/{name}", do: serveFile, tags: []string{"file"}},

	{on: "POST /api/uploads", do: createUpload, limit: pieceLimit},
	{on: "HEAD /api/uploads/{upload}", do: showUpload},
	{on: "PATCH /api/uploads/{upload}", do: addToUpload, limit: pieceLimit},
	{on: "DELETE /api/uploads/{upload}", do: dropUpload},

	{on: "GET /api/dashboard/bootstrap", do: bootstrap, who: superusers},
	{on: "PUT /api/dashboard/environment", do: setEnvironment, who: superusers, limit: smallLimit},
	{on: "GET /api/dashboard/access", do: listFindings, who: superusers},
	{on: "POST /api/dashboard/batch", do: dashboardBatch, who: superusers},
	{on: "POST /api/dashboard/rules/explain", do: explainRule, who: superusers},
	{on: "GET /api/dashboard/rules/tests", do: listRuleTests, who: superusers},
	{on: "POST /api/dashboard/rules/tests", do: saveRuleTest, who: superusers, limit: smallLimit},
	{on: "DELETE /api/dashboard/rules/tests/{test}", do: dropRuleTest, who: superusers},
	{on: "POST /api/dashboard/rules/tests/run", do: runRuleTests, who: superusers},
	{on: "GET /api/dashboard/views", do: listAllViews, who: superusers},
	{on: "GET /api/dashboard/views/{of}", do: listViews, who: superusers},
	{on: "POST /api/dashboard/views/{of}", do: makeView, who: superusers, limit: smallLimit},
	{on: "PATCH /api/dashboard/views/{of}/{view}", do: changeView, who: superusers, limit: smallLimit},
	{on: "DELETE /api/dashboard/views/{of}/{view}", do: dropView, who: superusers},
	{on: "GET /api/dashboard/values/{of}/{field}", do: listValues, who: superusers},
	{on: "POST /api/dashboard/sql", do: runSQL, who: superusers, limit: smallLimit},
	{on: "GET /api/dashboard/realtime/clients", do: listClients, who: superusers},
	{on: "DELETE /api/dashboard/realtime/clients/{client}", do: dropClient, who: superusers},

	{on: "GET /{$}", do: goToDashboard},
	{on: "GET /_", do: goToDashboard},
	{on: "GET /_/{$}", do: page},
	{on: "GET /_/{path...}", do: pageFile},

	{on: "POST /api/setup", do: setUp, limit: smallLimit},
}

// route is one endpoint.
type route struct {
	on     string            // method and path; {c} is a collection by id or name
	do     func(*call) error // answers, or returns why not
	who    audience          // who may ask at all
	tags   []string          // names for rate limits; {c} is looked up at once for routes that have some
	limit  func(*call) int64 // bytes of body; nil is defaultLimit
	writes bool              // {c} must store records
	tight  bool              // somebody may guess there, or have mails sent: rate limits hold exactly on all servers together
}

// audience is who may use a route at all.
type audience uint8

const (
	everybody audience = iota
	accounts           // whoever is signed in
	superusers
)

// Routes lists method and path of every endpoint.
func Routes() []string {
	list := make([]string, len(routes))
	for i, r := range routes {
		list[i] = r.on
	}
	return list
}
