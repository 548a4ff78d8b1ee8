import assert from "node:assert/strict";
import { test } from "node:test";
import { codes, fails, suite } from "../lib/suite.js";

const s = suite();

test("jobs", async () => {
  const jobs = await s.admin.crons.getFullList();
  assert.ok(jobs.every((job) => job.id && job.expression));
  await fails(s.admin.crons.run("missing"), 404);
});

test("test mails need an address", async () => {
  const error = await fails(s.admin.settings.testEmail("users", "no address", "verification"), 400);
  assert.ok(codes(error).email);
});
