/**
 * How one room is put to the test: its code is changed in one place after the other, and its own tests have to see it.
 *
 * @param {string} room a folder of `src`
 * @param {string[]} tests those that see most in the least time first
 * @param {number} least what part of the changes they have to see, in percent
 */
export function room(room, tests, least) {
  const folder = `dist/mutation/${room}`
  return {
    mutate: [`src/${room}/**/*.ts`, '!src/domain/surveys/it-2009.ts'],
    buildCommand: 'node test/mutation/build.mjs',
    testRunner: 'tap',
    plugins: ['@stryker-mutator/tap-runner'],
    tap: {
      testFiles: tests.map((test) => `test/${test}.test.mutant.mjs`),
      nodeArgs: ['-r', '{{hookFile}}', '--import', './test/mutation/limit.mjs', '{{testFile}}'],
    },
    coverageAnalysis: 'perTest',
    concurrency: 2,
    // Of all tests of a mutant; each of them has a limit of its own.
    timeoutFactor: 3,
    thresholds: { high: 95, low: 90, break: least },
    ignorePatterns: ['dist', '.tap', '.ci', 'systemd'],
    tempDirName: `${folder}/copies`,
    incremental: true,
    incrementalFile: `${folder}/last.json`,
    reporters: ['clear-text', 'progress-append-only', 'html', 'json'],
    clearTextReporter: { allowColor: false, logTests: false, reportTests: false },
    htmlReporter: { fileName: `${folder}/report.html` },
    jsonReporter: { fileName: `${folder}/report.json` },
  }
}
