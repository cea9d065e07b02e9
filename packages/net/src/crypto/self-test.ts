import { fromHex } from "@bft/core";
import type { SignatureScheme } from "./scheme.js";

interface KnownAnswer {
  readonly title: string;
  readonly accept: boolean;
  readonly publicKey: string;
  readonly message: string;
  readonly signature: string;
}

/** One case for each way in which Ed25519 libraries are known to differ. */
const KNOWN_ANSWERS: readonly KnownAnswer[] = [
  {
    title: "RFC 8032 §7.1 test 2",
    accept: true,
    publicKey: "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c",
    message: "72",
    signature:
      "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00",
  },
  {
    title: "small-order A (speccheck 1)",
    accept: false,
    publicKey: "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac03fa",
    message: "9bd9f44f4dcc75bd531b56b2cd280b0bb38fc1cd6d1230e14861d861de092e79",
    signature:
      "f7badec5b8abeaf699583992219b7b223f1df3fbbea919844e3f7c554a43dd43a5bb704786be79fc476f91d3f3f89b03984d8068dcf1bb7dfc6637b45450ac04",
  },
  {
    title: "small-order R (speccheck 2)",
    accept: false,
    publicKey: "f7badec5b8abeaf699583992219b7b223f1df3fbbea919844e3f7c554a43dd43",
    message: "aebf3f2601a0c8c5d39cc7d8911642f740b78168218da8471772b35f9d35b9ab",
    signature:
      "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac03fa8c4bd45aecaca5b24fb97bc10ac27ac8751a7dfe1baff8b953ec9f5833ca260e",
  },
  {
    title: "good only with the cofactor (speccheck 4)",
    accept: false,
    publicKey: "cdb267ce40c5cd45306fa5d2f29731459387dbf9eb933b7bd5aed9a765b88d4d",
    message: "e47d62c63f830dc7a6851a0b1f33ae4bb2f507fb6cffec4011eaccd55b53f56c",
    signature:
      "160a1cb0dc9c0258cd0a7d23e94d8fa878bcb1925f2c64246b2dee1796bed5125ec6bc982a269b723e0668e540911a9a6a58921d6925e434ab10aa7940551a09",
  },
  {
    title: "S >= L (speccheck 6)",
    accept: false,
    publicKey: "442aad9f089ad9e14647b1ef9099a1ff4798d78589e66f28eca69c11f582a623",
    message: "85e241a07d148b41e47d62c63f830dc7a6851a0b1f33ae4bb2f507fb6cffec40",
    signature:
      "e96f66be976d82e60150baecff9906684aebb1ef181f67a7189ac78ea23b6c0e547f7690a0e2ddcd04d87dbc3490dc19b3b3052f7ff0538cb68afb369ba3a514",
  },
];

/**
 * Null when `scheme` gives the cluster's verdict on every known answer, else which it got wrong. libsodium's development branch, for one,
 * accepts speccheck 4, which the released 1.0.21 inside sodium-native 5.1 refuses.
 */
export function failedSelfTest(scheme: SignatureScheme): string | null {
  for (const { title, accept, publicKey, message, signature } of KNOWN_ANSWERS) {
    if (scheme.verify(fromHex(publicKey), fromHex(message), fromHex(signature)) !== accept)
      return `it should ${accept ? "accept" : "refuse"} "${title}" and does not`;
  }
  return null;
}
