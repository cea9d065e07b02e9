import { expect } from "chai";
import { span } from "../../src/view/line.js";
import { svgScreen } from "../../src/view/svg-screen.js";

const picture = (lines: Parameters<typeof svgScreen>[0]["lines"], title = "t") => svgScreen({ title, columns: 40, lines });

describe("view/svg-screen", () => {
  it("puts each word at its column and row, in the colour of its tone", () => {
    const svg = picture([[span("one  two"), span(" ok", "good")], [span("bar", "badBar")]]);
    const texts = [...svg.matchAll(/<text x="([\d.]+)" y="([\d.]+)" textLength="([\d.]+)"[^>]*fill="(#\w+)"[^>]*>([^<]*)</g)];
    const at = texts.map(([, x, y, length, colour, text]) => [Number(x), Number(y), Number(length), colour, text]);
    expect(at).to.deep.equal([
      [12, 53, 25.2, "#d4d4d4", "one"],
      [54, 53, 25.2, "#d4d4d4", "two"],
      [87.6, 53, 16.8, "#3fb950", "ok"],
      [12, 70, 25.2, "#ffffff", "bar"],
    ]);
    expect(svg).to.contain('<rect x="12" y="57" width="25.2" height="17" fill="#c93c37"/>');
  });

  it("is as wide and high as the screen, also where rows are empty", () => {
    expect(picture([[], [], []])).to.match(/^<svg [^>]*width="360" height="103" viewBox="0 0 360 103" role="img">/);
  });

  it("counts columns, not letters", () => {
    expect(picture([[span("値 a")]])).to.match(
      /x="12" y="53" textLength="16.8"[^>]*>値<.*\n.*x="37.2" y="53" textLength="8.4"[^>]*>a</,
    );
  });

  it("has nothing in it that a browser would obey", () => {
    const svg = picture([[span('<script>&"\u001b[2J\u202e')]], "</title><script>");
    expect(svg).to.not.contain("<script");
    expect(svg).to.contain("&lt;script&gt;&amp;").and.contain("\\u001b[2J\\u202e").and.contain("<title>&lt;/title&gt;");
  });
});
