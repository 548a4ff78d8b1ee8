// Channels with the official client, which knows nothing of them: subscribing is its own, the rest are requests.
import assert from "node:assert/strict";
import { after, test } from "node:test";
import { fails, suite } from "../lib/suite.js";
import { listen, quiet } from "../lib/realtime.js";

const password = "a channel password 1";
const clients = [];

after(() => Promise.all(clients.map((pb) => pb.realtime.unsubscribe())));

const s = suite(async (admin) => {
  await admin.collections.create({
    name: "memberships", type: "base", fields: [
      { name: "room", type: "text" }, { name: "user", type: "relation", collectionId: "_pb_users_auth_", maxSelect: 1 }],
  });
  const member = "@request.auth.id != '' && @collection.memberships.room ?= room && @collection.memberships.user ?= @request.auth.id";
  await admin.settings.update({ realtime: { channels: [{ name: "rooms/:room", joinRule: member, publishRule: member, presence: true }] } });
});

async function user(name, ...rooms) {
  const record = await s.admin.collection("users").create({ email: `${name}@channels.example`, password, passwordConfirm: password, name });
  for (const room of rooms) await s.admin.collection("memberships").create({ room, user: record.id });
  const pb = await s.signedIn(record.email, password);
  clients.push(pb);
  return pb;
}

const publish = (pb, topic, more) => pb.send("/api/realtime/publish", { method: "POST", body: { topic, ...more } });
const ids = (members) => members.map((m) => m.id).sort();
const idOf = (pb) => pb.authStore.record.id;

test("members of a room hear each other, nobody else does", async () => {
  const [ann, bob, eve] = [await user("ann", "1"), await user("bob", "1"), await user("eve", "2")];
  const guest = s.client();
  clients.push(guest);
  const [a, b] = [await listen(ann, "rooms/1"), await listen(bob, "rooms/1")];
  const [e, g] = [await listen(eve, "rooms/1"), await listen(guest, "rooms/1")];
  assert.deepEqual(await e.take(), [{ action: "refused", reason: "rule" }]);
  assert.deepEqual(await g.take(), [{ action: "refused", reason: "rule" }]);
  assert.deepEqual((await a.take(3)).map((x) => x.action), ["sync", "join", "join"]);
  const [sync] = await b.take(2);
  assert.deepEqual(ids(sync.members), [idOf(ann)]);
  await publish(ann, "rooms/1", { event: "typing", data: { on: true }, clientId: ann.realtime.clientId });
  assert.deepEqual(await b.take(), [{
    action: "broadcast", event: "typing", data: { on: true }, from: { collectionId: "_pb_users_auth_", collectionName: "users", id: idOf(ann) },
  }]);
  await fails(publish(eve, "rooms/1"), 403);
  await fails(publish(guest, "rooms/1"), 403);
  await fails(publish(ann, "elsewhere"), 404);
  quiet(a, e, g);
});

test("who is there, what they say of themselves, and that they leave", async () => {
  const [cat, dan] = [await user("cat", "3"), await user("dan", "3")];
  const c = await listen(cat, "rooms/3");
  await c.take(2);
  const d = await listen(dan, "rooms/3");
  assert.equal((await c.take())[0].member.id, idOf(dan));
  await dan.send("/api/realtime/presence", { method: "POST", body: { clientId: dan.realtime.clientId, topic: "rooms/3", state: { mood: "good" } } });
  const [changed] = await c.take();
  assert.deepEqual([changed.action, changed.member.state], ["change", { mood: "good" }]);
  const there = await cat.send("/api/realtime/presence", { query: { topic: "rooms/3" } });
  assert.deepEqual(ids(there.members), [idOf(cat), idOf(dan)].sort());
  await d.unsubscribe();
  const [left] = await c.take();
  assert.deepEqual([left.action, left.member.id], ["leave", idOf(dan)]);
});

test("a membership that ends is the end of hearing", async () => {
  const fay = await user("fay", "4");
  const f = await listen(fay, "rooms/4");
  await f.take(2);
  const membership = await s.admin.collection("memberships").getFirstListItem(`user = "${idOf(fay)}"`);
  await s.admin.collection("memberships").delete(membership.id);
  assert.deepEqual(await f.take(), [{ action: "refused", reason: "rule" }]);
  await publish(s.admin, "rooms/4", { event: "late" });
  quiet(f);
});

test("topics of records are untouched by it", async () => {
  const gus = await user("gus", "5");
  const own = await listen(gus, `users/${idOf(gus)}`);
  const room = await listen(gus, "rooms/5");
  await room.take(2);
  await gus.collection("users").update(idOf(gus), { name: "Gus" });
  assert.equal((await own.take())[0].record.name, "Gus");
  quiet(room);
});
