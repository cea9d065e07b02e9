import { type Contradiction, contradiction, hides, type Testimony } from "./contradiction.js";

/** Something signed that may be held against its signer. */
export interface Deposition<Tag> extends Testimony {
  readonly signer: number;
  /** Whatever the caller needs to find it again. */
  readonly tag: Tag;
}

export interface Finding<Tag> extends Contradiction {
  readonly accused: number;
  readonly first: Tag;
  readonly second: Tag;
}

/** Places about which something is kept for each signer; the oldest go. At full load some seconds to minutes. */
const PLACES_MAX = 20_000;

/**
 * What replicas have signed, by what it is about, so that a second word about the same is held against the first. Whether the words are
 * genuine is for the caller to say (`genuine`): it is asked only when two differ, and a forged one makes way for a genuine one.
 */
export class EvidenceBook<Tag> {
  readonly #signers = new Map<number, Signer<Tag>>();
  readonly #genuine: (deposition: Deposition<Tag>) => boolean;
  readonly #placesMax: number;

  constructor(genuine: (deposition: Deposition<Tag>) => boolean, placesMax = PLACES_MAX) {
    this.#genuine = genuine;
    this.#placesMax = placesMax;
  }

  /** What it proves together with something that was added before; each contradiction is found once, by its first two words. */
  add(deposition: Deposition<Tag>): Finding<Tag> | null {
    const signer = this.#signerOf(deposition.signer);
    for (const place of placesOf(deposition)) {
      const finding = this.#addAt(signer, place, deposition);
      if (finding !== null) return finding;
    }
    return this.#hidden(signer, deposition);
  }

  #addAt(signer: Signer<Tag>, place: string, deposition: Deposition<Tag>): Finding<Tag> | null {
    const before = signer.words.get(place);
    if (before === undefined) {
      signer.words.set(place, deposition);
      if (signer.words.size > this.#placesMax) forget(signer.words);
      return null;
    }
    const found = contradiction(before, deposition);
    if (found === null || signer.found.has(place) || !this.#genuine(deposition)) return null;
    if (!this.#genuine(before)) {
      signer.words.set(place, deposition);
      return null;
    }
    signer.found.add(place);
    return { ...found, accused: deposition.signer, first: before.tag, second: deposition.tag };
  }

  /** A commit against all view-changes that are known, or a view-change against all commits. */
  #hidden(signer: Signer<Tag>, deposition: Deposition<Tag>): Finding<Tag> | null {
    const { statement } = deposition;
    if (statement.kind === "view-change") {
      for (const before of signer.words.values()) {
        if (before.statement.kind !== "commit" || !hides(statement, before.statement)) continue;
        const finding = this.#finding(signer, before, deposition);
        if (finding !== null) return finding;
      }
      signer.viewChanges.push(deposition);
      if (signer.viewChanges.length > VIEW_CHANGES_MAX) signer.viewChanges.shift();
      return null;
    }
    if (statement.kind !== "commit") return null;
    for (const before of signer.viewChanges) {
      if (before.statement.kind !== "view-change" || !hides(before.statement, statement)) continue;
      const finding = this.#finding(signer, before, deposition);
      if (finding !== null) return finding;
    }
    return null;
  }

  #finding(signer: Signer<Tag>, before: Deposition<Tag>, deposition: Deposition<Tag>): Finding<Tag> | null {
    const found = contradiction(before, deposition);
    if (found === null) return null;
    const place = `${found.rule} ${found.view}`;
    if (signer.found.has(place) || !this.#genuine(before) || !this.#genuine(deposition)) return null;
    signer.found.add(place);
    return { ...found, accused: deposition.signer, first: before.tag, second: deposition.tag };
  }

  #signerOf(id: number): Signer<Tag> {
    let signer = this.#signers.get(id);
    if (signer === undefined) {
      signer = { words: new Map(), viewChanges: [], found: new Set() };
      this.#signers.set(id, signer);
    }
    return signer;
  }
}

/** View-changes of one replica that are remembered. */
const VIEW_CHANGES_MAX = 100;

interface Signer<Tag> {
  /** The first genuine word about each place. */
  readonly words: Map<string, Deposition<Tag>>;
  readonly viewChanges: Deposition<Tag>[];
  /** Where it was found to contradict itself. */
  readonly found: Set<string>;
}

function forget(words: Map<string, unknown>): void {
  for (const place of words.keys()) {
    words.delete(place);
    return;
  }
}

/** What a statement is about, if it binds its signer. */
function placesOf({ statement, reply }: Testimony): readonly string[] {
  if (reply !== null) return reply.ordered ? [`reply ${reply.client} ${reply.timestamp}`] : [];
  switch (statement.kind) {
    case "pre-prepare":
    case "prepare":
    case "commit":
      return [`${statement.kind} ${statement.view} ${statement.seq}`];
    case "checkpoint":
      return [`checkpoint ${statement.seq}`];
    case "view-change":
      return [`view-change ${statement.newView}`];
    case "new-view":
      return [`new-view ${statement.view}`];
    case "accept":
      return statement.values.map(({ seq }) => `accept ${statement.view} ${seq}`);
    case "accepted":
    case "candidate":
    case "promise":
    case "chosen":
    case "other":
      return [];
  }
}
