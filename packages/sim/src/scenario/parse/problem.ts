/** Something wrong with a scenario file, for a person. */
export interface Problem {
  /** From 1. */
  readonly line: number;
  readonly column: number;
  /** What was expected and what came. */
  readonly message: string;
  /** A word that is not known, and those that are, so that one that is near can be proposed; null when it is about something else. */
  readonly unknown: { readonly word: string; readonly known: readonly string[] } | null;
}

/** Where something stands in the file, from 1. */
export interface Place {
  readonly line: number;
  readonly column: number;
}

/** Gathers all problems of a file, each once. */
export class Problems {
  readonly #found = new Map<string, Problem>();

  add({ line, column }: Place, message: string, unknown: Problem["unknown"] = null): null {
    // Each protocol reads the file anew, and finds the same with other numbers of replicas.
    const key = `${line}:${column} ${message.replaceAll(/\d+/g, "")}`;
    if (!this.#found.has(key)) this.#found.set(key, { line, column, message, unknown });
    return null;
  }

  /** A word that is none of those that may stand here. `a`: what it should be, such as `a step`. */
  unknownWord(place: Place, word: string, a: string, known: readonly string[]): null {
    return this.add(place, `${quoted(word)} is not ${a}; there are: ${known.join(", ")}`, { word: word.slice(0, 80), known });
  }

  get count(): number {
    return this.#found.size;
  }

  /** In the order of the file. */
  get all(): readonly Problem[] {
    return [...this.#found.values()].sort((a, b) => a.line - b.line || a.column - b.column);
  }
}

/** What came from the file, short enough to be shown. */
export function quoted(text: string): string {
  return `"${text.length > 60 ? `${text.slice(0, 60)}…` : text}"`;
}
