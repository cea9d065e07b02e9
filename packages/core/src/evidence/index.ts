export { type Deposition, EvidenceBook, type Finding } from "./book.js";
export { claimsIn } from "./claims.js";
export type { Contradiction, Rule } from "./contradiction.js";
export {
  bindingOf,
  type Proof,
  type ProofContext,
  type ProofRefusal,
  type ProofVerdict,
  type SignedBytes,
  verifyProof,
} from "./proof.js";
