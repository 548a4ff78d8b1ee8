import assert from "node:assert/strict";
import { test } from "node:test";
import { crc32, deflateSync } from "node:zlib";
import { codes, fails, suite } from "../lib/suite.js";

const id = (name) => name.padEnd(15, "0");

const s = suite(async (admin) => {
  await admin.settings.update({ batch: { enabled: true } });
  await admin.collections.create({
    name: "cards", type: "base", viewRule: "", createRule: "", updateRule: "",
    fields: [{ name: "title", type: "text", required: true }, { name: "docs", type: "file", maxSelect: 5 }],
  });
});

test("files behind a token", async () => {
  await s.admin.collections.create({
    name: "papers", type: "base", viewRule: "@request.auth.id != ''", createRule: "",
    fields: [{ name: "doc", type: "file", maxSelect: 1, protected: true }, { name: "open", type: "file", maxSelect: 2 }, { name: "list", type: "json" }],
  });
  const made = await s.client().collection("papers").create({
    doc: new File(["hidden"], "doc.txt"), open: [new File(["one"], "one.txt"), new File(["two"], "two.txt")], list: ["x", 1],
  });
  assert.deepEqual(made.list, ["x", 1]);
  const text = async (...args) => {
    const answer = await fetch(s.client().files.getURL(...args));
    return answer.ok ? answer.text() : answer.status;
  };
  assert.equal(await text(made, made.open[1]), "two");
  assert.equal(await text(made, made.doc), 404);
  await s.client().collection("users").create({ email: "lea@compat.example", password: "a-password-1", passwordConfirm: "a-password-1" });
  const pb = await s.signedIn("lea@compat.example", "a-password-1");
  assert.equal(await text(made, made.doc, { token: await pb.files.getToken() }), "hidden");
  const fewer = await s.admin.collection("papers").update(made.id, { open: [made.open[1], new File(["three"], "three.txt")] });
  assert.equal(fewer.open.length, 2);
  assert.equal(fewer.open[0], made.open[1]);
  assert.equal((await s.admin.collection("papers").update(made.id, { "open-": fewer.open[0] })).open.length, 1);
});

test("files travel along", async () => {
  const batch = s.client().createBatch();
  batch.collection("cards").create({ id: id("files"), title: "files", docs: [new File(["one"], "one.txt"), new File(["two"], "two.txt")] });
  const [{ body }] = await batch.send();
  assert.equal(body.docs.length, 2);
  const later = s.client().createBatch();
  later.collection("cards").update(id("files"), { docs: [body.docs[0], new File(["three"], "three.txt")] });
  const [answer] = await later.send();
  assert.equal(answer.body.docs.length, 2);
  assert.equal(answer.body.docs[0], body.docs[0]);
  const files = s.client().files;
  assert.equal(await (await fetch(files.getURL(answer.body, answer.body.docs.at(-1)))).text(), "three");
});

test("files that are too big or of a wrong kind", async () => {
  await s.admin.collections.create({
    name: "forms", type: "base", createRule: "",
    fields: [{ name: "must", type: "text", required: true }, { name: "doc", type: "file", maxSelect: 1, maxSize: 10, mimeTypes: ["text/plain"] }],
  });
  const forms = s.client().collection("forms");
  const big = await fails(forms.create({ must: "x", doc: new File(["0123456789ABC"], "big.txt") }), 400);
  assert.deepEqual(codes(big), { doc: "validation_file_size_limit" });
  const odd = await fails(forms.create({ must: "x", doc: new File([new Uint8Array([0x89, 0x50, 0x4e, 0x47, 13, 10, 26, 10])], "a.png") }), 400);
  assert.deepEqual(codes(odd), { doc: "validation_invalid_mime_type" });
});

// png is a picture of one colour.
function png(width, height) {
  const chunk = (type, data) => {
    const body = Buffer.concat([Buffer.from(type), data]);
    const out = Buffer.alloc(body.length + 8);
    out.writeUInt32BE(data.length, 0);
    body.copy(out, 4);
    out.writeUInt32BE(crc32(body), body.length + 4);
    return out;
  };
  const head = Buffer.alloc(13);
  head.writeUInt32BE(width, 0);
  head.writeUInt32BE(height, 4);
  head.set([8, 2], 8); // a byte for each of red, green and blue
  const rows = Buffer.alloc(height * (1 + 3 * width), 200);
  for (let y = 0; y < height; y++) rows[y * (1 + 3 * width)] = 0;
  return Buffer.concat([
    Buffer.from([0x89, 0x50, 0x4e, 0x47, 13, 10, 26, 10]), chunk("IHDR", head), chunk("IDAT", deflateSync(rows)), chunk("IEND", Buffer.alloc(0)),
  ]);
}

// sizeOf reads the size of a PNG.
const sizeOf = (raw) => [raw.readUInt32BE(16), raw.readUInt32BE(20)];

test("the life of a picture", async () => {
  await s.admin.collections.create({
    name: "album", type: "base", viewRule: "", createRule: "", updateRule: "", deleteRule: "",
    fields: [{ name: "all", type: "file", maxSelect: 9, thumbs: ["40x0", "30x30f"] }],
  });
  const album = s.client().collection("album");
  const { files } = s.client();
  const picture = (name) => new File([png(200, 100)], name);
  const get = async (record, name, query) => {
    const answer = await fetch(files.getURL(record, name, query));
    return { status: answer.status, headers: answer.headers, body: Buffer.from(await answer.arrayBuffer()) };
  };
  const made = await album.create({ all: [picture("First One.PNG"), new File(["words"], "words.txt")] });
  assert.match(made.all[0], /^first_one_\w{10}\.PNG$/);
  const appended = await album.update(made.id, { "all+": picture("second.png") });
  assert.deepEqual(appended.all.slice(0, 2), made.all);
  const all = (await album.update(made.id, { "+all": [picture("zeroth.png")] })).all;
  assert.deepEqual(all.slice(1), appended.all);

  for (const [thumb, size] of [["40x0", [40, 20]], ["30x30f", [30, 15]], ["100x100", [100, 100]], ["7x7", [200, 100]]]) {
    for (let i = 0; i < 2; i++) { // made, then kept
      const { status, headers, body } = await get(made, all[0], { thumb });
      assert.deepEqual([status, headers.get("content-type"), sizeOf(body)], [200, "image/png", size], thumb);
    }
  }
  assert.equal((await get(made, made.all[1], { thumb: "100x100" })).body.toString(), "words");
  const webp = await get(made, all[0], { thumb: "40x0", format: "webp" });
  assert.equal(webp.headers.get("content-type"), process.env.POCKETBASE ? "image/png" : "image/webp");
  const saved = await get(made, all[0], { download: true });
  assert.match(saved.headers.get("content-disposition"), /^attachment; filename="?zeroth_/);
  assert.ok(saved.body.equals(png(200, 100)));
  const range = await fetch(files.getURL(made, made.all[1]), { headers: { Range: "bytes=1-3" } });
  assert.deepEqual([range.status, await range.text()], [206, "ord"]);

  const left = (await album.update(made.id, { "all-": [all[0], made.all[1]] })).all;
  assert.deepEqual(left, [made.all[0], appended.all[2]]);
  for (const gone of [all[0], made.all[1]]) assert.equal((await get(made, gone)).status, 404);
  assert.deepEqual((await album.update(made.id, { all: [left[1], picture("third.png")] })).all[0], left[1]);
  await album.delete(made.id);
  assert.equal((await get(made, left[1])).status, 404);
});

test("files lie where the settings say", async () => {
  const made = await s.client().collection("cards").create({ title: "where", docs: [new File(["here"], "here.txt")] });
  if (s.store) assert.ok((await s.store.keys()).includes(made.docs[0]));
  await s.restart();
  const here = await fetch(s.client().files.getURL(made, made.docs[0]));
  assert.equal(await here.text(), "here");
  // Read from the store itself a file is what it is when it is read through the server.
  await s.admin.settings.update({ s3: { directDownloads: true } });
  const there = await fetch(s.client().files.getURL(made, made.docs[0]));
  assert.deepEqual([there.status, there.redirected, await there.text()], [200, s.store !== null, "here"]);
  for (const name of ["content-type", "content-disposition", "cache-control"]) assert.equal(there.headers.get(name), here.headers.get(name));
  await s.admin.settings.update({ s3: { directDownloads: false } });
});
