import type { ProtocolName } from "@bft/core";
import { type Problems, quoted } from "./problem.js";
import type { Fields, Tree } from "./tree.js";

/** All that a scenario may name, as they stand in the lecture. */
export const PROTOCOLS: readonly ProtocolName[] = ["pbft", "multipaxos", "raft"];
/** Means every protocol that is not named beside it. */
const OTHERS = "others";

/**
 * What the file says for one protocol: wherever a value is a list of protocols with a value each, `{ pbft: held, others: broken }`,
 * that of this protocol stands in its place.
 */
export function forProtocol(tree: Tree, protocol: ProtocolName, problems: Problems): Tree {
  switch (tree.kind) {
    case "scalar":
      return tree;
    case "list":
      return { ...tree, items: tree.items.map((item) => forProtocol(item, protocol, problems)) };
    case "fields":
      return isByProtocol(tree) ? chosen(tree, protocol, problems) : descend(tree, protocol, problems);
  }
}

function descend(tree: Fields, protocol: ProtocolName, problems: Problems): Fields {
  const fields = tree.fields.map((field) => ({ ...field, value: forProtocol(field.value, protocol, problems) }));
  return { ...tree, fields };
}

function isByProtocol({ fields }: Fields): boolean {
  return fields.some(({ key }) => isName(key));
}

function isName(key: string): boolean {
  return key === OTHERS || (PROTOCOLS as readonly string[]).includes(key);
}

function chosen(tree: Fields, protocol: ProtocolName, problems: Problems): Tree {
  for (const field of tree.fields)
    if (!isName(field.key)) problems.unknownWord(field, field.key, "a protocol", [...PROTOCOLS, OTHERS]);
  const branch = tree.fields.find(({ key }) => key === protocol) ?? tree.fields.find(({ key }) => key === OTHERS);
  if (branch !== undefined) return forProtocol(branch.value, protocol, problems);
  const named = tree.fields.map(({ key }) => key).join(", ");
  problems.add(
    tree,
    `this says something for ${quoted(named)} and nothing for ${protocol}; add ${protocol}: or ${OTHERS}:, or name the protocols of the scenario`,
  );
  return { kind: "scalar", text: null, line: tree.line, column: tree.column };
}
