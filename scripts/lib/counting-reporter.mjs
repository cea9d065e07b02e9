// @ts-check
import Mocha from "mocha";

/** Mocha's usual report; the counts also go to the process that started mocha, which prints the closing line. */
// biome-ignore lint/style/noDefaultExport: mocha loads a reporter by its default export
export default class CountingReporter extends Mocha.reporters.Spec {
  /**
   * @param {Mocha.Runner} runner
   * @param {Mocha.MochaOptions} options
   */
  constructor(runner, options) {
    super(runner, options);
    runner.once("end", () => {
      const { passes, failures, pending } = runner.stats ?? { passes: 0, failures: 0, pending: 0 };
      process.send?.({ passed: passes, failed: failures, skipped: pending });
    });
  }
}
