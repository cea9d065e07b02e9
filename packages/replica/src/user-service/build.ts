import { readFileSync, statSync } from "node:fs";
import { SourceMap, type SourceMapPayload } from "node:module";
import { basename, dirname, extname, relative, resolve } from "node:path";
import { Script } from "node:vm";
import { type Identifier, type Literal, type Program, parse } from "acorn";
import MagicString from "magic-string";
import { ClusterError, reasonOf } from "../errors.js";
import { type Bundle, BundleError, bundle } from "./bundle.js";
import { type Finding, findForbidden } from "./forbidden.js";
import { instrument } from "./instrument.js";
import { sha256 } from "./sha256.js";
import { ModuleError, UserService } from "./user-service.js";

/** A person's module, ready to be replicated. */
export interface BuiltService {
  readonly name: string;
  readonly usage: string;
  /** One script, with its steps counted. */
  readonly code: string;
  /** The files that it was made from, absolute; the module itself first. */
  readonly sources: readonly { readonly path: string; readonly digest: string }[];
}

/** Makes a service of the module in a file. @throws ClusterError `bad-service`: what is wrong with it, and where. */
export async function build(path: string): Promise<BuiltService> {
  const file = resolve(path);
  const shown = shownPath(file);
  if (!statSync(file, { throwIfNoEntry: false })?.isFile()) throw bad(`there is no file ${shown}; name the module of a service`);
  const made = await bundle(file).catch((error: unknown) => {
    throw error instanceof BundleError ? bad(sentenceOf(error, shown)) : error;
  });
  const code = scriptOf(made, shown);
  try {
    const { name, usage } = new UserService({ code, defaultName: basename(file, extname(file)) });
    return { name, usage, code, sources: made.files.map((source) => ({ path: source, digest: sha256(readFileSync(source)) })) };
  } catch (error) {
    throw error instanceof ModuleError ? bad(`${shown} ${error.message}`) : error;
  }
}

/** Refuses what a service may not use, puts the meter in, and makes a function of it. */
function scriptOf(made: Bundle, shown: string): string {
  const program = parse(made.code, { ecmaVersion: "latest", sourceType: "module", preserveParens: true });
  const { findings, marks } = findForbidden(program);
  const own = findings
    .map((finding) => ({ ...finding, at: placeOf(made, finding) }))
    .find(({ at, always }) => always || !at.library);
  if (own !== undefined) throw bad(`${own.at.text}: ${own.sentence}`);
  const text = new MagicString(made.code);
  // A library may have what it does not use here; it meets the realm's refusal when it does.
  for (const { start, end, name } of marks) text.overwrite(start, end, name);
  const meter = unusedName("$meter", made.code);
  instrument(text, program, meter);
  returnExports(text, program);
  const metered = `// Made by bft from ${basename(shown)}. All replicas run exactly this file: cluster.json holds its digest.
(function (${meter}) { "use strict";
${text}
})
`;
  try {
    new Script(metered);
  } catch (error) {
    throw bad(`${shown} can not be made into a service: ${reasonOf(error)}`);
  }
  return metered;
}

/** A function returns what a module exports. The bundler writes one export, at the end. */
function returnExports(text: MagicString, { body }: Program): void {
  for (const node of body) {
    if (node.type === "ExportDefaultDeclaration") text.overwrite(node.start, node.declaration.start, "return ");
    if (node.type !== "ExportNamedDeclaration") continue;
    const fields = node.specifiers.map(({ exported, local }) => `${JSON.stringify(nameOf(exported))}: ${nameOf(local)}`);
    text.overwrite(node.start, node.end, `return { ${fields.join(", ")} };`);
  }
}

function nameOf(node: Identifier | Literal): string {
  return node.type === "Identifier" ? node.name : String(node.value);
}

/** Where in the person's files something in the bundle stands. */
function placeOf({ map, code, files }: Bundle, { start }: Finding): { readonly text: string; readonly library: boolean } {
  const before = code.slice(0, start).split("\n");
  const payload = JSON.parse(map) as SourceMapPayload;
  const entry = new SourceMap(payload).findEntry(before.length - 1, before.at(-1)?.length ?? 0);
  const module = files[0] ?? "";
  if (!("originalSource" in entry)) return { text: shownPath(module), library: false };
  const source = resolve(dirname(module), entry.originalSource);
  const text = `${shownPath(source)}:${entry.originalLine + 1}:${entry.originalColumn + 1}`;
  return { text, library: /[\\/]node_modules[\\/]/.test(source) };
}

function sentenceOf({ place, message }: BundleError, shown: string): string {
  return place === null ? `${shown}: ${message}` : `${shownPath(place.file)}:${place.line}:${place.column}: ${message}`;
}

/** As a person in the current folder would name it. */
function shownPath(file: string): string {
  const path = relative(process.cwd(), file);
  return path.startsWith("..") ? file : path;
}

function unusedName(wish: string, code: string): string {
  return code.includes(wish) ? unusedName(`${wish}_`, code) : wish;
}

function bad(sentence: string): ClusterError {
  return new ClusterError("bad-service", sentence);
}
