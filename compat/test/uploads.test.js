// Uploads in pieces, with tus-js-client: https://github.com/tus/tus-js-client
import assert from "node:assert/strict";
import { createServer, request } from "node:http";
import { test } from "node:test";
import * as tus from "tus-js-client";
import { suite } from "../lib/suite.js";

const s = suite(async (admin) => {
  await admin.collections.create({
    name: "films", type: "base", viewRule: "", createRule: "", updateRule: "@request.auth.id != ''",
    fields: [{ name: "film", type: "file", maxSelect: 1, maxSize: 64 << 20 }, { name: "more", type: "file", maxSelect: 5 }],
  });
});

const bytes = (n) => Buffer.from(Uint8Array.from({ length: n }, (_, i) => (i * 31 + (i >> 8)) & 255));

// send uploads a buffer and answers with the client's upload once it is through.
function send(data, metadata, options = {}) {
  return new Promise((resolve, reject) => {
    const upload = new tus.Upload(data, {
      endpoint: `${s.url}/api/uploads`,
      metadata: { collection: "films", field: "film", filename: "Film.bin", ...metadata },
      retryDelays: [0, 20, 50, 100],
      onError: reject,
      onSuccess: () => resolve(upload),
      ...options,
    });
    upload.start();
  });
}

const id = (upload) => `upload:${upload.url.split("/").at(-1)}`;

async function served(record, name) {
  const answer = await fetch(s.client().files.getURL(record, name));
  assert.equal(answer.status, 200);
  return Buffer.from(await answer.arrayBuffer());
}

test("in pieces, into a new record", async () => {
  const data = bytes(3_000_000);
  const upload = await send(data, {}, { chunkSize: 700_000 });
  const record = await s.client().collection("films").create({ film: id(upload) });
  assert.match(record.film, /^film_[a-z0-9]{10}\.bin$/);
  assert.ok(data.equals(await served(record, record.film)));
});

test("through a connection that breaks", async () => {
  const data = bytes(2_000_000);
  const target = new URL(s.client().baseURL);
  let breaks = 3;
  const proxy = createServer((req, res) => {
    const out = request({ host: target.hostname, port: target.port, path: req.url, method: req.method, headers: req.headers }, (answer) => {
      res.writeHead(answer.statusCode, answer.headers);
      answer.pipe(res);
    });
    out.on("error", () => res.destroy());
    let seen = 0;
    req.on("data", (piece) => {
      seen += piece.length;
      out.write(piece);
      if (req.method === "PATCH" && seen > 300_000 && breaks > 0) {
        breaks--;
        out.destroy();
        req.destroy();
      }
    });
    req.on("end", () => out.end());
  });
  await new Promise((resolve) => proxy.listen(0, "127.0.0.1", resolve));
  try {
    const upload = await send(data, {}, { endpoint: `http://127.0.0.1:${proxy.address().port}/api/uploads`, retryDelays: Array(20).fill(50) });
    assert.equal(breaks, 0);
    const record = await s.client().collection("films").create({ film: id(upload) });
    assert.ok(data.equals(await served(record, record.film)));
  } finally {
    proxy.closeAllConnections();
    proxy.close();
  }
});

test("paused, and gone on with by another client", async () => {
  const data = bytes(1_000_000);
  const url = await new Promise((resolve, reject) => {
    const upload = new tus.Upload(data, {
      endpoint: `${s.client().baseURL}/api/uploads`, chunkSize: 100_000,
      metadata: { collection: "films", field: "more", filename: "a.bin" },
      onError: reject,
      onChunkComplete: (_, accepted) => {
        if (accepted >= 300_000) upload.abort().then(() => resolve(upload.url));
      },
    });
    upload.start();
  });
  const upload = await send(data, {}, { uploadUrl: url });
  assert.equal(upload.url, url);
  const record = await s.client().collection("films").create({ more: [id(upload), new File(["x"], "b.txt")] });
  assert.equal(record.more.length, 2);
  assert.ok(data.equals(await served(record, record.more.find((name) => name.startsWith("a")))));
});

test("refused, and ended", async () => {
  await assert.rejects(send(bytes(10), { field: "title" }), (error) => error.originalResponse.getStatus() === 400);
  await assert.rejects(send(Buffer.alloc(65 << 20), {}), (error) => error.originalResponse.getStatus() === 413);
  await assert.rejects(send(bytes(10), { record: "nobody" }), (error) => error.originalResponse.getStatus() === 404);
  const upload = await send(bytes(10), {});
  await upload.abort(true);
  assert.equal((await fetch(upload.url, { method: "HEAD", headers: { "Tus-Resumable": "1.0.0" } })).status, 404);
});
