// What every suite begins with: a server, and clients for it.
import assert from "node:assert/strict";
import { after, before } from "node:test";
import PocketBase, { ClientResponseError } from "pocketbase";
import { startStore } from "./objectstore.js";
import { root, start } from "./server.js";

export { root };

// suite starts a server for the test file it is called from. Its `fill` runs once, as superuser. With OBJECT_STORE_BIN the
// server keeps its files in an object store.
export function suite(fill = async () => {}) {
  const s = {
    url: "",
    admin: null, // a superuser's client
    store: null, // the object store, when there is one
    // client is a new client without a sign-in that does not cancel requests on its own.
    client: (url = s.url) => new PocketBase(url).autoCancellation(false),
    // restart ends the server and starts it again, on the same data and port.
    restart: () => server.restart(),
    // signedIn is a client of a user.
    signedIn: async (email, password, collection = "users") => {
      const pb = s.client();
      await pb.collection(collection).authWithPassword(email, password);
      return pb;
    },
  };
  let server;
  before(async () => {
    s.store = await startStore();
    server = await start();
    s.url = server.url;
    s.admin = s.client();
    await s.admin.collection("_superusers").authWithPassword(root.email, root.password);
    if (s.store) await s.admin.settings.update({ s3: s.store.settings });
    await fill(s.admin);
  });
  after(async () => {
    await server?.stop();
    await s.store?.stop();
  });
  return s;
}

// fails expects the client's own error and returns it.
export async function fails(promise, status) {
  const error = await promise.then(
    (answer) => assert.fail(`expected status ${status}, but it succeeded: ${JSON.stringify(answer)}`),
    (error) => error,
  );
  assert.ok(error instanceof ClientResponseError, `not the client's error: ${error}`);
  assert.equal(error.status, status, JSON.stringify(error.response));
  return error;
}

// codes are the validation codes of an error, by field.
export function codes(error) {
  return Object.fromEntries(Object.entries(error.response.data).map(([field, detail]) => [field, detail.code]));
}
