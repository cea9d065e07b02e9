export default function votes(store, operation) {
  const [, word, name] = /^(vote|result) (\w+)$/.exec(operation) ?? [];
  if (!name) throw new Error("expected: vote <name> | result <name>");
  const count = Number(store.get(name) ?? 0);
  if (word === "result") return count;
  store.put(name, String(count + 1));
  return `${name} has ${count + 1}`;
}
