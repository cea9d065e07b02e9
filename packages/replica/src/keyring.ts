import { clientId, clientPrincipal, fromHex, type Principal, replicaId, replicaPrincipal } from "@bft/core";
import { Keyring, PublicKeys, type PublicKeysOptions, readKeyFile, type SignatureScheme, selectScheme } from "@bft/net";
import type { ClusterConfig } from "./cluster-config.js";

/**
 * The keys of the cluster in the hands of one of its members.
 * @throws KeyFileError, TypeError with a sentence for a person when the key file or the configuration is not right.
 */
export function openKeyring(config: ClusterConfig, self: Principal, keyFile: string): Keyring {
  const { seed } = readKeyFile(keyFile);
  return new Keyring({ ...publicPart(config, memberScheme(config)), self, seed });
}

/**
 * The keys of the cluster in the hands of anybody who wants a proof. They check Ed25519 signatures in every cluster: where its members make
 * none, nothing is proven.
 * @throws TypeError with a sentence for a person when the configuration is not right.
 */
export function publicKeysOf(config: ClusterConfig): PublicKeys {
  return new PublicKeys(publicPart(config, ed25519Of(config)));
}

/** What the members of a cluster sign and check with, all of them alike. */
function memberScheme(config: ClusterConfig): SignatureScheme {
  return config.auth === "none" ? selectScheme("none") : ed25519Of(config);
}

function ed25519Of({ crypto }: ClusterConfig): SignatureScheme {
  return selectScheme(crypto === "noble" ? "noble" : "auto");
}

function publicPart(config: ClusterConfig, scheme: SignatureScheme): PublicKeysOptions {
  const keys = [
    ...config.replicas.map(({ id, publicKey }) => ({
      principal: replicaPrincipal(replicaId(id)),
      publicKey: fromHex(publicKey),
    })),
    ...config.clients.map(({ id, publicKey }) => ({ principal: clientPrincipal(clientId(id)), publicKey: fromHex(publicKey) })),
  ];
  return { scheme, clusterId: fromHex(config.clusterId), keys };
}
