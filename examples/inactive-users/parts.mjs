// Starts and ends the parts of the example: Stator, the identity provider, the functions.
import { fork, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdirSync, openSync, readFileSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { dirname, join, resolve } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";

const here = dirname(fileURLToPath(import.meta.url));
const root = resolve(here, "../..");

export const REGION = "us-east-1";
export const credentials = { accessKeyId: "local", secretAccessKey: "local" };

// {name: a port for it}
export async function freePorts(...names) {
  const probes = names.map(() => createServer().listen(0, "127.0.0.1"));
  await Promise.all(probes.map((probe) => once(probe, "listening")));
  const ports = Object.fromEntries(names.map((name, i) => [name, probes[i].address().port]));
  await Promise.all(probes.map((probe) => once(probe.close(), "close")));
  return ports;
}

function findStator() {
  const named = process.env.STATOR_BINARY;
  const candidates = (named ? [named] : ["build/release/stator", "build/dev/stator"]).map((p) => resolve(root, p));
  const found = candidates.find(existsSync);
  if (!found) throw new Error(`there is no ${candidates.join(" and no ")}`);
  return found;
}

export async function waitFor(what, condition, seconds = 60) {
  const end = Date.now() + seconds * 1000;
  for (;;) {
    const value = await condition();
    if (value) return value;
    if (Date.now() > end) throw new Error(`waited ${seconds} s for this in vain: ${what}`);
    await sleep(20);
  }
}

export class Parts {
  constructor(folder) {
    this.folder = folder;
    this.children = [];
  }

  // Each part writes to a log of its own.
  #options(name, more) {
    const log = openSync(join(this.folder, `${name}.log`), "a");
    return { cwd: this.folder, stdio: ["ignore", log, log], ...more };
  }

  async #started(name, child, url) {
    this.children.push(child);
    await waitFor(`${name} answers`, () => {
      if (child.exitCode !== null) throw new Error(`${name} ended:\n${this.logOf(name)}`);
      return fetch(url).then(() => true, () => false);
    });
    return url;
  }

  logOf(name) {
    return readFileSync(join(this.folder, `${name}.log`), "utf8");
  }

  stator(port, settings) {
    const flags = ["serve", "--port", String(port), "--data", join(this.folder, "data"), ...settings];
    const child = spawn(findStator(), flags, this.#options("stator"));
    return this.#started("stator", child, `http://127.0.0.1:${port}`);
  }

  // `lambda`: where its triggers are called.
  cognito(port, lambda) {
    const settings = join(this.folder, ".cognito");
    mkdirSync(settings);
    writeFileSync(join(settings, "config.json"), JSON.stringify({
      LambdaClient: { endpoint: lambda, region: REGION, credentials },
      TriggerFunctions: { PostAuthentication: "signed-in" },
      UserPoolDefaults: { UsernameAttributes: [] },
    }));
    const child = spawn(process.execPath, [join(here, "node_modules/cognito-local/lib/bin/start.js")],
      this.#options("cognito", { env: { ...process.env, HOST: "127.0.0.1", PORT: String(port) } }));
    return this.#started("cognito", child, `http://127.0.0.1:${port}`);
  }

  // `told` gets what the functions say of each batch.
  async functions(port, env, told) {
    const options = this.#options("functions", { env: { ...process.env, ...env, PORT: String(port) } });
    options.stdio = [...options.stdio, "ipc"];
    const child = fork(join(here, "host.mjs"), [], options);
    this.children.push(child);
    const ended = once(child, "exit").then(() => {
      throw new Error(`the functions ended:\n${this.logOf("functions")}`);
    });
    ended.catch(() => {}); // it is no news later
    await Promise.race([once(child, "message"), ended]);
    child.on("message", told);
  }

  async stop() {
    const over = this.children.filter((c) => c.exitCode === null && c.signalCode === null).map((child) => {
      const exit = once(child, "exit");
      child.kill("SIGTERM");
      const timer = setTimeout(() => child.kill("SIGKILL"), 15_000);
      return exit.finally(() => clearTimeout(timer));
    });
    await Promise.all(over);
  }
}
