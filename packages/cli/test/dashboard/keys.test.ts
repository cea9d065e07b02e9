import { expect } from "chai";
import { type InkKey, type Key, keysOf } from "../../src/dashboard/keys.js";

const none: InkKey = {
  upArrow: false,
  downArrow: false,
  leftArrow: false,
  rightArrow: false,
  home: false,
  end: false,
  pageUp: false,
  pageDown: false,
  return: false,
  escape: false,
  tab: false,
  shift: false,
  backspace: false,
  delete: false,
  ctrl: false,
  meta: false,
};

describe("dashboard/keys", () => {
  const cases: readonly [name: string, input: string, key: Partial<InkKey>, keys: readonly Key[]][] = [
    ["a letter", "K", {}, [{ kind: "character", character: "K" }]],
    ["an arrow", "", { upArrow: true }, [{ kind: "up" }]],
    ["Enter", "\r", { return: true }, [{ kind: "enter" }]],
    ["Backspace, which Ink calls Delete", "", { delete: true }, [{ kind: "backspace" }]],
    ["Tab", "", { tab: true }, [{ kind: "tab" }]],
    ["Shift-Tab", "", { tab: true, shift: true }, [{ kind: "backtab" }]],
    ["Page Down", "", { pageDown: true }, [{ kind: "page-down" }]],
    ["Ctrl-C", "c", { ctrl: true }, [{ kind: "control", letter: "c" }]],
    ["Escape", "", { escape: true, meta: true }, [{ kind: "escape" }]],
    ["Alt with a letter: nothing", "q", { meta: true }, []],
    [
      "keys typed so fast that they come as one",
      "a\u007fb\r\u0003",
      {},
      [
        { kind: "character", character: "a" },
        { kind: "backspace" },
        { kind: "character", character: "b" },
        { kind: "enter" },
        { kind: "control", letter: "c" },
      ],
    ],
    ["an emoji of several code points", "👩‍🔬", {}, [{ kind: "character", character: "👩‍🔬" }]],
  ];
  for (const [name, input, key, keys] of cases) {
    it(name, () => expect(keysOf(input, { ...none, ...key })).to.deep.equal(keys));
  }
});
