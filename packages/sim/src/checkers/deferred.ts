import type { Violation } from "./checker.js";
import type { Knowledge } from "./knowledge.js";

/**
 * Keeps a violation to the end when more replicas lie than the cluster is built for: double certificates are then to be
 * expected, and what they lead to tells more.
 */
export class Deferred {
  readonly #knowledge: Knowledge;
  #first: Violation | null = null;

  constructor(knowledge: Knowledge) {
    this.#knowledge = knowledge;
  }

  tell(found: Violation | null): Violation | null {
    if (found === null || !this.#knowledge.tooManyLie) return found;
    this.#first ??= found;
    return null;
  }

  finish(): Violation | null {
    return this.#first;
  }
}
