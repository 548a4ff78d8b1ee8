import assert from "node:assert/strict";
import { createServer } from "node:http";
import { createHmac } from "node:crypto";
import { after, before, test } from "node:test";
import { box } from "../lib/realtime.js";
import { codes, fails, suite } from "../lib/suite.js";

const secret = "a-secret-of-the-gateway";
const sent = box();
let gateway;

// The gateway: it takes messages whose signature is good.
before(async () => {
  gateway = createServer((request, response) => {
    let body = "";
    request.on("data", (chunk) => (body += chunk));
    request.on("end", () => {
      const id = request.headers["webhook-id"];
      const sum = createHmac("sha256", secret).update(`${id}.${request.headers["webhook-timestamp"]}.${body}`).digest("base64");
      const good = request.headers["webhook-signature"] === `v1,${sum}`;
      if (good) sent.put(JSON.parse(body));
      response.writeHead(good ? 204 : 401).end();
    });
  });
  await new Promise((resolve) => gateway.listen(0, "127.0.0.1", resolve));
});
after(() => gateway?.close());

const s = suite(async (admin) => {
  await admin.settings.update({
    meta: { appName: "Compat", appURL: "http://compat.example" },
    sms: {
      gateways: [{ type: "webhook", url: `http://127.0.0.1:${gateway.address().port}/`, secret }], countries: ["DE"], addressLimit: 100,
      testNumbers: { "+15550100": "123456" }, testUntil: "2099-12-31 00:00:00.000Z",
    },
  });
  const users = await admin.collections.getOne("users");
  users.fields.find((field) => field.name === "email").required = false;
  await admin.collections.update("users", { fields: users.fields, phoneAuth: { enabled: true, autoCreate: true } });
});

test("a phone signs in and signs up", async () => {
  const pb = s.client();
  assert.deepEqual(Object.keys(await pb.collection("users").listAuthMethods()).sort(), ["mfa", "oauth2", "otp", "password"]); // all it asks for
  const methods = await pb.collection("users").listAuthMethods({ fields: "*" });
  assert.deepEqual(methods.phone, { enabled: true, autoCreate: true, duration: 300, length: 6, countries: ["DE"] });
  const { otpId } = await pb.collection("users").requestOTP("", { body: { phone: "+49 171 1234567" } });
  const [message] = await sent.take();
  assert.equal(message.to, "+491711234567");
  assert.equal(message.text, `Compat: your code is ${message.code}\n\n@compat.example #${message.code}`);
  await fails(s.client().collection("users").authWithOTP(otpId, "x"), 400);
  const { record } = await pb.collection("users").authWithOTP(otpId, message.code, { body: { otpId, password: message.code, createData: { name: "Ann" } } });
  assert.equal(record.phone, "+491711234567");
  assert.equal(record.phoneVerified, true);
  assert.equal(record.name, "Ann");
  assert.ok(pb.authStore.isValid);
  await pb.collection("users").authRefresh();
  await fails(s.client().collection("users").authWithOTP(otpId, message.code), 400);
});

test("another number", async () => {
  const pb = s.client();
  const first = await pb.collection("users").requestOTP("", { body: { phone: "+491721111111" } });
  await pb.collection("users").authWithOTP(first.otpId, (await sent.take())[0].code);
  const at = "/api/collections/users";
  const { otpId } = await pb.send(`${at}/request-phone-change`, { method: "POST", body: { newPhone: "0049 172 222 22 22" } });
  const [message] = await sent.take();
  assert.equal(message.to, "+491722222222");
  await pb.send(`${at}/confirm-phone-change`, { method: "POST", body: { otpId, password: message.code } });
  await fails(pb.collection("users").authRefresh(), 401);
  assert.equal((await s.admin.collection("users").getOne(message.record)).phone, "+491722222222");
});

test("limits and what is wrong", async () => {
  const users = s.client().collection("users");
  const request = (body) => users.requestOTP("", { body });
  assert.deepEqual(codes(await fails(request({ phone: "0171" }), 400)), { phone: "validation_invalid_phone" });
  assert.deepEqual(codes(await fails(request({ phone: "+33612345678" }), 400)), { phone: "validation_phone_not_allowed" });
  assert.deepEqual(codes(await fails(request({ phone: "+491711234567", email: "ann@compat.example" }), 400)), { email: "validation_invalid_value", phone: "validation_invalid_value" });
  await request({ phone: "+491733333333" });
  await fails(request({ phone: "+491733333333" }), 429);
  await sent.take();
  assert.deepEqual(sent.kept, []);
});

test("trying a gateway out", async () => {
  await s.admin.send("/api/settings/test/sms", { method: "POST", body: { to: "+49 171 7654321" } });
  assert.equal((await sent.take())[0].to, "+491717654321");
  await fails(s.client().send("/api/settings/test/sms", { method: "POST", body: { to: "+491717654321" } }), 401);
  const settings = await s.admin.settings.getAll();
  assert.equal(settings.sms.gateways[0].secret, undefined);
});
