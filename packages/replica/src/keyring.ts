import { clientId, clientPrincipal, fromHex, type Principal, replicaId, replicaPrincipal } from "@bft/core";
import { Keyring, PublicKeys, type PublicKeysOptions, readKeyFile, selectScheme } from "@bft/net";
import type { ClusterConfig } from "./cluster-config.js";

/**
 * The keys of the cluster in the hands of one of its members.
 * @throws KeyFileError, TypeError with a sentence for a person when the key file or the configuration is not right.
 */
export function openKeyring(config: ClusterConfig, self: Principal, keyFile: string): Keyring {
  const { seed } = readKeyFile(keyFile);
  return new Keyring({ ...publicPart(config), self, seed });
}

/**
 * The keys of the cluster in the hands of anybody.
 * @throws TypeError with a sentence for a person when the configuration is not right.
 */
export function publicKeysOf(config: ClusterConfig): PublicKeys {
  return new PublicKeys(publicPart(config));
}

function publicPart(config: ClusterConfig): PublicKeysOptions {
  const keys = [
    ...config.replicas.map(({ id, publicKey }) => ({
      principal: replicaPrincipal(replicaId(id)),
      publicKey: fromHex(publicKey),
    })),
    ...config.clients.map(({ id, publicKey }) => ({ principal: clientPrincipal(clientId(id)), publicKey: fromHex(publicKey) })),
  ];
  return { scheme: selectScheme("auto"), clusterId: fromHex(config.clusterId), keys };
}
