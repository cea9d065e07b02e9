import { createHash } from "node:crypto";
import { fromHex, toHex } from "@bft/core";
import { Point } from "@noble/ed25519";

/** One judgement that every implementation must give. */
export interface Vector {
  readonly title: string;
  readonly accept: boolean;
  readonly publicKey: Uint8Array;
  readonly message: Uint8Array;
  readonly signature: Uint8Array;
}

/** RFC 8032 §7.1. */
export const RFC_8032 = [
  {
    title: "test 1 (empty message)",
    seed: "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60",
    publicKey: "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a",
    message: "",
    signature:
      "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b",
  },
  {
    title: "test 2 (one byte)",
    seed: "4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb",
    publicKey: "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c",
    message: "72",
    signature:
      "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00",
  },
  {
    title: "test 3 (two bytes)",
    seed: "c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7",
    publicKey: "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025",
    message: "af82",
    signature:
      "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a",
  },
  {
    title: "test SHA(abc)",
    seed: "833fe62409237b9d62ec77587520911e9a759cec1d19755b7da901b96dca3d42",
    publicKey: "ec172b93ad5e563bf4932c70e1245034c35467ef2efd4d64ebf819683467e2bf",
    message:
      "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f",
    signature:
      "dc2a4459e7369633a52b1bf277839a00201009a3efbf3ecb69bea2186c26b58909351fc9ac90b3ecfdfbc7c66431e0303dca179c138ac17ad9bef1177331a704",
  },
] as const;

/** Chalkias, Garillot, Nikolaenko, "Taming the many EdDSAs" (SSR 2020), table 6; the numbers are theirs. */
const SPECCHECK: readonly (readonly [what: string, accept: boolean, message: string, publicKey: string, signature: string])[] = [
  [
    "0: small-order A and R, S = 0",
    false,
    "8c93255d71dcab10e8f379c26200f3c7bd5f09d9bc3068d3ef4edeb4853022b6",
    "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac03fa",
    "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a0000000000000000000000000000000000000000000000000000000000000000",
  ],
  [
    "1: small-order A, mixed-order R",
    false,
    "9bd9f44f4dcc75bd531b56b2cd280b0bb38fc1cd6d1230e14861d861de092e79",
    "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac03fa",
    "f7badec5b8abeaf699583992219b7b223f1df3fbbea919844e3f7c554a43dd43a5bb704786be79fc476f91d3f3f89b03984d8068dcf1bb7dfc6637b45450ac04",
  ],
  [
    "2: mixed-order A, small-order R",
    false,
    "aebf3f2601a0c8c5d39cc7d8911642f740b78168218da8471772b35f9d35b9ab",
    "f7badec5b8abeaf699583992219b7b223f1df3fbbea919844e3f7c554a43dd43",
    "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac03fa8c4bd45aecaca5b24fb97bc10ac27ac8751a7dfe1baff8b953ec9f5833ca260e",
  ],
  [
    "3: mixed-order A and R, good without the cofactor too",
    true,
    "9bd9f44f4dcc75bd531b56b2cd280b0bb38fc1cd6d1230e14861d861de092e79",
    "cdb267ce40c5cd45306fa5d2f29731459387dbf9eb933b7bd5aed9a765b88d4d",
    "9046a64750444938de19f227bb80485e92b83fdb4b6506c160484c016cc1852f87909e14428a7a1d62e9f22f3d3ad7802db02eb2e688b6c52fcd6648a98bd009",
  ],
  [
    "4: good with the cofactor only",
    false,
    "e47d62c63f830dc7a6851a0b1f33ae4bb2f507fb6cffec4011eaccd55b53f56c",
    "cdb267ce40c5cd45306fa5d2f29731459387dbf9eb933b7bd5aed9a765b88d4d",
    "160a1cb0dc9c0258cd0a7d23e94d8fa878bcb1925f2c64246b2dee1796bed5125ec6bc982a269b723e0668e540911a9a6a58921d6925e434ab10aa7940551a09",
  ],
  [
    "5: good with the cofactor only, 8 k not reduced",
    false,
    "e47d62c63f830dc7a6851a0b1f33ae4bb2f507fb6cffec4011eaccd55b53f56c",
    "cdb267ce40c5cd45306fa5d2f29731459387dbf9eb933b7bd5aed9a765b88d4d",
    "21122a84e0b5fca4052f5b1235c80a537878b38f3142356b2c2384ebad4668b7e40bc836dac0f71076f9abe3a53f9c03c1ceeeddb658d0030494ace586687405",
  ],
  [
    "6: S over L",
    false,
    "85e241a07d148b41e47d62c63f830dc7a6851a0b1f33ae4bb2f507fb6cffec40",
    "442aad9f089ad9e14647b1ef9099a1ff4798d78589e66f28eca69c11f582a623",
    "e96f66be976d82e60150baecff9906684aebb1ef181f67a7189ac78ea23b6c0e547f7690a0e2ddcd04d87dbc3490dc19b3b3052f7ff0538cb68afb369ba3a514",
  ],
  [
    "7: S far over L",
    false,
    "85e241a07d148b41e47d62c63f830dc7a6851a0b1f33ae4bb2f507fb6cffec40",
    "442aad9f089ad9e14647b1ef9099a1ff4798d78589e66f28eca69c11f582a623",
    "8ce5b96c8f26d0ab6c47958c9e68b937104cd36e13c33566acd2fe8d38aa19427e71f98a473474f2f13f06f97c20d58cc3f54b8bd0d272f42b695dd7e89a8c22",
  ],
  [
    "8: non-canonical small-order R, reduced for the hash",
    false,
    "9bedc267423725d473888631ebf45988bad3db83851ee85c85e241a07d148b41",
    "f7badec5b8abeaf699583992219b7b223f1df3fbbea919844e3f7c554a43dd43",
    "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff03be9678ac102edcd92b0210bb34d7428d12ffc5df5f37e359941266a4e35f0f",
  ],
  [
    "9: non-canonical small-order R, not reduced for the hash",
    false,
    "9bedc267423725d473888631ebf45988bad3db83851ee85c85e241a07d148b41",
    "f7badec5b8abeaf699583992219b7b223f1df3fbbea919844e3f7c554a43dd43",
    "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffca8c5b64cd208982aa38d4936621a4775aa233aa0505711d8fdcfdaa943d4908",
  ],
  [
    "10: non-canonical small-order A, reduced for the hash",
    false,
    "e96b7021eb39c1a163b6da4e3093dcd3f21387da4cc4572be588fafae23c155b",
    "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
    "a9d55260f765261eb9b84e106f665e00b867287a761990d7135963ee0a7d59dca5bb704786be79fc476f91d3f3f89b03984d8068dcf1bb7dfc6637b45450ac04",
  ],
  [
    "11: non-canonical small-order A, not reduced for the hash",
    false,
    "39a591f5321bbe07fd5a23dc2f39d025d74526615746727ceefd6e82ae65c06f",
    "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
    "a9d55260f765261eb9b84e106f665e00b867287a761990d7135963ee0a7d59dca5bb704786be79fc476f91d3f3f89b03984d8068dcf1bb7dfc6637b45450ac04",
  ],
];

/** The fourteen encodings of the eight small-order points: canonical ones, then those with y >= p or the sign of x = 0. */
export const SMALL_ORDER_ENCODINGS = [
  "0100000000000000000000000000000000000000000000000000000000000000",
  "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
  "0000000000000000000000000000000000000000000000000000000000000000",
  "0000000000000000000000000000000000000000000000000000000000000080",
  "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
  "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc85",
  "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
  "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac03fa",
  "0100000000000000000000000000000000000000000000000000000000000080",
  "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
  "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
  "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
  "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
  "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
].map(fromHex);

const L = Point.CURVE().n;
/** A point of order 8. */
const TORSION = Point.fromHex("26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05");
const SECRET = 0x1234567890abcdef1234567890abcdef1234567890abcdefn;
const NONCE = 0xfedcba0987654321fedcba0987654321fedcba0987654321n;

function toLittleEndian(value: bigint): Uint8Array {
  return Uint8Array.from({ length: 32 }, (_, i) => Number((value >> BigInt(8 * i)) & 0xffn));
}

function fromLittleEndian(bytes: Uint8Array): bigint {
  return bytes.reduceRight((value, byte) => (value << 8n) | BigInt(byte), 0n);
}

function challenge(R: Uint8Array, A: Uint8Array, message: Uint8Array): bigint {
  return fromLittleEndian(createHash("sha512").update(R).update(A).update(message).digest()) % L;
}

const text = (string: string): Uint8Array => new TextEncoder().encode(string);

/** The first message of a series on which the challenge is a multiple of 8, so that a small-order part of A drops out. */
function messageWithChallengeOf8(R: Uint8Array, A: Uint8Array): Uint8Array {
  for (let i = 0; ; i++) if (challenge(R, A, text(`message ${i}`)) % 8n === 0n) return text(`message ${i}`);
}

/** A key and a signature on which the equation without the cofactor holds, for the given encodings and their scalars. */
function signed(A: Uint8Array, a: bigint, R: Uint8Array, r: bigint): Pick<Vector, "publicKey" | "message" | "signature"> {
  const message = messageWithChallengeOf8(R, A);
  const S = (r + challenge(R, A, message) * a) % L;
  return { publicKey: A, message, signature: Uint8Array.from([...R, ...toLittleEndian(S)]) };
}

function constructed(): Vector[] {
  const A = Point.BASE.multiply(SECRET);
  const R = Point.BASE.multiply(NONCE);
  const honest = signed(A.toBytes(), SECRET, R.toBytes(), NONCE);
  const S = fromLittleEndian(honest.signature.subarray(32));
  const withS = (value: bigint) => Uint8Array.from([...honest.signature.subarray(0, 32), ...toLittleEndian(value)]);
  const flipped = (bit: number) => honest.signature.map((byte, i) => (i === bit >> 3 ? byte ^ (1 << (bit & 7)) : byte));
  const prefix = (bytes: Uint8Array, length: number) => Uint8Array.from({ length }, (_, i) => bytes[i] ?? 0);
  const mixedR = R.add(TORSION).toBytes();
  return [
    { title: "honest", accept: true, ...honest },
    {
      title: "mixed-order R with the S that fits it with the cofactor",
      accept: false,
      ...signed(A.toBytes(), SECRET, mixedR, NONCE),
    },
    {
      title: "mixed-order A whose small part drops out",
      accept: true,
      ...signed(A.add(TORSION).toBytes(), SECRET, R.toBytes(), NONCE),
    },
    { title: "another message", accept: false, ...honest, message: text("another") },
    { title: "empty message under a signature for another", accept: false, ...honest, message: text("") },
    { title: "S + L", accept: false, ...honest, signature: withS(S + L) },
    { title: "S + 8 L", accept: false, ...honest, signature: withS(S + 8n * L) },
    { title: "S = L", accept: false, ...honest, signature: withS(L) },
    { title: "S = 0", accept: false, ...honest, signature: withS(0n) },
    { title: "all zero", accept: false, ...honest, signature: new Uint8Array(64) },
    { title: "all ones", accept: false, ...honest, signature: new Uint8Array(64).fill(255) },
    { title: "A off the curve", accept: false, ...honest, publicKey: fromHex(`02${"00".repeat(31)}`) },
    { title: "A all ones", accept: false, ...honest, publicKey: new Uint8Array(32).fill(255) },
    {
      title: "R off the curve",
      accept: false,
      ...honest,
      signature: Uint8Array.from([2, ...new Uint8Array(31), ...toLittleEndian(S)]),
    },
    ...[0, 1, 254, 255, 256, 300, 508, 509, 511].map((bit) => ({
      title: `bit ${bit} flipped`,
      accept: false,
      ...honest,
      signature: flipped(bit),
    })),
    ...[0, 32, 63, 65, 128].map((n) => ({
      title: `signature of ${n} bytes`,
      accept: false,
      ...honest,
      signature: prefix(honest.signature, n),
    })),
    ...[0, 31, 33, 64].map((n) => ({
      title: `public key of ${n} bytes`,
      accept: false,
      ...honest,
      publicKey: prefix(honest.publicKey, n),
    })),
    ...SMALL_ORDER_ENCODINGS.flatMap((encoding) => [
      { title: `small-order A ${toHex(encoding)}`, accept: false, ...signed(encoding, 0n, R.toBytes(), NONCE) },
      { title: `small-order R ${toHex(encoding)}`, accept: false, ...signed(A.toBytes(), SECRET, encoding, 0n) },
    ]),
  ];
}

export const VECTORS: readonly Vector[] = [
  ...RFC_8032.map(({ title, publicKey, message, signature }) => ({
    title: `RFC 8032 ${title}`,
    accept: true,
    publicKey: fromHex(publicKey),
    message: fromHex(message),
    signature: fromHex(signature),
  })),
  ...SPECCHECK.map(([what, accept, message, publicKey, signature]) => ({
    title: `speccheck ${what}`,
    accept,
    publicKey: fromHex(publicKey),
    message: fromHex(message),
    signature: fromHex(signature),
  })),
  ...constructed(),
];

/** A point with a small-order part, on which nothing but vetting can tell. */
export const MIXED_ORDER_KEY = Point.BASE.multiply(SECRET).add(TORSION).toBytes();
