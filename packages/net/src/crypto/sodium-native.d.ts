/** The part of sodium-native 5.1 that we call; the package ships no types. */
declare module "sodium-native" {
  export function crypto_sign_seed_keypair(publicKey: Uint8Array, secretKey: Uint8Array, seed: Uint8Array): void;
  export function crypto_sign_detached(signature: Uint8Array, message: Uint8Array, secretKey: Uint8Array): void;
  export function crypto_sign_verify_detached(signature: Uint8Array, message: Uint8Array, publicKey: Uint8Array): boolean;
  export function crypto_core_ed25519_is_valid_point(point: Uint8Array): boolean;
}
