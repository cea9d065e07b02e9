import { refused, type Service, succeeded } from "../service.js";

const KEY = "count";

/** One number, which operations raise: the smallest service that shows whether anything was executed twice. */
export const counter: Service = {
  name: "counter",
  usage: "get | add <integer>",
  execute(store, operation) {
    const count = Number(store.get(KEY) ?? "0");
    if (operation === "get") return succeeded(String(count));
    const amount = /^add (-?\d{1,15})$/.exec(operation)?.[1];
    if (amount === undefined)
      return refused(`counter has no operation "${operation.slice(0, 40)}"; it knows: get | add <integer>`);
    const sum = count + Number(amount);
    if (!Number.isSafeInteger(sum)) return refused(`${count} + ${amount} is beyond what the counter can hold`);
    store.put(KEY, String(sum));
    return succeeded(String(sum));
  },
};
