// A tab that is left open for a day, played quickly: what others write, where somebody goes meanwhile, every hour's timers,
// streams that are lost. LONG=1 plays all of it; else the same in small. The dashboard's specification §8.3.
import assert from "node:assert/strict";
import { test } from "node:test";
import { setTimeout as later } from "node:timers/promises";
import { Person } from "./browser.mjs";
import { browser, fixture, server } from "./fixture.mjs";
import { id, seed } from "./server.mjs";
import { screens } from "./shots.mjs";

// Three changes a second: 259,200 in a day.
const { hours, changes } = process.env.LONG ? { hours: 24, changes: 10_800 } : { hours: 2, changes: 600 };

fixture(() => seed(server.pb, 300));

const pieces = 300;
let written = 0;

/** Others change, make and delete records; the last of it is a title that tells when all has arrived. */
async function write(n, last) {
  for (let done = 0; done < n; done += pieces) {
    const batch = server.pb.createBatch();
    const posts = batch.collection("posts");
    for (let i = 0; i < pieces; i += 3, written++) {
      const made = `made${String(written).padStart(11, "0")}`;
      posts.create({ id: made, title: `Made ${written}`, body: "<p>words</p>".repeat(20) });
      posts.update(id(written % 200), { title: `Changed ${written}`, views: written });
      posts.delete(made);
    }
    await batch.send();
  }
  await server.pb.collection("posts").update(id(0), { title: last });
}

/** What a person does in an hour, at the screens one after the other. */
async function work(p, hour) {
  const all = Object.values(screens).filter((at) => !/sights|sql/.test(at));
  const from = (hour * 5) % all.length;
  for (const at of [...all, ...all].slice(from, from + 5)) {
    await p.open(at);
    await p.settled();
  }
  await p.open(`/c/posts?s=id&q=${encodeURIComponent(`views >= 0 && title != "${hour}"`)}`);
  await p.cell(1, 2).waitFor();
  for (const i of [1, 2]) {
    await p.open(`/c/posts?s=id&r=${id(i)}`);
    const title = p.page.getByRole("form").getByLabel("title");
    await title.fill(`Typed at ${hour}`);
    await p.page.getByText("1 field changed").waitFor();
    await title.fill(`Changed ${hour}`);
    await p.page.getByRole("button", { name: "Close the panel" }).click();
  }
  await p.page.keyboard.press("Control+k");
  await p.page.getByRole("dialog").waitFor();
  await p.page.keyboard.press("Escape");
}

const streams = () => server.pb.send("/api/dashboard/realtime/clients");

/** Ends every stream; clients open new ones. */
async function cut() {
  for (const { id } of await streams()) await server.pb.send(`/api/dashboard/realtime/clients/${id}`, { method: "DELETE" });
}

/** Waits until so many streams are open. */
async function open(n) {
  for (let left = 300; (await streams()).filter((s) => s.topics.length).length !== n; left--) {
    assert.ok(left, `there never were ${n} streams`);
    await later(50);
  }
}

/** What is in use once all that can be thrown away was: megabytes of data, elements and their listeners. */
async function inUse(p) {
  const cdp = (p.cdp ??= await p.page.context().newCDPSession(p.page));
  for (let i = 0; i < 3; i++) await cdp.send("HeapProfiler.collectGarbage");
  const { usedSize } = await cdp.send("Runtime.getHeapUsage");
  const { nodes, jsEventListeners: listeners } = await cdp.send("Memory.getDOMCounters");
  return { mb: Math.round(usedSize / 1e5) / 10, nodes, listeners };
}

test("ROB-4 a tab that is open for a day grows by 20 MB at most", async () => {
  const p = await Person.arrive(browser, server, { at: "/start" });
  await p.page.clock.install();
  await p.page.reload();
  const after = [];
  for (let hour = 0; hour < hours; hour++) {
    await work(p, hour);
    await p.open("/c/posts?s=id");
    await p.cell(0, 2).waitFor();
    await write(changes / 2, `The grid at ${hour}`);
    await p.cell(0, 2).filter({ hasText: `The grid at ${hour}` }).waitFor();
    await p.open("/realtime");
    await p.page.getByRole("button", { name: "Listen to" }).click();
    await p.page.getByRole("menuitemcheckbox", { name: "posts" }).click();
    await p.page.getByRole("region", { name: "Connections" }).getByText("posts/*").waitFor();
    await p.page.getByLabel("Show what is in them").check();
    await write(changes / 2, `The events at ${hour}`);
    await p.page.getByRole("region", { name: "Event list" }).getByText(`The events at ${hour}`).waitFor();
    await cut();
    const full = await inUse(p); // with the events that are kept
    await p.open("/start");
    await p.settled();
    await p.page.clock.fastForward("01:00:00");
    after.push({ full, rest: await inUse(p) });
  }
  console.log(after.map(({ full, rest }) => `${full.mb} ${rest.mb}`).join(", "));
  const [first, last] = [after[0], after.at(-1)];
  for (const when of ["full", "rest"]) {
    assert.ok(last[when].mb - first[when].mb <= 20, `it has grown from ${first[when].mb} to ${last[when].mb} MB`);
    assert.ok(last[when].nodes - first[when].nodes <= 200, `from ${first[when].nodes} to ${last[when].nodes} elements`);
    assert.ok(last[when].listeners - first[when].listeners <= 100, `from ${first[when].listeners} to ${last[when].listeners} listeners`);
  }
  assert.deepEqual(p.errors, []);
  await p.leave();
});

test("what happened while a stream was lost, or while nobody looked, shows afterwards", async () => {
  const p = await Person.arrive(browser, server, { at: "/c/posts?s=id" });
  const title = (text) => p.cell(4, 2).filter({ hasText: text }).waitFor();
  const change = (text) => server.pb.collection("posts").update(id(4), { title: text });
  await open(1);
  await p.intercept("**/api/realtime", (r) => r.abort());
  await cut();
  await open(0);
  await change("While it was lost");
  await p.page.unroute("**/api/realtime");
  await title("While it was lost");
  const look = (state) => p.page.evaluate((state) => {
    Object.defineProperty(document, "visibilityState", { configurable: true, get: () => state });
    document.dispatchEvent(new Event("visibilitychange"));
  }, state);
  await look("hidden");
  await open(0);
  await change("While nobody looked");
  await look("visible");
  await title("While nobody looked");
  await p.leave();
});
