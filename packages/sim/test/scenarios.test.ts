import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { simulate } from "@bft/sim";
import { expect } from "chai";
import { inProject } from "../../../test/support/project.js";
import { differenceFrom, tracedRun } from "../src/transcript/check.js";
import { parseTranscript } from "../src/transcript/parse.js";
import { writeTranscript } from "../src/transcript/write.js";

const folder = ["packages", "sim", "test", "scenarios"] as const;
const files = readdirSync(inProject(...folder)).filter((file) => file.endsWith(".txt"));
/** What runs now becomes what is expected: read the difference before you commit it. */
const updates = process.env["UPDATE_TRANSCRIPTS"] === "1";

describe("scenarios", function () {
  this.timeout(60_000);

  it("are there", () => expect(files).to.not.be.empty);

  for (const file of files) {
    it(file.replace(/\.txt$/, "").replaceAll("-", " "), () => {
      const path = inProject(...folder, file);
      const text = readFileSync(path, "utf8");
      const parsed = parseTranscript(text);
      if (!parsed.ok) expect.fail(`${path}, ${parsed.error}`);
      const { transcript } = parsed;
      const run = tracedRun(transcript.plan, simulate);
      if (updates) {
        const trace = transcript.trace === null ? null : run.trace;
        writeFileSync(path, writeTranscript({ ...transcript, violated: run.report.violation?.checker ?? null, trace }));
        return;
      }
      const difference = differenceFrom(transcript, run);
      if (difference !== null)
        expect.fail(
          `${difference}; see all of it: bft sim replay ${path}; if it should be so now: UPDATE_TRANSCRIPTS=1 npm test -- packages/sim/test/scenarios.test.ts`,
        );
      // A file that a person wrote may have comments; what is written anew loses them, and nothing else.
      expect(writeTranscript(transcript)).to.equal(text.replace(/^#.*\n/gm, ""));
    });
  }
});
