// A collection with pictures and points: what galleries and maps are tried on.
import { crc32, deflateSync } from "node:zlib";
import { id } from "./server.mjs";

/** A picture of a colour with a lighter disc, as a PNG. */
export function png(width, height, hue) {
  const [r, g, b] = [hue, (hue * 7 + 80) % 256, (hue * 3 + 160) % 256];
  const lines = Array.from({ length: height }, (_, y) => {
    const line = Buffer.alloc(1 + width * 3);
    for (let x = 0; x < width; x++) {
      const inside = (x - width / 2) ** 2 + (y - height / 2) ** 2 < (Math.min(width, height) / 3) ** 2;
      [r, g, b].forEach((v, i) => (line[1 + x * 3 + i] = inside ? 255 - (255 - v) / 3 : v));
    }
    return line;
  });
  const head = Buffer.alloc(13);
  head.writeUInt32BE(width, 0);
  head.writeUInt32BE(height, 4);
  head.set([8, 2, 0, 0, 0], 8);
  const chunk = (type, data) => {
    const body = Buffer.concat([Buffer.from(type), data]);
    const [length, sum] = [Buffer.alloc(4), Buffer.alloc(4)];
    length.writeUInt32BE(data.length);
    sum.writeUInt32BE(crc32(body));
    return Buffer.concat([length, body, sum]);
  };
  return Buffer.concat([Buffer.from("\x89PNG\r\n\x1a\n", "latin1"), chunk("IHDR", head), chunk("IDAT", deflateSync(Buffer.concat(lines))), chunk("IEND", Buffer.alloc(0))]);
}

const cities = `Budapest 47.50 19.04|Vienna 48.21 16.37|Prague 50.08 14.44|Berlin 52.52 13.40|Paris 48.86 2.35|London 51.51 -0.13|Madrid 40.42 -3.70|Lisbon 38.72 -9.14|Rome 41.90 12.50|Athens 37.98 23.73
Oslo 59.91 10.75|Helsinki 60.17 24.94|Warsaw 52.23 21.01|Kyiv 50.45 30.52|Istanbul 41.01 28.98|Cairo 30.04 31.24|Lagos 6.52 3.38|Nairobi -1.29 36.82|Cape Town -33.92 18.42|Dakar 14.72 -17.47
Tokyo 35.68 139.69|Seoul 37.57 126.98|Beijing 39.90 116.41|Delhi 28.61 77.21|Mumbai 19.08 72.88|Bangkok 13.76 100.50|Singapore 1.35 103.82|Jakarta -6.21 106.85|Sydney -33.87 151.21|Auckland -36.85 174.76
New York 40.71 -74.01|Boston 42.36 -71.06|Chicago 41.88 -87.63|Denver 39.74 -104.99|Seattle 47.61 -122.33|Mexico City 19.43 -99.13|Bogota 4.71 -74.07|Lima -12.05 -77.04|Santiago -33.45 -70.67|Buenos Aires -34.60 -58.38`
  .split(/[|\n]/)
  .map((line) => /^(.*) (\S+) (\S+)$/.exec(line).slice(1))
  .map(([name, lat, lon]) => ({ name, place: { lat: Number(lat), lon: Number(lon) } }));

/** Forty cities: three of four have a picture, one has a broken one, the last has no place. */
export async function seedSights(pb) {
  await pb.collections.create({
    name: "sights",
    type: "base",
    fields: [
      { name: "name", type: "text", presentable: true },
      { name: "rank", type: "number" },
      { name: "kind", type: "select", maxSelect: 1, values: ["museum", "bridge", "park"] },
      { name: "photo", type: "file", maxSelect: 1, mimeTypes: ["image/png", "image/jpeg", "image/webp", "image/svg+xml"], thumbs: ["200x200"] },
      { name: "secret", type: "file", maxSelect: 2, protected: true },
      { name: "place", type: "geoPoint" },
      { name: "home", type: "geoPoint" },
    ],
  });
  for (const [i, city] of cities.entries()) {
    const body = { ...city, id: id(i), rank: i, kind: ["museum", "bridge", "park"][i % 3] };
    if (i === cities.length - 1) body.place = { lat: 0, lon: 0 };
    if (i % 4 < 3) body.photo = new File([png(320, 240, (i * 37) % 256)], `photo${i}.png`, { type: "image/png" });
    if (i === 4) body.secret = new File([png(500, 400, 200)], "secret.png", { type: "image/png" });
    await pb.collection("sights").create(body);
  }
}
