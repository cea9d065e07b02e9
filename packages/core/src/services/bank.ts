import { refused, type Service, succeeded } from "../service.js";
import type { Store } from "../store/store.js";

const USAGE = "open <account> <amount> | balance <account> | transfer <from> <to> <amount> | total";
/** Accounts that `total` adds up at the most. */
const ACCOUNTS_MAX = 10_000;

/** Accounts with whole amounts. Transfers never change the total: an invariant that is easy to check from outside. */
export const bank: Service = { name: "bank", usage: USAGE, execute };

function execute(store: Store, operation: string): ReturnType<Service["execute"]> {
  const [word, ...rest] = operation.split(" ");
  const [first = "", second = "", third = ""] = rest;
  switch (`${word}/${rest.length}`) {
    case "open/2":
      return open(store, first, amountOf(second));
    case "balance/1": {
      const balance = store.get(first);
      return balance === undefined ? refused(`there is no account ${first}`) : succeeded(balance);
    }
    case "transfer/3":
      return transfer(store, first, second, amountOf(third));
    case "total/0":
      return succeeded(String(store.scan("", null, ACCOUNTS_MAX).reduce((sum, [, balance]) => sum + Number(balance), 0)));
    default:
      return refused(`bank has no operation "${operation.slice(0, 40)}"; it knows: ${USAGE}`);
  }
}

function open(store: Store, account: string, amount: number | null): ReturnType<Service["execute"]> {
  if (account === "" || amount === null) return refused("expected: open <account> <whole amount >= 0>");
  if (store.get(account) !== undefined) return refused(`account ${account} exists already`);
  store.put(account, String(amount));
  return succeeded(String(amount));
}

function transfer(store: Store, from: string, to: string, amount: number | null): ReturnType<Service["execute"]> {
  if (amount === null) return refused("expected: transfer <from> <to> <whole amount >= 0>");
  const source = store.get(from);
  const target = store.get(to);
  if (source === undefined) return refused(`there is no account ${from}`);
  if (target === undefined) return refused(`there is no account ${to}`);
  if (Number(source) < amount) return refused(`account ${from} holds ${source}, less than ${amount}`);
  if (from === to) return succeeded(source);
  store.put(from, String(Number(source) - amount));
  store.put(to, String(Number(target) + amount));
  return succeeded(String(Number(source) - amount));
}

function amountOf(text: string): number | null {
  return /^\d{1,12}$/.test(text) ? Number(text) : null;
}
