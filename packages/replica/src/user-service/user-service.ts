import { Script } from "node:vm";
import { ENGINE_ERRORS, type OperationContext, OperationError, type OperationResult, type Service, type Store } from "@bft/core";
import { Meter } from "./meter.js";
import { Realm } from "./realm.js";
import { resultOf } from "./result.js";
import { storeView } from "./store-view.js";

/** Why a module is no service: the end of a sentence that begins with its file. */
export class ModuleError extends Error {
  override readonly name = "ModuleError";
}

interface UserServiceOptions {
  /** What build.ts made: a function of the meter that gives the exports of the module. */
  readonly code: string;
  /** When the module does not say its name. */
  readonly defaultName: string;
  /** Told what the engine said when it threw an error: its words differ between versions, so they can not be a result. */
  readonly onEngineError?: (message: string) => void;
}

interface Module {
  readonly self: unknown;
  readonly execute: (...args: unknown[]) => unknown;
}

const HOW = "write: export default (store, operation, context) => …";
const NAME = /^[\p{L}\p{N}][\p{L}\p{N} ._-]{0,39}$/u;
const USAGE_LENGTH_MAX = 400;

/**
 * A person's own module as a service. The module is evaluated anew for each operation, so what it keeps in variables is gone
 * after it: state is what stands in the store, and nothing else.
 */
export class UserService implements Service {
  readonly name: string;
  readonly usage: string;
  readonly #meter = new Meter();
  readonly #realm: Realm;
  readonly #evaluate: (meter: Meter) => unknown;
  readonly #onEngineError: (message: string) => void;
  #view: { readonly of: Store; readonly view: object } | null = null;

  /** @throws ModuleError when the code is no service. */
  constructor({ code, defaultName, onEngineError }: UserServiceOptions) {
    this.#onEngineError = onEngineError ?? (() => undefined);
    this.#realm = new Realm(this.#meter);
    this.#evaluate = this.#realm.run(new Script(code, { filename: "service.js" })) as (meter: Meter) => unknown;
    const { name, usage } = this.#describe();
    this.name = name ?? defaultName;
    this.usage = usage ?? "";
  }

  /** @throws OperationError for every way in which the module can fail. */
  execute(store: Store, operation: string, { client, seq }: OperationContext): OperationResult {
    const outcome = this.#metered((): OperationResult => {
      const { self, execute } = moduleOf(this.#evaluate(this.#meter));
      const args = [this.#viewOf(store), operation, this.#realm.frozen({ client, seq })];
      return resultOf(Reflect.apply(execute, self, args));
    });
    if ("value" in outcome) return outcome.value;
    throw new OperationError(outcome.reason);
  }

  #describe(): { readonly name: string | null; readonly usage: string | null } {
    const outcome = this.#metered(() => {
      const { self } = moduleOf(this.#evaluate(this.#meter));
      const { name, usage } = typeof self === "object" && self !== null ? (self as Partial<Service>) : {};
      if (name !== undefined && (typeof name !== "string" || !NAME.test(name)))
        throw new ModuleError("has a name that is none: up to 40 letters, digits, spaces, dots, dashes");
      if (usage !== undefined && (typeof usage !== "string" || usage.length > USAGE_LENGTH_MAX))
        throw new ModuleError(`has a usage that is no text of up to ${USAGE_LENGTH_MAX} characters`);
      return { name: name ?? null, usage: usage ?? null };
    });
    if ("value" in outcome) return outcome.value;
    throw outcome.error instanceof ModuleError ? outcome.error : new ModuleError(`fails when it is loaded: ${outcome.reason}`);
  }

  /** Runs code of the service within the limits of one operation. */
  #metered<T>(run: () => T): { readonly value: T } | { readonly error: unknown; readonly reason: string } {
    this.#meter.begin();
    let outcome: { readonly value: T } | { readonly error: unknown; readonly reason: string };
    try {
      outcome = { value: run() };
    } catch (error) {
      outcome = { error, reason: this.#reasonOf(error) };
    }
    const reason = this.#meter.end("error" in outcome ? outcome.error : null);
    return reason === null ? outcome : { error: null, reason };
  }

  #viewOf(store: Store): object {
    if (this.#view?.of !== store) this.#view = { of: store, view: storeView(store, this.#realm, this.#meter) };
    return this.#view.view;
  }

  /** The same words on every replica. */
  #reasonOf(error: unknown): string {
    try {
      if (typeof error === "string") return error;
      const { name, message } = error as Error;
      if (typeof name !== "string" || typeof message !== "string") return "the service threw something that is no error";
      if (ENGINE_ERRORS.has(name)) {
        this.#onEngineError(`${name}: ${message}`);
        return `${name} in the service; replica.log in the folder of a replica says more`;
      }
      return name === "Error" ? message : `${name}: ${message}`;
    } catch {
      // Reading an error may run code of the service, too.
      return "the service threw something that is no error";
    }
  }
}

/** @throws ModuleError */
function moduleOf(exports: unknown): Module {
  const self = isRecord(exports) && "default" in exports ? exports["default"] : exports;
  if (typeof self === "function") return { self, execute: self as Module["execute"] };
  if (!isRecord(self) || (self === exports && !("execute" in self))) throw new ModuleError(`has no default export; ${HOW}`);
  const { execute } = self;
  if (typeof execute !== "function") throw new ModuleError(`has a default export without a function execute; ${HOW}`);
  return { self, execute: execute as Module["execute"] };
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null;
}
