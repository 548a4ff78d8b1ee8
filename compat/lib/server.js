// Starts the server under test in a directory of its own, on a free loopback port.
import { execFile, spawn } from "node:child_process";
import { mkdir, mkdtemp, rm, symlink } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { balance } from "./balancer.js";

const run = promisify(execFile);

export const root = { email: "root@compat.example", password: "root-password-1" };

// start returns {url, stop, restart} of a server that has the superuser `root`; with COMPAT_NODES of so many that share a
// database and their files, behind a balancer that sends each request to the next.
export async function start() {
  const bin = process.env.SERVER_BIN;
  if (!bin) throw new Error("SERVER_BIN names no server: use compat/run.sh");
  const dir = await mkdtemp(join(tmpdir(), "holdall-compat-"));
  const db = database();
  const nodes = await Promise.all(Array.from({ length: Number(process.env.COMPAT_NODES ?? 1) }, (_, i) => prepare(dir, i, db)));
  await run(bin, ["superuser", "upsert", root.email, root.password, ...nodes[0].place]);
  let servers = nodes.map((node) => launch(bin, node.place, node.address));
  process.once("exit", () => servers.forEach((server) => server.child.kill("SIGKILL")));
  const end = () => Promise.all(servers.map((server) => server.end()));
  const answer = () => Promise.all(servers.map((server) => server.answers()));
  let address = nodes[0].address;
  let stopBalancer = async () => {};
  if (nodes.length > 1) {
    const port = await freePort();
    address = `127.0.0.1:${port}`;
    stopBalancer = await balance(port, nodes.map((node) => `http://${node.address}`));
  }
  const stop = async () => {
    await Promise.all([stopBalancer(), end()]);
    await rm(dir, { recursive: true, force: true });
  };
  const restart = async () => {
    await end();
    servers = nodes.map((node) => launch(bin, node.place, node.address));
    await answer();
  };
  try {
    await answer();
  } catch (error) {
    await stop();
    throw error;
  }
  return { url: `http://${address}`, stop, restart, output: () => servers.map((server) => server.output()).join("") };
}

// prepare makes the directory of a node. All but the first have their files where the first has them.
async function prepare(dir, i, db) {
  const own = i === 0 ? dir : join(dir, `node-${i + 1}`);
  await mkdir(own, { recursive: true });
  for (const shared of i === 0 ? [] : ["storage", "uploads"]) {
    await mkdir(join(dir, shared), { recursive: true, mode: 0o700 });
    await symlink(join(dir, shared), join(own, shared));
  }
  return { place: ["--dir", own, ...db], address: `127.0.0.1:${await freePort()}` };
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
