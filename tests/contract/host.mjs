/**
 * The platform's side of the bridge: an HTTP server that checks the token, runs the script's `rpc` and answers.
 *
 * Arguments: the script, the token. Prints its address once it listens and ends when its stdin does. POST /control with
 * {"world", "settings", "source"} gives it another company and, with a source, another script; GET /control tells what
 * the script asked of the SDK.
 */

import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import { stripTypeScriptTypes } from "node:module";
import vm from "node:vm";
import { Company } from "./system.mjs";

const [, , scriptPath, token] = process.argv;
const PATH = "/api/extensions/0e5cdb2e-8a75-4c4f-9d3a-6a2a54c1f4b7/script/rpc";
const MAX_BODY = 4 * 1024 * 1024;
const LANGUAGE = [
  "Array BigInt Boolean Date Error EvalError Function Infinity Intl JSON Map Math NaN Number Object Promise Proxy",
  "RangeError ReferenceError Reflect RegExp Set String Symbol SyntaxError TypeError URIError WeakMap WeakSet",
  "globalThis decodeURI decodeURIComponent encodeURI encodeURIComponent isFinite isNaN parseFloat parseInt undefined",
].flatMap((line) => line.split(" "));
const CLOSE = `(language) => {
  for (const name of Object.getOwnPropertyNames(globalThis)) {
    if (!language.includes(name)) {
      delete globalThis[name];
    }
  }
}`;
const CLOCK = `(now) => {
  globalThis.Date = class extends Date {
    constructor(...parts) {
      super(...(parts.length ? parts : [now()]));
    }
    static now() {
      return now();
    }
  };
}`;

const compiled = new Map();

function compile(source) {
  if (!compiled.has(source)) {
    compiled.set(source, new vm.Script(`${stripTypeScriptTypes(source)}\nrpc;`, { filename: scriptPath }));
  }
  return compiled.get(source);
}

const ownScript = compile(readFileSync(scriptPath, "utf8"));

/** The script in a realm of its own, with the language of ES2020 and what the platform offers: nothing else. */
function start(document, settings, script = ownScript) {
  const company = new Company(document, settings);
  const context = vm.createContext({});
  vm.runInContext(CLOSE, context)(LANGUAGE);
  vm.runInContext(CLOCK, context)(() => company.now);
  Object.assign(context, company.globals);
  return { company, rpc: script.runInContext(context) };
}

let running = start({ now: new Date(0).toISOString() }, {});

async function readBody(request) {
  const chunks = [];
  let size = 0;
  for await (const chunk of request) {
    size += chunk.length;
    if (size <= MAX_BODY) {
      chunks.push(chunk);
    }
  }
  return { text: Buffer.concat(chunks).toString("utf8"), isTooLarge: size > MAX_BODY };
}

function knowsToken(headers) {
  const [scheme, bearer] = (headers.authorization ?? "").split(" ");
  return (scheme.toLowerCase() === "bearer" ? bearer : headers["x-token"]) === token;
}

function page(status) {
  return { status, headers: { "Content-Type": "text/html" }, text: `<!doctype html><h1>${status}</h1>` };
}

async function control(request) {
  if (request.method === "POST") {
    const { world, settings, source } = JSON.parse((await readBody(request)).text);
    running = start(world, settings, source === undefined ? ownScript : compile(source));
  }
  const { peak, operations, now, started } = running.company;
  const text = JSON.stringify({ peak, operations, milliseconds: now - started });
  return { status: 200, headers: { "Content-Type": "application/json" }, text };
}

async function serve(request) {
  if (request.url === "/control") {
    return control(request);
  }
  if (request.url !== PATH || request.method !== "POST") {
    return page(404);
  }
  const { text, isTooLarge } = await readBody(request);
  if (isTooLarge) {
    return page(413);
  }
  if (!knowsToken(request.headers)) {
    return page(401);
  }
  const body = running.company.settings.parsesBody ? JSON.parse(text) : text || undefined;
  const answer = await running.rpc({ method: request.method, query: {}, body });
  return answer ? { status: answer.code, headers: answer.headers, text: answer.text } : page(204);
}

const server = createServer((request, response) => {
  serve(request)
    .catch((error) => ({ ...page(500), text: String(error?.stack) }))
    .then(({ status, headers, text }) => response.writeHead(status, headers).end(text));
});
server.listen(0, "127.0.0.1", () => console.log(`http://127.0.0.1:${server.address().port}${PATH}`));
process.stdin.on("end", () => process.exit()).resume();
