import assert from "node:assert/strict";
import { createServer, request } from "node:http";
import { test } from "node:test";
import { fails, suite } from "../lib/suite.js";

const s = suite();

test("the base address works with and without a slash", async () => {
  for (const url of [s.url, `${s.url}/`]) {
    const health = await s.client(url).health.check();
    assert.equal(health.code, 200);
    assert.equal(typeof health.message, "string");
    assert.equal(typeof health.data, "object");
  }
});

test("a proxy may put the API below a path", async () => {
  const target = new URL(s.url);
  const proxy = createServer((from, to) => {
    const { hostname, port } = target;
    from.pipe(
      request({ hostname, port, method: from.method, path: from.url.replace(/^\/below\/here/, ""), headers: from.headers }, (answer) => {
        to.writeHead(answer.statusCode, answer.headers);
        answer.pipe(to);
      }),
    );
  });
  await new Promise((resolve) => proxy.listen(0, "127.0.0.1", resolve));
  try {
    const pb = s.client(`http://127.0.0.1:${proxy.address().port}/below/here/`);
    assert.equal((await pb.health.check()).code, 200);
    assert.ok((await pb.collection("users").listAuthMethods()).password.enabled);
  } finally {
    proxy.closeAllConnections();
    proxy.close();
  }
});

test("a browser on another origin is let through", async () => {
  const answer = await fetch(`${s.url}/api/collections/users/records`, {
    method: "OPTIONS",
    headers: { Origin: "http://elsewhere.example", "Access-Control-Request-Method": "PATCH", "Access-Control-Request-Headers": "authorization,content-type" },
  });
  assert.equal(answer.status, 204);
  assert.equal(answer.headers.get("access-control-allow-origin"), "*");
  assert.match(answer.headers.get("access-control-allow-methods"), /PATCH/);
  const plain = await fetch(`${s.url}/api/health`, { headers: { Origin: "http://elsewhere.example" } });
  assert.equal(plain.headers.get("access-control-allow-origin"), "*");
});

test("an unknown route is a JSON error", async () => {
  const error = await fails(s.client().send("/api/nowhere", {}), 404);
  assert.deepEqual(error.response, { status: 404, message: "The requested resource wasn't found.", data: {} });
});

test("a GET with a JSON type and no body is no error, and garbage tokens make guests", async () => {
  const pb = s.client();
  pb.authStore.save("not.a.token", null);
  assert.equal((await pb.collection("users").getList()).totalItems, 0);
});

test("send passes query, headers and bodies", async () => {
  const health = await s.admin.send("/api/health", { query: { fields: "code" }, headers: { "X-Custom": "1" } });
  assert.deepEqual(health, { code: 200 });
  assert.deepEqual(Object.keys(await s.admin.send("/api/settings", { method: "PATCH", body: {} })).includes("meta"), true);
  assert.deepEqual(await s.admin.send("/api/health", { foo: 1, fields: "code" }), { code: 200 });
});
