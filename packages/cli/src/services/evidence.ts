import { readFileSync, statSync } from "node:fs";
import path from "node:path";
import {
  type ClusterConfig,
  ClusterPaths,
  crossExamine,
  EvidenceFolder,
  type KeptProof,
  PROOF_BYTES_MAX,
  type ProofFileVerdict,
  parseClusterConfig,
  verifyProofText,
} from "@bft/replica";
import { CliError } from "../errors.js";
import type { Cluster } from "./cluster.js";
import { refuseUnsigned } from "./unauthenticated.js";

/** What there is against whom, and what was looked at for it. */
export interface EvidenceReport {
  readonly proofs: readonly KeptProof[];
  /** Messages whose signers were held to their words. */
  readonly messages: number;
  /** Replicas whose recordings were read. */
  readonly witnesses: readonly number[];
}

/** Holds what all replicas took against each other, keeps what that proves, and tells all proofs that there are. */
export function gatherEvidence({ dir, config }: Cluster): EvidenceReport {
  const folder = new EvidenceFolder(new ClusterPaths(dir).evidence, config);
  const { messages, witnesses, proofs } = crossExamine(dir, config);
  for (const proof of proofs) folder.keep(proof);
  return { proofs: folder.proofs(), messages, witnesses };
}

/** A file as a person in this folder would name it. */
export function fromHere(file: string): string {
  const near = path.relative(process.cwd(), file);
  return near.startsWith("..") ? file : near;
}

/**
 * Checks a proof with nothing but the public part of a cluster.
 * @throws CliError when a file can not be read, or the second one is no configuration
 */
export function verifyEvidence(
  proofFile: string,
  configFile: string,
): { readonly verdict: ProofFileVerdict; readonly protocol: string } {
  const config = readConfig(configFile);
  refuseUnsigned(config, null);
  const text = readBounded(proofFile);
  const verdict: ProofFileVerdict = text === null ? { ok: false, reason: "too-large" } : verifyProofText(text, config);
  return { verdict, protocol: config.protocol };
}

function readConfig(file: string): ClusterConfig {
  const text = readBounded(file);
  const json = text === null ? undefined : parsed(text);
  const config = json === undefined ? { problem: "it is not JSON" } : parseClusterConfig(json);
  if ("problem" in config)
    throw new CliError(
      "bad-cluster",
      `${file} is not the configuration of a cluster (${config.problem}); name its cluster.json`,
      2,
    );
  return config;
}

/** Null when there is more of it than any proof or configuration has. */
function readBounded(file: string): string | null {
  try {
    return statSync(file).size > PROOF_BYTES_MAX ? null : readFileSync(file, "utf8");
  } catch (error) {
    throw new CliError("no-file", `${file} can not be read: ${error instanceof Error ? error.message : String(error)}`, 2);
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
