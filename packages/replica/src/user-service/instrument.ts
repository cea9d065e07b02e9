import type { AnyNode, CatchClause, Function as FunctionNode, Program } from "acorn";
import { full } from "acorn-walk";
import type MagicString from "magic-string";
import { CALL_DEPTH_MAX } from "./limits.js";

/**
 * Puts the meter into a program: a step at the head of every loop body and function body, a level of depth around every
 * function body, a check at the head of every `catch`, and the cost of what is spread.
 * @param text the program's text, to be changed
 * @param meter name of the meter (meter.ts) in the program; nothing else in it may be called so
 */
export function instrument(text: MagicString, program: Program, meter: string): void {
  const step = `if(--${meter}.fuel<0)${meter}.stop();`;
  const enter = `try{if(--${meter}.fuel<0||++${meter}.depth>${CALL_DEPTH_MAX})${meter}.stop();`;
  const leave = `}finally{${meter}.depth--}`;

  /** Text at both ends of a node. Inner nodes come first, so what stands at the same place nests. */
  function around({ start, end }: AnyNode, before: string, after: string): void {
    text.prependRight(start, before);
    text.appendLeft(end, after);
  }

  function loop(body: AnyNode): void {
    if (body.type === "BlockStatement") text.appendLeft(body.start + 1, step);
    else around(body, `{${step}`, "}");
  }

  function call({ body, generator }: FunctionNode): void {
    if (body.type !== "BlockStatement") return around(body, `{${enter}return `, `${leave}}`);
    // The body of a generator runs in its `next`, which counts the depth (realm.ts).
    text.appendLeft(body.start + 1, generator ? step : enter);
    if (!generator) text.appendLeft(body.end - 1, leave);
  }

  function handler({ param, body }: CatchClause): void {
    if (!param) text.prependRight(body.start, `(${meter}e)`);
    const error = !param ? `${meter}e` : param.type === "Identifier" ? param.name : "null";
    text.appendLeft(body.start + 1, `${meter}.caught(${error});`);
  }

  full(program, (each) => {
    const node = each as AnyNode;
    switch (node.type) {
      case "ForStatement":
      case "ForInStatement":
      case "ForOfStatement":
      case "WhileStatement":
      case "DoWhileStatement":
        return loop(node.body);
      case "FunctionDeclaration":
      case "FunctionExpression":
      case "ArrowFunctionExpression":
        return call(node);
      case "CatchClause":
        return handler(node);
      case "SpreadElement":
        return around(node.argument, `${meter}.spread(`, ")");
    }
  });
}
