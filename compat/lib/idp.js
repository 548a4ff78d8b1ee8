// A real OpenID Connect provider, certified and not ours, on a free loopback port. People sign in by naming
// themselves in the query of the address they are sent to (login_hint) or in a form; they consent to everything.
import { createServer } from "node:http";
import Provider from "oidc-provider";

export const client = { id: "holdall", secret: "a-client-secret-of-some-length" };

// startIDP returns {url, accounts, config, visit, stop}. accounts are claims by subject, to be filled.
export async function startIDP(redirects) {
  const accounts = new Map();
  const http = createServer((request, response) => handle(request, response));
  await new Promise((resolve) => http.listen(0, "127.0.0.1", resolve));
  const url = `http://127.0.0.1:${http.address().port}`;
  const provider = new Provider(url, {
    clients: [{ client_id: client.id, client_secret: client.secret, redirect_uris: redirects, response_types: ["code"], grant_types: ["authorization_code"] }],
    findAccount: (_, sub) => ({ accountId: sub, claims: () => ({ sub, ...accounts.get(sub) }) }),
    claims: { openid: ["sub"], email: ["email", "email_verified"], profile: ["name", "preferred_username", "picture"] },
    conformIdTokenClaims: false,
    features: { devInteractions: { enabled: false } },
    interactions: { url: (_, interaction) => `/interaction/${interaction.uid}` },
    pkce: { required: () => true },
    cookies: { keys: ["compat"] },
  });
  const own = provider.callback();
  const handle = async (request, response) => {
    if (!request.url.startsWith("/interaction/")) return own(request, response);
    const { prompt, params, session, grantId } = await provider.interactionDetails(request, response);
    if (prompt.name === "login") return login(request, response, params.login_hint);
    const grant = grantId ? await provider.Grant.find(grantId) : new provider.Grant({ accountId: session.accountId, clientId: params.client_id });
    grant.addOIDCScope("openid email profile");
    return provider.interactionFinished(request, response, { consent: { grantId: await grant.save() } }, { mergeWithLastSubmission: true });
  };
  // login asks who somebody is, unless the address says so.
  const login = async (request, response, hint) => {
    const sent = request.method === "POST" ? new URLSearchParams(await text(request)) : new URLSearchParams();
    if (sent.has("cancel")) return provider.interactionFinished(request, response, { error: "access_denied" });
    const accountId = hint ?? sent.get("who");
    if (accountId) return provider.interactionFinished(request, response, { login: { accountId } });
    response.setHeader("Content-Type", "text/html; charset=utf-8");
    response.end(`<!doctype html><title>Provider</title><form method="post"><label>Who are you? <input name="who" autofocus></label><button>Go on</button><button name="cancel" value="1">Cancel</button></form>`);
  };
  const config = (more = {}) => ({
    name: "oidc", clientId: client.id, clientSecret: client.secret, displayName: "Compat",
    authURL: `${url}/auth`, tokenURL: `${url}/token`, userInfoURL: `${url}/me`, ...more,
  });
  const stop = () => new Promise((resolve) => { http.closeAllConnections(); http.close(resolve); });
  return { url, accounts, config, visit: (address, who) => visit(address, who, url), stop };
}

async function text(request) {
  let all = "";
  for await (const chunk of request) all += chunk;
  return all;
}

// visit goes where a browser would: through sign-in and consent, up to the first address that is not the
// provider's.
async function visit(address, who, home) {
  const jar = new Map();
  let at = new URL(address);
  at.searchParams.set("login_hint", who);
  for (let steps = 0; at.origin === home; steps++) {
    if (steps > 12) throw new Error(`no end at ${at}`);
    const cookie = [...jar].map(([name, value]) => `${name}=${value}`).join("; ");
    const response = await fetch(at, { redirect: "manual", headers: { cookie } });
    for (const line of response.headers.getSetCookie()) {
      const [, name, value] = /^([^=]+)=([^;]*)/.exec(line);
      if (value) jar.set(name, value);
      else jar.delete(name);
    }
    const text = await response.text();
    const to = response.headers.get("location");
    if (!to) throw new Error(`${response.status} at ${at}: ${text.slice(0, 300)}`);
    at = new URL(to, at);
  }
  return at;
}
