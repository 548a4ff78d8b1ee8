import assert from "node:assert/strict";
import { test } from "node:test";
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
