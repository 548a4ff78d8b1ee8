// Starts a real object store beside the server under test, when OBJECT_STORE_BIN names one (versitygw).
import { spawn } from "node:child_process";
import { mkdir, mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { freePort } from "./server.js";

const bucket = "files";

// startStore returns {settings, keys, stop} of a store with one bucket, null when there is none.
export async function startStore() {
  const bin = process.env.OBJECT_STORE_BIN;
  if (!bin) return null;
  const dir = await mkdtemp(join(tmpdir(), "holdall-store-"));
  await mkdir(join(dir, bucket));
  const address = `127.0.0.1:${await freePort()}`;
  const child = spawn(bin, ["--access", "key", "--secret", "secret", "--region", "eu", "--port", address, "posix", dir], { stdio: "ignore" });
  process.once("exit", () => child.kill("SIGKILL"));
  const ended = new Promise((resolve) => child.once("exit", resolve));
  const stop = async () => {
    child.kill("SIGKILL");
    await ended;
    await rm(dir, { recursive: true, force: true });
  };
  for (const deadline = Date.now() + 30_000; ; await new Promise((resolve) => setTimeout(resolve, 20))) {
    if (await fetch(`http://${address}`).then(() => true, () => false)) break;
    if (child.exitCode !== null || Date.now() > deadline) {
      await stop();
      throw new Error("the object store does not answer");
    }
  }
  return {
    stop,
    settings: {
      enabled: true, bucket, region: "eu", endpoint: `http://${address}`, accessKey: "key", secret: "secret", forcePathStyle: true, allowPrivate: true,
    },
    // keys are the objects there are.
    keys: async () => (await readdir(join(dir, bucket), { recursive: true, withFileTypes: true })).filter((e) => e.isFile()).map((e) => e.name),
  };
}
