/**
 * How one room is put to the test: its code is changed in one place after the other, and its own tests have to see it.
 *
 * @param {string} room a folder of `src`
 * @param {string[]} alone tests that take seconds, or belong to another room: each has a process of its own, in this
 *   order, after all others of the room, which share one
 * @param {number} least what part of the changes they have to see, in percent
 */
export function room(room, alone, least) {
  const folder = `dist/mutation/${room}`
  return {
    mutate: [`src/${room}/**/*.ts`, '!src/domain/surveys/it-2009.ts'],
    buildCommand: `node test/mutation/build.mjs ${room} ${alone.join(' ')}`,
    testRunner: 'tap',
    plugins: ['@stryker-mutator/tap-runner'],
    tap: {
      testFiles: [`${room}/together`, ...alone].map((test) => `test/${test}.mutant.mjs`),
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
