import { createHash } from "node:crypto";
import { mkdirSync, readdirSync, readFileSync, renameSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { PublicKeys } from "@bft/net";
import type { ClusterConfig } from "../cluster-config.js";
import { publicKeysOf } from "../keyring.js";
import { type FoundProof, PROOF_BYTES_MAX, proofText, verifyProofText } from "./proof-file.js";

/** Proofs that are kept against one replica: a liar that lies for ever must not fill the disk. */
const PROOFS_PER_REPLICA_MAX = 100;

const NAME = /^replica-(\d{1,5})-[a-z-]+-[0-9a-f]{12}\.json$/;

/** A proof in the folder of a cluster that was checked. */
export interface KeptProof {
  readonly file: string;
  readonly accused: number;
  readonly rule: string;
  readonly view: number | null;
  readonly seq: number | null;
  readonly first: string;
  readonly second: string;
  /** When it was found, milliseconds since 1970. */
  readonly foundAtMs: number;
}

/** Where the proofs of one cluster lie: a file each, the same proof always under the same name. */
export class EvidenceFolder {
  readonly #folder: string;
  readonly #config: ClusterConfig;

  constructor(folder: string, config: ClusterConfig) {
    this.#folder = folder;
    this.#config = config;
  }

  /**
   * Keeps a proof. @returns its file; null when there are enough against that replica already, and where nothing is signed: what nobody
   * signed proves nothing.
   * @throws Error of the system when it can not be written
   */
  keep(proof: FoundProof): string | null {
    if (this.#config.auth === "none") return null;
    const text = proofText(proof, this.#config);
    mkdirSync(this.#folder, { recursive: true, mode: 0o700 });
    const names = this.#names();
    const name = nameOf(proof);
    const file = join(this.#folder, name);
    if (names.includes(name)) return file;
    if (names.filter((each) => each.startsWith(`replica-${proof.accused}-`)).length >= PROOFS_PER_REPLICA_MAX) return null;
    // In one step: who reads meanwhile finds a whole file. Several processes may keep the same one at the same time.
    const part = `${file}.${process.pid}`;
    writeFileSync(part, text, { mode: 0o600 });
    renameSync(part, file);
    return file;
  }

  /** All proofs that are there and hold, in order of name; what does not hold is not believed, whoever put it there. */
  proofs(): readonly KeptProof[] {
    const keys = publicKeysOf(this.#config);
    return this.#names().flatMap((name) => this.#read(name, keys) ?? []);
  }

  /** Replicas against which at least one proof holds. One is enough: a liar may have left a hundred, and a start must not wait for all. */
  convicted(): readonly number[] {
    const names = this.#names();
    if (names.length === 0) return [];
    const keys = publicKeysOf(this.#config);
    const found = new Set<number>();
    for (const name of names) {
      if (found.has(Number(NAME.exec(name)?.[1]))) continue;
      const proof = this.#read(name, keys);
      if (proof !== null) found.add(proof.accused);
    }
    return [...found];
  }

  #read(name: string, keys: PublicKeys): KeptProof | null {
    const file = join(this.#folder, name);
    const read = readIfSmall(file);
    const verdict = read === null ? null : verifyProofText(read.text, this.#config, keys);
    if (read === null || verdict === null || !verdict.ok) return null;
    const { accused, rule, view, seq, first, second } = verdict;
    return { file, accused, rule, view, seq, first, second, foundAtMs: read.atMs };
  }

  #names(): readonly string[] {
    try {
      return readdirSync(this.#folder)
        .filter((name) => NAME.test(name))
        .sort();
    } catch {
      return [];
    }
  }
}

/** By what the two messages are, in either order. */
function nameOf({ accused, rule, first, second }: FoundProof): string {
  const both = [first, second].map(({ signature }) => Buffer.from(signature).toString("hex")).sort();
  const digest = createHash("sha256").update(both.join()).digest("hex").slice(0, 12);
  return `replica-${accused}-${rule}-${digest}.json`;
}

function readIfSmall(file: string): { readonly text: string; readonly atMs: number } | null {
  try {
    const { size, mtimeMs } = statSync(file);
    return size > PROOF_BYTES_MAX ? null : { text: readFileSync(file, "utf8"), atMs: mtimeMs };
  } catch {
    return null;
  }
}
