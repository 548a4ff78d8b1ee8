// Packs dist: every asset is kept as Brotli and gzip alone, index.html also as it is. The server sends whichever
// the browser takes, and unpacks gzip for the rare one that takes neither.
import { readFile, readdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { brotliCompressSync, constants, gzipSync } from "node:zlib";

const dist = process.argv[2] ?? new URL("../dist", import.meta.url).pathname;
let total = 0;
for (const entry of (await readdir(dist, { recursive: true, withFileTypes: true })).filter((e) => e.isFile())) {
  const file = join(entry.parentPath, entry.name);
  const raw = await readFile(file);
  if (entry.name === "index.html") {
    total += raw.length;
    continue;
  }
  const br = brotliCompressSync(raw, { params: { [constants.BROTLI_PARAM_QUALITY]: 11, [constants.BROTLI_PARAM_SIZE_HINT]: raw.length } });
  const gz = gzipSync(raw, { level: 9 });
  await writeFile(file + ".br", br);
  await writeFile(file + ".gz", gz);
  await rm(file);
  total += br.length + gz.length;
  console.log(`${entry.name.padEnd(36)} ${String(raw.length).padStart(8)} B  br ${String(br.length).padStart(7)}  gz ${String(gz.length).padStart(7)}`);
}
console.log(`dist holds ${(total / 1024).toFixed(0)} KiB`);
