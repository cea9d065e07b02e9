import { chmodSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { clientId, clientPrincipal, replicaId, replicaPrincipal } from "@bft/core";
import {
  generateKeyPair,
  KeyFileError,
  Keyring,
  type PrincipalKey,
  portsOf,
  readKeyFile,
  selectScheme,
  sha256,
  writeKeyFile,
} from "@bft/net";
import { expect } from "chai";
import { MIXED_ORDER_KEY } from "./support/crypto-vectors.js";

const scheme = selectScheme("auto");
const replica0: PrincipalKey = { principal: replicaPrincipal(replicaId(0)), ...generateKeyPair(scheme) };
const client0: PrincipalKey = { principal: clientPrincipal(clientId(0)), ...generateKeyPair(scheme) };

describe("key files", () => {
  let folder: string;
  let file: string;

  beforeEach(() => {
    folder = mkdtempSync(path.join(tmpdir(), "bft-keys-"));
    file = path.join(folder, "replica-0.json");
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  it("come back as they were, readable by the owner only", () => {
    writeKeyFile(file, replica0);
    expect(statSync(file).mode & 0o777).to.equal(0o600);
    expect(readKeyFile(file)).to.deep.equal(replica0);
  });

  for (const mode of [0o640, 0o604, 0o620, 0o644]) {
    it(`of mode ${mode.toString(8)} are refused in one sentence with the next step`, () => {
      writeKeyFile(file, replica0);
      chmodSync(file, mode);
      const sentence = `key file ${file} can be read by others (mode 0${mode.toString(8)}); run: chmod 600 ${file}`;
      expect(() => readKeyFile(file))
        .to.throw(KeyFileError)
        .with.property("message", sentence);
    });
  }

  it("are not overwritten", () => {
    writeKeyFile(file, replica0);
    expect(() => writeKeyFile(file, client0)).to.throw(KeyFileError, `key file ${file} can not be written: it exists already`);
    expect(readKeyFile(file)).to.deep.equal(replica0);
  });

  it("that are missing are named", () => {
    expect(() => readKeyFile(file)).to.throw(KeyFileError, `key file ${file} can not be read: it does not exist`);
  });

  const damages: readonly (readonly [title: string, damage: (json: Record<string, unknown>) => unknown, says: string])[] = [
    ["another version", (json) => ({ ...json, version: 2 }), "expected version 1"],
    ["another algorithm", (json) => ({ ...json, algorithm: "rsa" }), "algorithm ed25519"],
    ["an unknown role", (json) => ({ ...json, role: "king" }), 'role must be "replica" or "client"'],
    ["a negative id", (json) => ({ ...json, id: -1 }), "id must be an integer >= 0"],
    ["a short seed", (json) => ({ ...json, seed: "00" }), "64 hexadecimal digits"],
    ["no public key", ({ publicKey: _, ...json }) => json, "64 hexadecimal digits"],
    ["an array", () => null, "not a JSON object"],
  ];
  for (const [title, damage, says] of damages) {
    it(`with ${title} are refused`, () => {
      writeKeyFile(file, replica0);
      writeFileSync(file, JSON.stringify(damage(JSON.parse(readFileSync(file, "utf8")))));
      expect(() => readKeyFile(file)).to.throw(KeyFileError, says);
    });
  }

  it("that are no JSON are refused without showing what is in them", () => {
    writeFileSync(file, "seed: 1234", { mode: 0o600 });
    expect(() => readKeyFile(file))
      .to.throw(KeyFileError, "it is not JSON")
      .with.property("message")
      .that.does.not.contain("1234");
  });
});

describe("Keyring", () => {
  const clusterId = new Uint8Array(16).fill(1);
  const keys = [replica0, client0];
  const options = { scheme, clusterId, self: replica0.principal, seed: replica0.seed, keys };
  const payload = Uint8Array.of(1, 2, 3);

  it("verifies what a listed principal signed, and nobody else's name on it", () => {
    const ports = portsOf(new Keyring(options));
    const signature = ports.sign(payload);
    expect(ports.verify(replica0.principal, payload, signature)).to.equal(true);
    expect(ports.verify(client0.principal, payload, signature)).to.equal(false);
    expect(ports.verify(replicaPrincipal(replicaId(1)), payload, signature)).to.equal(false);
    expect(ports.verify(replica0.principal, Uint8Array.of(1, 2), signature)).to.equal(false);
  });

  it("binds a signature to its purpose and its cluster", () => {
    const keyring = new Keyring(options);
    const other = new Keyring({ ...options, clusterId: new Uint8Array(16).fill(2) });
    const signature = keyring.sign("bft message", payload);
    expect(keyring.verify("bft message", replica0.principal, payload, signature)).to.equal(true);
    expect(keyring.verify("bft handshake", replica0.principal, payload, signature)).to.equal(false);
    expect(other.verify("bft message", replica0.principal, payload, signature)).to.equal(false);
  });

  it("signs domain tag, protocol version, cluster id and payload", () => {
    const prefix = Buffer.concat([Buffer.from("bft message"), Uint8Array.of(1), clusterId]);
    for (const size of [0, 3, (1 << 16) - 1, 1 << 16, (1 << 16) + 1, 300_000]) {
      const large = new Uint8Array(size).fill(7);
      const expected = scheme.sign(replica0.seed, Buffer.concat([prefix, large]));
      expect(new Keyring(options).sign("bft message", large), `${size} bytes`).to.deep.equal(expected);
    }
  });

  const mistakes: readonly (readonly [title: string, change: Partial<typeof options>, says: string])[] = [
    ["a cluster id of 15 bytes", { clusterId: new Uint8Array(15) }, "16 bytes, got 15"],
    ["itself not listed", { keys: [client0] }, "replica 0 is not in the cluster's list"],
    ["a seed of another key", { seed: client0.seed }, "the secret key of replica 0 does not belong"],
    [
      "a principal listed twice",
      { keys: [replica0, { ...client0, principal: replica0.principal }] },
      "replica 0 is listed twice",
    ],
    ["one key for two", { keys: [replica0, { ...replica0, principal: client0.principal }] }, "listed for two principals"],
    [
      "a bad key",
      { keys: [replica0, { ...client0, publicKey: MIXED_ORDER_KEY }] },
      "the public key of client 0 is refused (key-mixed-order)",
    ],
  ];
  for (const [title, change, says] of mistakes) {
    it(`refuses ${title}`, () => expect(() => new Keyring({ ...options, ...change })).to.throw(TypeError, says));
  }

  it("hashes with SHA-256 in lower-case hexadecimal digits (FIPS 180-2, B.1)", () => {
    expect(sha256(new TextEncoder().encode("abc"))).to.equal("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  });
});
