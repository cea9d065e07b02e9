import type { AnyNode, Program } from "acorn";
import { fullAncestor } from "acorn-walk";

const DISAGREE = "replicas would disagree";
const AT_ONCE = "a service answers at once";
const NOT_COUNTED = "its steps can not be counted";
const HOST = "a service has the language and its store, and nothing of the machine";

/** What would not be the same on every replica, or would act after the operation, and the language has all the same. */
export const FORBIDDEN_IN_REALM: ReadonlyMap<string, string> = new Map([
  ["Date", DISAGREE],
  ["Intl", DISAGREE],
  ["WeakRef", DISAGREE],
  ["FinalizationRegistry", DISAGREE],
  ["SharedArrayBuffer", DISAGREE],
  ["Atomics", DISAGREE],
  ["WebAssembly", NOT_COUNTED],
  ["Promise", AT_ONCE],
]);

/** The rest of what the language has, as far as Node 20 knows it: what a later engine adds is not there for a service. */
export const ALLOWED_IN_REALM: ReadonlySet<string> = new Set(
  `Object Function Array Number parseFloat parseInt Infinity NaN undefined Boolean String Symbol RegExp Error AggregateError EvalError
  RangeError ReferenceError SyntaxError TypeError URIError globalThis JSON Math ArrayBuffer DataView Uint8Array Int8Array Uint16Array
  Int16Array Uint32Array Int32Array Float32Array Float64Array Uint8ClampedArray BigUint64Array BigInt64Array BigInt Map Set WeakMap
  WeakSet Proxy Reflect decodeURI decodeURIComponent encodeURI encodeURIComponent escape unescape eval isFinite isNaN console`.split(
    /\s+/,
  ),
);

/** What Node or a browser has beside the language. It is not there for a service; who uses it is told so. */
const ABSENT: ReadonlyMap<string, string> = new Map([
  ...["crypto", "performance"].map((name) => [name, DISAGREE] as const),
  ...["setTimeout", "setInterval", "setImmediate", "queueMicrotask"].map((name) => [name, AT_ONCE] as const),
  ...[
    "process",
    "fetch",
    "require",
    "Buffer",
    "global",
    "window",
    "navigator",
    "document",
    "XMLHttpRequest",
    "WebSocket",
    "Worker",
  ].map((name) => [name, HOST] as const),
]);

const RANDOM = "Math.random";
const PREFIX = "bft_forbidden_";

/** Why a service may not use something. */
export function forbiddenSentence(name: string, why = DISAGREE): string {
  return `${name} is not available in a service: ${why}`;
}

/** For the bundler, which knows what is global and what only has the same name: how it is to mark the forbidden globals. */
export const FORBIDDEN_MARKS: Readonly<Record<string, string>> = Object.fromEntries(
  [...FORBIDDEN_IN_REALM.keys(), ...ABSENT.keys(), RANDOM]
    // `require` is the bundler's own business.
    .filter((name) => name !== "require")
    .map((name) => [name, PREFIX + name.replace(".", "_")]),
);

const NAMES = new Map(Object.entries(FORBIDDEN_MARKS).map(([name, mark]) => [mark, name]));

/** Something that a service may not use, at a place in the program. */
export interface Finding {
  readonly start: number;
  readonly sentence: string;
  /** Also in a library that may never come to it: such code would run after the operation, where nobody counts or undoes. */
  readonly always: boolean;
}

/** A marked global, to be named as it was. */
export interface Mark {
  readonly start: number;
  readonly end: number;
  readonly name: string;
}

/** What a bundled program uses that a service may not. `typeof x` only asks, and is allowed. */
export function findForbidden(program: Program): { readonly findings: readonly Finding[]; readonly marks: readonly Mark[] } {
  const findings: Finding[] = [];
  const marks: Mark[] = [];
  fullAncestor(program, (each, _state, ancestors) => {
    const node = each as AnyNode;
    const { start, end } = node;
    const sentence = syntaxProblem(node);
    if (sentence !== null) findings.push({ start, sentence, always: true });
    const name = node.type === "Identifier" ? NAMES.get(node.name) : undefined;
    if (name === undefined) return;
    marks.push({ start, end, name });
    const parent = ancestors.at(-2) as AnyNode | undefined;
    const asks = parent?.type === "UnaryExpression" && parent.operator === "typeof";
    if (asks) return;
    const why = FORBIDDEN_IN_REALM.get(name) ?? ABSENT.get(name);
    findings.push({ start, sentence: forbiddenSentence(name, why), always: false });
  });
  return { findings: findings.sort((a, b) => a.start - b.start), marks };
}

/** Code that would run after the operation, or that nobody has counted the steps of. */
function syntaxProblem(node: AnyNode): string | null {
  switch (node.type) {
    case "FunctionDeclaration":
    case "FunctionExpression":
    case "ArrowFunctionExpression":
      return node.async ? forbiddenSentence("async", AT_ONCE) : null;
    case "AwaitExpression":
      return forbiddenSentence("await", AT_ONCE);
    case "ImportExpression":
      return forbiddenSentence("import()", "all of it is loaded at the start");
    case "CallExpression":
      return node.callee.type === "Identifier" && node.callee.name === "eval" ? forbiddenSentence("eval", NOT_COUNTED) : null;
    default:
      return null;
  }
}
