import { randomBytes } from "node:crypto";
import { closeSync, fstatSync, openSync, readFileSync, writeFileSync } from "node:fs";
import { fromHex, type Principal, toHex } from "@bft/core";
import { SEED_BYTES, type SignatureScheme } from "./scheme.js";

export interface KeyPair {
  /** 32 bytes, to be told to nobody. */
  readonly seed: Uint8Array;
  /** 32 bytes. */
  readonly publicKey: Uint8Array;
}

/** The secret key of one principal, as it stands in its file. */
export interface PrincipalKey extends KeyPair {
  readonly principal: Principal;
}

/** A key file that can not be used. The message is one sentence that names the file and the next step. */
export class KeyFileError extends Error {
  override readonly name = "KeyFileError";
}

/** A fresh key pair, its seed from the operating system's random source. */
export function generateKeyPair(scheme: SignatureScheme): KeyPair {
  const seed = new Uint8Array(randomBytes(SEED_BYTES));
  return { seed, publicKey: scheme.publicKey(seed) };
}

/**
 * Writes a new key file, JSON, readable by its owner only (0600).
 * @throws KeyFileError when the file exists already or can not be written.
 */
export function writeKeyFile(path: string, key: PrincipalKey): void {
  const { role, id } = key.principal;
  const text = JSON.stringify(
    { version: 1, algorithm: "ed25519", role, id, publicKey: toHex(key.publicKey), seed: toHex(key.seed) },
    null,
    2,
  );
  try {
    writeFileSync(path, `${text}\n`, { mode: 0o600, flag: "wx" });
  } catch (error) {
    throw new KeyFileError(`key file ${path} can not be written: ${reasonOf(error)}`, { cause: error });
  }
}

/**
 * Reads a key file.
 * @throws KeyFileError when it is missing, can be read by others than its owner, or is not a key file.
 */
export function readKeyFile(path: string): PrincipalKey {
  return parseKeyFile(path, readOwnersFile(path));
}

function readOwnersFile(path: string): string {
  let file: number;
  try {
    file = openSync(path, "r");
  } catch (error) {
    throw new KeyFileError(`key file ${path} can not be read: ${reasonOf(error)}`, { cause: error });
  }
  try {
    const mode = fstatSync(file).mode & 0o777;
    // Windows has no such bits: Node shows 0666 for every file there
    if (process.platform !== "win32" && (mode & 0o077) !== 0)
      throw new KeyFileError(
        `key file ${path} can be read by others (mode ${mode.toString(8).padStart(4, "0")}); run: chmod 600 ${path}`,
      );
    return readFileSync(file, "utf8");
  } finally {
    closeSync(file);
  }
}

function parseKeyFile(path: string, text: string): PrincipalKey {
  const bad = (what: string): KeyFileError =>
    new KeyFileError(`key file ${path} is damaged: ${what}; restore it, or make a new cluster (bft up --fresh)`);
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch {
    throw bad("it is not JSON");
  }
  if (typeof parsed !== "object" || parsed === null) throw bad("it is not a JSON object");
  const { version, algorithm, role, id, publicKey, seed } = parsed as Record<string, unknown>;
  if (version !== 1 || algorithm !== "ed25519") throw bad("expected version 1 and algorithm ed25519");
  if (role !== "replica" && role !== "client") throw bad('role must be "replica" or "client"');
  if (typeof id !== "number" || !Number.isSafeInteger(id) || id < 0) throw bad("id must be an integer >= 0");
  if (!isKeyHex(publicKey) || !isKeyHex(seed)) throw bad("publicKey and seed must be 64 hexadecimal digits");
  return { principal: { role, id } as Principal, publicKey: fromHex(publicKey), seed: fromHex(seed) };
}

function isKeyHex(value: unknown): value is string {
  return typeof value === "string" && /^[0-9a-f]{64}$/i.test(value);
}

function reasonOf(error: unknown): string {
  const code = (error as NodeJS.ErrnoException).code;
  if (code === "ENOENT") return "it does not exist";
  if (code === "EEXIST") return "it exists already";
  if (code === "EACCES" || code === "EPERM") return "permission denied";
  return error instanceof Error ? error.message : String(error);
}
