/** Why no test of `npm run coverage` reaches some lines, and what runs them instead. */
export interface Reason {
  why: string
  /**
   * By the test that runs them: files, folders (with a `/` at the end), and, where only a part of a file is meant, a file
   * and words of the first of its lines or the one above.
   */
  runBy: Readonly<Record<string, readonly string[]>>
}

export const reasons: readonly Reason[] = [
  {
    why: 'Commands, and what they are made of: their tests start the program as people do, built and not measured.',
    runBy: {
      'system/try.test.ts': ['src/cli/try.ts', 'src/cli/main.ts', 'src/cli/version.ts', 'src/build.mjs'],
      'system/delivery.test.ts': [
        'src/cli/run.ts',
        'src/cli/compose.ts',
        'src/cli/compose-broker.ts',
        'src/cli/compose-commissioning.ts',
        'src/cli/compose-panel.ts: composePanel(',
        'src/cli/compose-panel.ts: chosen(',
        'src/panels/browser/parts.ts',
        'src/system/board.ts',
      ],
      'system/card.test.ts': ['src/cli/card.ts', 'src/cli/await-settings.ts', 'src/system/card/disk.ts'],
      'system/doctor.test.ts': ['src/cli/doctor.ts', 'src/cli/checks.ts', 'src/system/doctor/real.ts'],
      'system/panel-command.test.ts': ['src/cli/panel.ts'],
      'system/secrets.test.ts': [
        'src/cli/votes.ts',
        'src/cli/support.ts',
        'src/system/support/collect.ts',
        'src/system/support/known-secrets.ts',
      ],
      'system/enrolment.test.ts': ['src/cli/certificate.ts', 'src/system/identity/files.ts'],
      'system/identity.test.ts': [
        'src/system/identity/identity.ts',
        'src/system/identity/judge.ts',
        'src/system/identity/own-files.ts',
        'src/system/identity/request.ts',
      ],
      'system/exchange.test.ts': ['src/cli/backup.ts', 'src/cli/restore.ts', 'src/system/backup/contents.ts'],
      'system/simulate.test.ts': [
        'src/cli/simulate.ts',
        'src/subscriber/simulate/replays.ts: function turn()',
      ],
      'system/live-page.test.ts': ['src/cli/collect.ts'],
      'system/library.test.ts': [
        'src/cli/subscriber.ts: throw new TypeError(',
        'src/cli/subscriber.ts: new Ledger(',
        'src/cli/subscriber.ts: function about(',
      ],
      'cli/seed.test.ts': [
        'hardware/image/seed-main.mjs',
        'hardware/image/seed-lib.mjs: function placed(',
        'hardware/image/seed-lib.mjs: function isWithin(',
        'hardware/image/seed-yaml.mjs: } catch {',
        'hardware/image/seed-yaml.mjs: function lineOf(',
      ],
      'cli/sign-requests.test.ts': [
        'hardware/image/sign-requests-lib.mjs: function known(',
        'hardware/image/sign-requests-lib.mjs: function keyOf(',
      ],
    },
  },
  {
    why: 'It runs in a browser.',
    runBy: {
      'system/panel-page.test.ts': ['src/panels/browser/web/'],
      'system/try.test.ts': [
        'src/panels/browser/web/try.ts',
        'src/panels/browser/web/messages.ts',
        'src/panels/browser/web/tally.ts',
      ],
    },
  },
  {
    why: 'It needs a PostgreSQL.',
    runBy: {
      'system/postgresql.test.ts': [
        'src/subscriber/database/postgresql/dialect.ts',
        'src/subscriber/database/postgresql/postgresql-database.ts',
        'src/subscriber/database/postgresql/postgresql-tables.ts',
        'src/subscriber/database/postgresql/session.ts',
      ],
      'system/collector-share-kill.test.ts': ['src/subscriber/database/open-database.ts: names no database'],
    },
  },
  {
    why: 'It needs devices of the kernel.',
    runBy: {
      'system/linux-panel.test.ts': [
        'src/panels/keys/input-devices.ts',
        'src/panels/lights/linux-lamps.ts: openLinuxLamps(',
        "src/panels/lights/linux-lamps.ts: case 'EPERM':",
        'src/panels/lights/linux-leds0.ts: openLeds0Pixels(',
        'src/panels/lights/linux-spi.ts: openSpiPixels(',
        'src/panels/lights/linux-spi.ts: function spidevBuffer(',
        'src/panels/lights/linux-spi.ts: function exists(',
      ],
    },
  },
  {
    why: 'It runs as root in the image of the card only.',
    runBy: { 'system/image.long.ts': ['hardware/image/programs/hostname.mjs: function main('] },
  },
  {
    why: 'Only the real thing can bring it about: pigpio on a Pi, a /dev/leds0 that is another user’s, a device or a disk that fails amid its work.',
    runBy: {
      nothing: [
        "src/panels/lights/linux-leds0.ts: case 'EPERM':",
        'src/panels/boards/raspi-io.ts: function pigpioRival(',
        'src/panels/lights/linux-leds0.ts: } catch (cause) {',
        'src/subscriber/database/sqlite/sqlite-database.ts: throw await explainSqlite(error, this.#path)',
        'src/subscriber/open-data/folder.ts: return false',
        'src/subscriber/open-data/folder.ts: if (replaced)',
      ],
    },
  },
  {
    why: 'Only the right moment can bring it about: a folder or an address that goes between two system calls.',
    runBy: {
      nothing: [
        'src/system/await-file.ts: return undefined',
        "src/web/web-server.ts: this.#server.on('error'",
      ],
    },
  },
  {
    why: 'Only a mistake of ours can bring it about: it is there so that none goes unnoticed, or for the compiler.',
    runBy: {
      nothing: [
        'src/settings/describe.ts: no words for a',
        'src/settings/panel-part.ts: the defaults of the settings are wrong',
        'src/subscriber/open-data/protect.ts: inTotal = true',
        'src/subscriber/simulate/random.ts: shares.at(-1)',
        'src/subscriber/simulate/said.ts: item.record',
        'src/subscriber/simulate/simulation.ts: says nothing',
      ],
    },
  },
]
