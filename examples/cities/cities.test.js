// Loads CITIES_LIMIT cities (0: all) and asks for them as a guest, a user and a superuser.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import PocketBase from "pocketbase";
import { root, start } from "../../compat/lib/server.js";
import { choose, cityID, load, prepare } from "./load.js";

const limit = Number(process.env.CITIES_LIMIT ?? 2000);
const chosen = choose(limit);
let server;
const as = {};

before(async () => {
  server = await start();
  for (const name of ["guest", "user", "superuser"]) as[name] = new PocketBase(server.url).autoCancellation(false);
  await as.superuser.collection("_superusers").authWithPassword(root.email, root.password);
  await as.guest.collection("users").create({ email: "traveller@cities.example", password: "a-password-1", passwordConfirm: "a-password-1" });
  await as.user.collection("users").authWithPassword("traveller@cities.example", "a-password-1");
});
after(() => server?.stop());

// kilometres between two points, on a sphere.
function kilometres([lon1, lat1], [lon2, lat2]) {
  const rad = Math.PI / 180;
  const h = Math.sin(((lat2 - lat1) * rad) / 2) ** 2 + Math.cos(lat1 * rad) * Math.cos(lat2 * rad) * Math.sin(((lon2 - lon1) * rad) / 2) ** 2;
  return 2 * 6371 * Math.asin(Math.sqrt(h));
}

test("load", { timeout: 900_000 }, async () => {
  await prepare(as.superuser);
  const began = Date.now();
  const done = await load(as.superuser, limit);
  console.log(JSON.stringify({ test: "cities", ...done, seconds: (Date.now() - began) / 1000 }));
  assert.equal(done.cities, chosen.length);
  assert.equal((await as.superuser.collection("cities").getList(1, 1)).totalItems, chosen.length);
  assert.equal((await as.superuser.collection("countries").getList(1, 1)).totalItems, done.countries);
});

test("one city, as it was given", async () => {
  const city = chosen[0];
  const record = await as.user.collection("cities").getOne(cityID(city), { expand: "country" });
  assert.equal(record.name, city.name);
  assert.equal(record.population, city.population);
  assert.deepEqual([record.at.lon, record.at.lat], city.loc.coordinates);
  assert.equal(record.source.geonames, city.cityId);
  assert.equal(record.expand.country.code, city.country);
});

test("by country, the biggest first, with the country", async () => {
  const want = chosen.filter((c) => c.country === "DE");
  const page = await as.user.collection("cities").getList(1, 30, { filter: 'country.code = "DE"', sort: "-population,id", expand: "country" });
  assert.equal(page.totalItems, want.length);
  assert.deepEqual(page.items.map((c) => c.population), want.slice(0, 30).map((c) => c.population));
  assert.ok(page.items.every((c) => c.expand.country.code === "DE" && c.expand.country.cities === want.length));
  const back = await as.user.collection("countries").getFirstListItem(`code = "${chosen.at(-1).country}"`, { expand: "cities_via_country" });
  assert.equal(back.expand.cities_via_country.length, Math.min(1000, chosen.filter((c) => c.country === chosen.at(-1).country).length));
});

test("by distance", async () => {
  const berlin = [13.41053, 52.52437];
  const near = (km) => chosen.filter((c) => kilometres(berlin, c.loc.coordinates) < km).length;
  const filter = (km) => as.user.filter("geoDistance(at.lon, at.lat, {:lon}, {:lat}) < {:km}", { lon: berlin[0], lat: berlin[1], km });
  const found = await as.user.collection("cities").getFullList({ filter: filter(250), fields: "id,name,at", sort: "id" });
  assert.equal(found.length, near(250));
  assert.ok(found.some((c) => c.name === "Berlin"));
  assert.ok(found.every((c) => kilometres(berlin, [c.at.lon, c.at.lat]) < 250));
});

test("by population and kind", async () => {
  const want = chosen.filter((c) => c.population >= 5_000_000);
  const big = await as.user.collection("cities").getFullList({ filter: "population >= 5000000", sort: "-population" });
  assert.deepEqual(big.map((c) => c.population), want.map((c) => c.population));
  const capitals = await as.user.collection("cities").getList(1, 1, { filter: 'kind = "capital"' });
  assert.equal(capitals.totalItems, chosen.filter((c) => c.featureCode === "PPLC").length);
  const json = await as.user.collection("cities").getFirstListItem(`source.geonames = ${chosen[0].cityId}`);
  assert.equal(json.name, chosen[0].name);
});

test("what a guest, a user and a superuser may see", async () => {
  const guest = await as.guest.collection("cities").getList(1, 500, { sort: "-population" });
  assert.equal(guest.totalItems, chosen.filter((c) => c.featureCode === "PPLC").length);
  assert.ok(guest.items.every((c) => c.kind === "capital"));
  await assert.rejects(as.guest.collection("cities").getOne(cityID(chosen[0])), { status: 404 });
  const user = await as.user.collection("cities").getList(1, 1);
  assert.equal(user.totalItems, chosen.length);
  assert.equal(user.items[0].internal, undefined);
  await assert.rejects(as.user.collection("cities").update(cityID(chosen[0]), { name: "Mine" }), { status: 403 });
  const superuser = await as.superuser.collection("cities").getOne(cityID(chosen[0]));
  assert.equal(superuser.internal, `row ${chosen[0].cityId}`);
});

test("a country's cities go with it", async () => {
  const country = await as.superuser.collection("countries").getFirstListItem('code = "SG"');
  const filter = as.superuser.filter("country = {:id}", country);
  assert.ok((await as.superuser.collection("cities").getList(1, 1, { filter })).totalItems > 0);
  await as.superuser.collection("countries").delete(country.id);
  assert.equal((await as.superuser.collection("cities").getList(1, 1, { filter })).totalItems, 0);
});
