// A real Stator server for the tests of this folder: STATOR_BINARY, or build/dev/stator, over memory.
import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { createServer } from "node:net";
import { dirname, resolve } from "node:path";
import { fileURLToPath } from "node:url";

const root = resolve(dirname(fileURLToPath(import.meta.url)), "../..");

function findBinary() {
  const candidates = process.env.STATOR_BINARY
    ? [process.env.STATOR_BINARY]
    : ["build/dev/stator", "build/release/stator"].map((path) => resolve(root, path));
  const found = candidates.find(existsSync);
  if (!found) throw new Error(`no server to test: ${candidates.join(" or ")}`);
  return found;
}

function freePort() {
  return new Promise((done, fail) => {
    const probe = createServer();
    probe.on("error", fail);
    probe.listen(0, "127.0.0.1", () => {
      const { port } = probe.address();
      probe.close(() => done(port));
    });
  });
}

export async function startServer(options = []) {
  const port = await freePort();
  const child = spawn(findBinary(), ["serve", "--port", String(port), "--in-memory", ...options], {
    stdio: ["ignore", "pipe", "pipe"],
  });
  let log = "";
  for (const stream of [child.stdout, child.stderr]) stream.on("data", (data) => (log += data));
  const exited = new Promise((done) => child.once("exit", done));
  const url = `http://127.0.0.1:${port}`;
  for (let tries = 0; ; ++tries) {
    if (child.exitCode !== null || tries > 1200) {
      child.kill("SIGKILL");
      throw new Error(`the server did not become ready:\n${log}`);
    }
    try {
      await fetch(url);
      break;
    } catch {
      await new Promise((done) => setTimeout(done, 50));
    }
  }
  const stop = async () => {
    child.kill("SIGTERM");
    await exited;
  };
  return { url, stop };
}

export const credentials = { accessKeyId: "AKIASTATORTEST", secretAccessKey: "a-secret-of-the-tests" };
