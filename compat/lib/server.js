// Starts the server under test in a directory of its own, on a free loopback port.
import { execFile, spawn } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";

const run = promisify(execFile);

export const root = { email: "root@compat.example", password: "root-password-1" };

// start returns {url, stop, restart} of a server that has the superuser `root`.
export async function start() {
  const bin = process.env.SERVER_BIN;
  if (!bin) throw new Error("SERVER_BIN names no server: use compat/run.sh");
  const dir = await mkdtemp(join(tmpdir(), "holdall-compat-"));
  const place = ["--dir", dir, ...database()];
  await run(bin, ["superuser", "upsert", root.email, root.password, ...place]);
  const address = `127.0.0.1:${await freePort()}`;
  let server = launch(bin, place, address);
  process.once("exit", () => server.child.kill("SIGKILL"));
  const stop = async () => {
    await server.end();
    await rm(dir, { recursive: true, force: true });
  };
  const restart = async () => {
    await server.end();
    server = launch(bin, place, address);
    await server.answers();
  };
  try {
    await server.answers();
  } catch (error) {
    await stop();
    throw error;
  }
  return { url: `http://${address}`, stop, restart, output: () => server.output() };
}

// database names a schema for each server in the PostgreSQL at COMPAT_DB, if that is set.
let schemas = 0;
function database() {
  const base = process.env.COMPAT_DB;
  if (!base) return [];
  return ["--db", `${base}${base.includes("?") ? "&" : "?"}search_path=compat_${process.pid}_${++schemas}`];
}

// launch starts one process; end asks it to stop, and kills it when it does not.
function launch(bin, place, address) {
  const args = ["serve", ...place, "--http", address];
  if (!process.env.POCKETBASE) args.push("--allow-host", "127.0.0.1"); // where the suites' own servers are
  const child = spawn(bin, args, { stdio: ["ignore", "pipe", "pipe"] });
  let output = "";
  for (const stream of [child.stdout, child.stderr]) stream.on("data", (text) => (output = (output + text).slice(-8000)));
  const ended = new Promise((resolve) => child.once("exit", resolve));
  const end = async () => {
    const timer = setTimeout(() => child.kill("SIGKILL"), 8000);
    child.kill("SIGTERM");
    await ended;
    clearTimeout(timer);
  };
  return { child, end, output: () => output, answers: () => answers(`http://${address}`, child, () => output) };
}

async function answers(url, server, output) {
  const deadline = Date.now() + 30_000;
  while (Date.now() < deadline) {
    if (server.exitCode !== null) throw new Error(`the server ended before it answered:\n${output()}`);
    try {
      const response = await fetch(`${url}/api/health`);
      await response.arrayBuffer();
      if (response.ok) return;
    } catch {
      // not yet
    }
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  throw new Error(`the server does not answer:\n${output()}`);
}

// freePort is a port on loopback that nobody listens on.
export function freePort() {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once("error", reject);
    probe.listen(0, "127.0.0.1", () => {
      const { port } = probe.address();
      probe.close(() => resolve(port));
    });
  });
}
