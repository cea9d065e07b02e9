import { type DecodeError, type Digest, encodeWire, fromHex, WIRE_LIMITS } from "@bft/core";
import { type PbftMessage, pbftCodec } from "@bft/core/pbft";
import { Random } from "@bft/sim";
import { expect } from "chai";
import fc from "fast-check";
import {
  batchNamed,
  certificateOf,
  checkpointOf,
  digestOf,
  newViewOf,
  prePrepareOf,
  prepareOf,
  requestOf,
  viewChangeOf,
} from "./support/forge.js";
import { anyMessage } from "./support/messages.js";

const refusal = (payload: Uint8Array) => {
  const decoded = pbftCodec.decode(payload);
  return decoded.ok ? null : decoded.error;
};

describe("codec", () => {
  it("every kind of message comes back as it was encoded", () => {
    const kinds = new Set<string>();
    fc.assert(
      fc.property(anyMessage, (message) => {
        kinds.add(message.kind);
        expect(pbftCodec.decode(pbftCodec.encode(message))).to.deep.equal({ ok: true, message });
      }),
      { numRuns: 600 },
    );
    expect([...kinds].sort()).to.deep.equal(KINDS);
  });

  /** One case a code of machine.ts; the record makes the compiler say when one is missing. */
  const cases: Record<DecodeError["code"], Uint8Array> = {
    "payload-truncated": fromHex("84"),
    "payload-trailing-bytes": Uint8Array.of(...pbftCodec.encode(requestOf("x").message), 0),
    "payload-forbidden-type": fromHex("a0"),
    "payload-too-deep": fromHex(`${"81".repeat(8)}00`),
    "payload-too-many-items": encodeWire([13, 1, Array.from({ length: 400_000 }, () => null)]),
    "payload-integer-too-large": fromHex("82061b0020000000000000"),
    "payload-not-canonical": fromHex("82180600"),
    "payload-bad-utf8": fromHex("8401000181 61ff f4".replaceAll(" ", "")),
    "payload-unknown-kind": encodeWire([200]),
    "payload-bad-shape": encodeWire([6, 1]),
  };
  for (const [code, payload] of Object.entries(cases))
    it(`${code} is reached`, () => {
      expect(refusal(payload)?.code).to.equal(code);
    });

  const digest = fromHex(digestOf("d"));
  const badShapes: readonly (readonly [title: string, payload: Uint8Array, detail: RegExp])[] = [
    ["no array", encodeWire(6), /an array was expected/],
    ["an empty array", encodeWire([]), /field 1 is missing/],
    ["a kind that is no number", encodeWire(["request"]), /kind/],
    ["a field too few", encodeWire([3, 0, 1]), /field 4 is missing/],
    ["a field too many", encodeWire([3, 0, 1, digest, 0]), /4 fields were expected, 5 came/],
    ["a text for a view", encodeWire([3, "0", 1, digest]), /view/],
    ["a digest of 31 bytes", encodeWire([3, 0, 1, digest.subarray(1)]), /32 bytes/],
    ["a digest of 33 bytes", encodeWire([3, 0, 1, new Uint8Array(33)]), /at most 32 bytes/],
    ["a digest as text", encodeWire([3, 0, 1, digestOf("d")]), /digest/],
    ["a client number over 32 bits", encodeWire([1, 2n ** 32n, 1, ["x"], false]), /client/],
    ["a request of nothing", encodeWire([1, 0, 1, [], false]), /at least one/],
    ["a request with bytes as operation", encodeWire([1, 0, 1, [digest], false]), /a text was expected/],
    [
      "too many operations",
      encodeWire([1, 0, 1, Array.from({ length: WIRE_LIMITS.operationsPerRequestMax + 1 }, () => "x"), false]),
      /at most 1024 items/,
    ],
    [
      "an operation that is too long",
      encodeWire([1, 0, 1, ["x".repeat(WIRE_LIMITS.operationLengthMax + 1)], false]),
      /operation/,
    ],
    [
      "a request that waits for a later one than itself",
      encodeWire([1, 0, 1, ["x"], false, 2, null]),
      /oldest: an integer 0 .. 1/,
    ],
    ["a request without repliers", encodeWire([1, 0, 1, ["x"], false, 0]), /field 7 is missing/],
    ["repliers that are no list", encodeWire([1, 0, 1, ["x"], false, 0, 3]), /repliers: an array of at most 256/],
    ["a replier that is no replica's id", encodeWire([1, 0, 1, ["x"], false, 0, [256]]), /replier: the id of a replica/],
    ["a replier twice", encodeWire([1, 0, 1, ["x"], false, 0, [1, 1]]), /repliers: ascending ids/],
    ["repliers in disorder", encodeWire([1, 0, 1, ["x"], false, 0, [2, 1]]), /repliers: ascending ids/],
    [
      "more repliers than replicas",
      encodeWire([1, 0, 1, ["x"], false, 0, Array(257).fill(0)]),
      /repliers: an array of at most 256/,
    ],
    ["a number for a boolean", encodeWire([9, 0, 1, 0, 0]), /true or false/],
    ["a path that is too long", encodeWire([13, 0, ["a".repeat(WIRE_LIMITS.pathLengthMax + 1)]]), /path/],
    ["too many paths", encodeWire([13, 0, Array.from({ length: WIRE_LIMITS.pathsMax + 1 }, () => "a")]), /at most 256/],
    ["a result that is no pair", encodeWire([5, 0, 0, 1, 1, true, [[true]]]), /missing/],
    ["a certificate with a signature of 63 bytes", claimed(6, new Uint8Array(63)), /signature: 64 bytes/],
    ["a prepare where a checkpoint was expected", inside(prepareOf(1, 0, 1, digestOf("d")).payload), /well-formed checkpoint/],
    [
      "a checkpoint with a byte too many inside",
      inside(Uint8Array.of(...checkpointOf(1, 8, digestOf("d")).payload, 0)),
      /well-formed checkpoint/,
    ],
    ["a view-change inside a view-change", inside(viewChangeOf(1, 1).payload), /well-formed checkpoint/],
  ];
  for (const [title, payload, detail] of badShapes)
    it(`payload-bad-shape: ${title}`, () => {
      const error = refusal(payload);
      expect(error?.code).to.equal("payload-bad-shape");
      expect(error?.detail).to.match(detail);
    });

  it("an error never holds the peer's bytes", () => {
    const secret = "do not print me";
    for (const payload of [encodeWire([secret]), encodeWire([1, secret, 1, ["x"], false]), encodeWire([3, 0, 1, secret])])
      expect(JSON.stringify(refusal(payload))).to.not.contain(secret);
  });

  it("a payload decoded does not share memory with the bytes it came in", () => {
    const payload = pbftCodec.encode(viewChangeOf(1, 1, { prepared: [certificateOf(0, 1, digestOf("d"))] }).message);
    const decoded = pbftCodec.decode(payload);
    const before = JSON.stringify(decoded, bytesAsText);
    payload.fill(0xff);
    expect(JSON.stringify(decoded, bytesAsText)).to.equal(before);
  });

  it("random bytes never throw", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => void pbftCodec.decode(bytes)),
      { numRuns: 3000 },
    );
  });

  it("valid payloads with bytes changed, cut, doubled or removed never throw, and what passes is a message again", () => {
    const random = new Random(7);
    let passed = 0;
    for (const valid of SAMPLES)
      for (let i = 0; i < 500; i++) {
        const decoded = pbftCodec.decode(mutated(valid, random));
        if (!decoded.ok) continue;
        passed += 1;
        expect(pbftCodec.decode(pbftCodec.encode(decoded.message))).to.deep.equal(decoded);
      }
    expect(passed).to.be.greaterThan(100);
  });
});

const KINDS: readonly PbftMessage["kind"][] = [
  "batch",
  "checkpoint",
  "commit",
  "committed",
  "fetch-batch",
  "fetch-state",
  "new-view",
  "pre-prepare",
  "prepare",
  "reply",
  "request",
  "stable-checkpoint",
  "state-nodes",
  "status",
  "view-change",
];

const SAMPLES: readonly Uint8Array[] = [
  requestOf(["set x 1", "get é"]).payload,
  prePrepareOf(0, 1, batchNamed("a")).payload,
  viewChangeOf(1, 1, {
    stableSeq: 8,
    checkpoints: [0, 1, 2].map((id) => checkpointOf(id, 8, digestOf("s"))),
    prepared: [certificateOf(0, 9, digestOf("d"))],
  }).payload,
  newViewOf(1, [viewChangeOf(2, 1), viewChangeOf(3, 1)], [[1, digestOf("d") as Digest]]).payload,
];

function claimed(kind: number, signature: Uint8Array): Uint8Array {
  return encodeWire([7, 1, 8, [[0, encodeWire([kind, 8, fromHex(digestOf("d"))]), signature]], []]);
}

/** A view-change with one claim in its C. */
function inside(payload: Uint8Array): Uint8Array {
  return encodeWire([7, 1, 8, [[1, payload, new Uint8Array(64)]], []]);
}

function bytesAsText(_key: string, value: unknown): unknown {
  return value instanceof Uint8Array ? [...value].join() : value;
}

function mutated(valid: Uint8Array, random: Random): Uint8Array {
  const bytes = [...valid];
  for (let edits = 1 + random.below(3); edits > 0; edits--) {
    const at = random.below(bytes.length);
    const edit = random.below(4);
    if (edit === 0) bytes[at] = random.below(256);
    if (edit === 1) bytes.splice(at, 1);
    if (edit === 2) bytes.splice(at, 0, random.below(256));
    if (edit === 3) bytes[at] = (bytes[at] as number) ^ (1 << random.below(8));
  }
  return Uint8Array.from(bytes);
}
