// A built server with a directory of its own, and what tests need to know of it.
import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import PocketBase from "pocketbase";

const bin = process.env.HOLDALL_BIN ?? new URL("../../bin/holdall", import.meta.url).pathname;

export const email = "ada@example.com";
export const password = "correct horse battery";

/** The hosts of the servers that this process has started: the only ones that a browser may ask for. */
export const hosts = new Set();

/** Starts a server on a free port of the loopback; close() ends it and removes its directory. Flags are those of serve. */
export const startServer = (...flags) => start(bin, ["superuser", "create"], "127.0.0.1:0", flags);

/** Starts a server that nobody has signed up to yet; its directory has the link to do so. */
export const startNew = () => start(bin, undefined, "127.0.0.1:0");

/** Starts a PocketBase, which POCKETBASE_BIN names: it is compared with. */
export async function startNeighbour() {
  const free = createServer().listen(0, "127.0.0.1");
  await once(free, "listening");
  const { port } = free.address();
  free.close();
  return start(process.env.POCKETBASE_BIN, ["superuser", "upsert"], `127.0.0.1:${port}`);
}

async function start(program, makeSuperuser, http, flags = []) {
  const dir = await mkdtemp(join(tmpdir(), "holdall-web-"));
  const made = makeSuperuser && spawnSync(program, [...makeSuperuser, email, password, "--dir", dir], { encoding: "utf8" });
  if (made && made.status !== 0) throw new Error(`no superuser: ${made.stdout}${made.stderr}`);
  const child = spawn(program, ["serve", "--dir", dir, "--http", http, ...flags], { stdio: ["ignore", "pipe", "pipe"] });
  const url = await address(child);
  hosts.add(new URL(url).host);
  // A test that fails half way neither waits for its server nor leaves it behind.
  for (const thing of [child, child.stdout, child.stderr]) thing.unref();
  process.once("exit", () => child.kill("SIGKILL"));
  const stranger = () => new PocketBase(url).autoCancellation(false);
  const pb = stranger();
  if (made) await pb.collection("_superusers").authWithPassword(email, password);
  return {
    url,
    dir,
    pb,
    stranger,
    pid: child.pid,
    stop: () => child.kill("SIGSTOP"),
    go: () => child.kill("SIGCONT"),
    async close() {
      child.ref();
      child.kill("SIGCONT");
      child.kill("SIGTERM");
      if (child.exitCode === null) await new Promise((done) => child.once("exit", done));
      await rm(dir, { recursive: true, force: true });
    },
  };
}

/** The address that a server prints when it is ready. */
function address(child) {
  return new Promise((found, lost) => {
    let said = "";
    const hear = (chunk) => {
      said += chunk;
      const m = /http:\/\/127\.0\.0\.1:\d+/.exec(said);
      if (m) found(m[0]);
    };
    child.stdout.on("data", hear);
    child.stderr.on("data", hear);
    child.once("exit", (code) => lost(new Error(`the server ended with ${code}: ${said}`)));
  });
}

/** The id of the record with a number, counted from 0, of those that are sown. */
export const id = (i) => String(i).padStart(15, "0");

/** The collections and records that most tests work on. */
export async function seed(pb, posts = 300) {
  await pb.settings.update({ batch: { enabled: true, maxRequests: 1000, timeout: 60 } });
  const authors = await pb.collections.create({
    name: "authors",
    type: "base",
    listRule: "",
    viewRule: "",
    fields: [{ name: "name", type: "text", presentable: true }, { name: "email", type: "email" }],
  });
  await pb.collections.create({
    name: "posts",
    type: "base",
    listRule: "published = true",
    viewRule: "",
    fields: [
      { name: "title", type: "text", required: true, max: 200 },
      { name: "views", type: "number" },
      { name: "published", type: "bool" },
      { name: "status", type: "select", maxSelect: 1, values: ["draft", "review", "done"] },
      { name: "tags", type: "select", maxSelect: 3, values: ["go", "js", "db"] },
      { name: "author", type: "relation", collectionId: authors.id, maxSelect: 1 },
      { name: "meta", type: "json" },
      { name: "at", type: "date" },
      { name: "place", type: "geoPoint" },
      { name: "site", type: "url" },
      { name: "body", type: "editor" },
      { name: "pictures", type: "file", maxSelect: 2 },
      { name: "created", type: "autodate", onCreate: true },
      { name: "updated", type: "autodate", onCreate: true, onUpdate: true },
    ],
  });
  const names = ["Ada", "Grace", "Barbara", "Radia", "Frances"];
  const people = [];
  for (const name of names) people.push(await pb.collection("authors").create({ name, email: `${name.toLowerCase()}@example.org` }));
  for (let from = 0; from < posts; from += 1000) {
    const batch = pb.createBatch();
    for (let i = from; i < Math.min(posts, from + 1000); i++) batch.collection("posts").create(post(i, people));
    await batch.send();
  }
  return { authors: people };
}

const post = (i, people) => ({
  id: id(i),
  title: `Post ${i}`,
  views: (i * 7) % 1000,
  published: i % 3 > 0,
  status: ["draft", "review", "done"][i % 3],
  tags: ["go", "js"].slice(0, i % 3),
  author: people[i % people.length].id,
  meta: i % 4 ? { n: i } : null,
  at: "2026-01-02 10:00:00Z",
  place: { lat: 47.5, lon: 19.04 },
  site: `https://example.com/${i}`,
  body: `<p>Post <b>${i}</b></p>`,
});
