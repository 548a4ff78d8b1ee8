import assert from "node:assert/strict";
import { after, test } from "node:test";
import { EventSource } from "eventsource";
import { codes, fails, suite } from "../lib/suite.js";
import { startIDP } from "../lib/idp.js";

globalThis.EventSource ??= EventSource;

const back = "https://app.compat.example/back";
let idp;
const s = suite(async () => {
  idp = await startIDP([back, `${s.url}/api/oauth2-redirect`]);
  idp.accounts.set("ann", { email: "ann@compat.example", email_verified: true, name: "Ann Archer", preferred_username: "ann" });
  idp.accounts.set("bob", { email: "bob@compat.example", email_verified: false, name: "Bob" });
  await offer();
});
after(() => idp?.stop());

const offer = (more) => s.admin.collections.update("users", { oauth2: { enabled: true, providers: [idp.config(more)] } });

// go asks for the methods, signs in at the provider, and returns what a client brings back.
async function go(who) {
  const methods = await s.client().collection("users").listAuthMethods();
  const provider = methods.oauth2.providers[0];
  const landed = await idp.visit(provider.authURL + encodeURIComponent(back), who);
  assert.equal(landed.searchParams.get("state"), provider.state);
  return { code: landed.searchParams.get("code"), verifier: provider.codeVerifier };
}

const signIn = (pb, { code, verifier }, data) => pb.collection("users").authWithOAuth2Code("oidc", code, verifier, back, data);

test("the first visit makes an account, the second finds it", async () => {
  const pb = s.client();
  const first = await signIn(pb, await go("ann"), { name: "Own name" });
  assert.deepEqual([first.record.email, first.record.verified, first.record.name], ["ann@compat.example", true, "Own name"]);
  assert.deepEqual([first.meta.isNew, first.meta.id, first.meta.name, first.meta.username], [true, "ann", "Ann Archer", "ann"]);
  assert.equal(first.meta.rawUser.email, "ann@compat.example");
  assert.ok(first.meta.accessToken && pb.authStore.isValid);
  const again = await signIn(s.client(), await go("ann"));
  assert.deepEqual([again.record.id, again.meta.isNew], [first.record.id, false]);
  const links = await pb.collection("_externalAuths").getFullList();
  assert.deepEqual(links.map((l) => [l.provider, l.providerId]), [["oidc", "ann"]]);
  await pb.collection("_externalAuths").delete(links[0].id);
});

test("a code is good once, with its own verifier", async () => {
  const trip = await go("ann");
  await fails(signIn(s.client(), { ...trip, verifier: "not-the-verifier-that-belongs-to-this-very-code" }), 400);
  const other = await go("ann");
  await signIn(s.client(), other);
  await fails(signIn(s.client(), other), 400);
  assert.deepEqual(codes(await fails(s.client().collection("users").authWithOAuth2Code("nobody", "c", "v", back), 400)), { provider: "validation_invalid_provider" });
});

test("an e-mail that nobody vouches for links to nothing", async () => {
  const password = "a-password-1";
  const owner = await s.client().collection("users").create({ email: "bob@compat.example", password, passwordConfirm: password });
  assert.deepEqual(codes(await fails(signIn(s.client(), await go("bob")), 400)), { email: "validation_required" });
  const owned = await s.signedIn("bob@compat.example", password);
  const linked = await signIn(owned, await go("bob"));
  assert.deepEqual([linked.record.id, linked.record.verified, linked.meta.isNew], [owner.id, false, false]);
});

test("the profile from a signed ID token, bound by a nonce", async () => {
  await offer({ userInfoURL: "", extra: { jwksURL: `${idp.url}/jwks`, issuers: [idp.url], nonce: true } });
  assert.equal((await signIn(s.client(), await go("ann"))).meta.email, "ann@compat.example");
  await offer({ userInfoURL: "", extra: { jwksURL: `${idp.url}/jwks`, issuers: ["https://other.example"] } });
  await fails(signIn(s.client(), await go("ann")), 400);
  await offer();
});

test("all in one, over realtime", async () => {
  const pb = s.client();
  let seen;
  const done = await pb.collection("users").authWithOAuth2({
    provider: "oidc",
    urlCallback: async (url) => {
      const landed = await idp.visit(url, "ann");
      const response = await fetch(landed, { redirect: "manual" });
      seen = [response.status, response.headers.get("location")];
      const replay = await fetch(landed, { redirect: "manual" });
      seen.push(replay.headers.get("location"));
    },
  });
  assert.equal(done.record.email, "ann@compat.example");
  for (let i = 0; i < 200 && seen?.length !== 3; i++) await new Promise((resolve) => setTimeout(resolve, 10));
  assert.deepEqual(seen, [307, "../_/#/auth/oauth2-redirect-success", "../_/#/auth/oauth2-redirect-failure"]);
});
