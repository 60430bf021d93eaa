import fc from 'fast-check'
import t from 'tap'
import { easterSunday, isItalianHoliday } from '../../src/domain/holidays.ts'
import { type Hours, isBetween, isOpen, nextChange, type Shift, weekdays } from '../../src/domain/hours.ts'

const minuteMs = 60_000
const hourMs = 60 * minuteMs
const dayMs = 24 * hourMs
const never = Object.fromEntries(weekdays.map((day) => [day, []])) as unknown as Hours['week']
const all = (...shifts: Shift[]): Hours['week'] =>
  Object.fromEntries(weekdays.map((day) => [day, shifts])) as Hours['week']
/** `08:30-12:30` */
const shift = (text: string): Shift => {
  const [from, to] = text.split('-').map((time) => Number(time.slice(0, 2)) * 60 + Number(time.slice(3)))
  return { from: from!, to: to! }
}
const hours = (own: Partial<Hours> = {}): Hours => ({
  timeZone: 'Europe/Rome',
  week: never,
  holidays: 'none',
  closedDates: [],
  ...own,
})

/** As many Italian offices keep them: two afternoons, and Saturday morning. */
const office = hours({
  week: {
    monday: [shift('08:30-12:30')],
    tuesday: [shift('08:30-12:30'), shift('15:00-17:30')],
    wednesday: [shift('08:30-12:30')],
    thursday: [shift('08:30-12:30'), shift('15:00-17:30')],
    friday: [shift('08:30-12:30')],
    saturday: [shift('09:00-12:00')],
    sunday: [],
  },
  holidays: 'italy',
  closedDates: ['2026-06-24'],
})
/** RFC 3339; in Rome `+01:00` in winter, `+02:00` in summer. */
const at = (text: string) => Date.parse(text)
const show = (wall: number | undefined) => (wall === undefined ? 'never' : new Date(wall).toISOString())

t.test('a week', async (t) => {
  const table: [string, boolean, string][] = [
    ['2026-05-04T08:29:59.999+02:00', false, 'Monday, before it opens'],
    ['2026-05-04T08:30:00+02:00', true, 'at the first minute'],
    ['2026-05-04T12:29:59.999+02:00', true, 'in the last minute'],
    ['2026-05-04T12:30:00+02:00', false, 'at the end'],
    ['2026-05-04T16:00+02:00', false, 'Monday has no afternoon'],
    ['2026-05-05T14:59+02:00', false, 'Tuesday, between two shifts'],
    ['2026-05-05T15:00+02:00', true, 'Tuesday afternoon'],
    ['2026-05-05T17:30+02:00', false, 'Tuesday evening'],
    ['2026-05-07T17:29+02:00', true, 'Thursday afternoon'],
    ['2026-05-08T16:00+02:00', false, 'Friday afternoon'],
    ['2026-05-09T08:45+02:00', false, 'Saturday opens later'],
    ['2026-05-09T11:59+02:00', true, 'Saturday'],
    ['2026-05-10T10:00+02:00', false, 'Sunday'],
    ['2026-06-24T10:00+02:00', false, 'a closed date, though a Wednesday'],
    ['2026-06-23T10:00+02:00', true, 'the day before'],
    ['2026-06-25T10:00+02:00', true, 'the day after'],
    ['2026-06-02T10:00+02:00', false, 'a national holiday'],
    ['2026-12-24T10:00+01:00', true, 'Christmas Eve is none'],
    ['2026-01-07T07:31Z', true, 'winter: an hour ahead of UTC'],
    ['2026-07-08T06:31Z', true, 'summer: two'],
    ['2026-07-08T05:31Z', false, 'summer: two, not three'],
  ]
  for (const [when, open, what] of table) t.equal(isOpen(office, at(when)), open, `${when}: ${what}`)
})

t.test('local dates are those of the zone, not of UTC', async (t) => {
  const night = hours({ week: { ...never, monday: [shift('00:00-00:30')], sunday: [shift('23:00-24:00')] } })
  t.equal(isOpen(night, at('2026-05-03T22:15Z')), true, 'Monday 0:15 in Rome, still Sunday in Greenwich')
  t.equal(isOpen(night, at('2026-05-03T21:15Z')), true, 'Sunday 23:15')
  t.equal(isOpen(night, at('2026-05-03T22:30Z')), false)
  t.equal(isOpen(night, at('2026-05-04T21:15Z')), false, 'Monday 23:15')
  const tokyo = { ...night, timeZone: 'Asia/Tokyo' }
  t.equal(isOpen(tokyo, at('2026-05-03T15:15Z')), true, 'Monday 0:15 in Tokyo')
  t.equal(isOpen(tokyo, at('2026-05-03T22:15Z')), false)
})

t.test('midnight and 24:00', async (t) => {
  const always = hours({ week: all(shift('00:00-24:00')) })
  for (const when of ['2026-05-04T00:00+02:00', '2026-05-04T23:59:59.999+02:00']) {
    t.equal(isOpen(always, at(when)), true, when)
  }
  t.equal(nextChange(always, at('2026-05-04T10:00Z')), undefined, 'it never closes')
  t.equal(nextChange(hours(), at('2026-05-04T10:00Z')), undefined, 'it never opens')
  const late = hours({ week: { ...never, friday: [shift('20:00-24:00')], saturday: [shift('00:00-02:00')] } })
  t.equal(
    show(nextChange(late, at('2026-05-08T19:00Z'))),
    '2026-05-09T00:00:00.000Z',
    'past midnight, in one',
  )
  const friday = hours({ week: { ...never, friday: [shift('20:00-24:00')] } })
  t.equal(show(nextChange(friday, at('2026-05-08T19:00Z'))), '2026-05-08T22:00:00.000Z', 'until midnight')
})

t.test('Easter', async (t) => {
  // As published, e.g. by the US Naval Observatory.
  const published =
    '2024-03-31 2025-04-20 2026-04-05 2027-03-28 2028-04-16 2029-04-01 2030-04-21 2031-04-13 2032-03-28 2033-04-17 2034-04-09 2035-03-25'
  t.equal(Array.from({ length: 12 }, (_, i) => easterSunday(2024 + i)).join(' '), published)
  // The extremes, and the years in which simpler rules fail.
  t.equal(easterSunday(1818), '1818-03-22')
  t.equal(easterSunday(1943), '1943-04-25')
  t.equal(easterSunday(1954), '1954-04-18')
  t.equal(easterSunday(1981), '1981-04-19')
  t.equal(easterSunday(2000), '2000-04-23')
  t.equal(easterSunday(2038), '2038-04-25')
  t.equal(easterSunday(2049), '2049-04-18')
  for (let year = 1583; year < 5000; year++) {
    if (easterSunday(year) !== easterAfterKnuth(year)) t.fail(`Easter ${year}`)
  }
})

/** A second opinion: D. E. Knuth, The Art of Computer Programming, volume 1, exercise 1.3.2-14. */
function easterAfterKnuth(year: number): string {
  const golden = (year % 19) + 1
  const century = Math.floor(year / 100) + 1
  const leapYearsDropped = Math.floor((3 * century) / 4) - 12
  const moon = Math.floor((8 * century + 5) / 25) - 5
  const sunday = Math.floor((5 * year) / 4) - leapYearsDropped - 10
  let epact = (11 * golden + 20 + moon - leapYearsDropped + 300) % 30
  if ((epact === 25 && golden > 11) || epact === 24) epact++
  const fullMoon = 44 - epact + (epact > 23 ? 30 : 0)
  const day = fullMoon + 7 - ((sunday + fullMoon) % 7)
  return new Date(Date.UTC(year, 2, day)).toISOString().slice(0, 10)
}

t.test('Italian holidays', async (t) => {
  const of = (year: number) => {
    const days: string[] = []
    for (let day = Date.UTC(year, 0, 1); new Date(day).getUTCFullYear() === year; day += dayMs) {
      const date = new Date(day).toISOString().slice(0, 10)
      if (isItalianHoliday(date)) days.push(date.slice(5))
    }
    return days.join(' ')
  }
  t.equal(of(2025), '01-01 01-06 04-20 04-21 04-25 05-01 06-02 08-15 11-01 12-08 12-25 12-26')
  t.equal(of(2026), '01-01 01-06 04-05 04-06 04-25 05-01 06-02 08-15 10-04 11-01 12-08 12-25 12-26')
  t.equal(of(2027), '01-01 01-06 03-28 03-29 04-25 05-01 06-02 08-15 10-04 11-01 12-08 12-25 12-26')
  t.match(of(2024), /03-31 04-01/, 'Easter Monday in the next month')
  t.match(of(2038), /04-25 04-26/, 'Easter on the day of the Liberation')

  const everyDay = hours({ week: all(shift('08:00-20:00')), holidays: 'italy' })
  t.equal(isOpen(everyDay, at('2026-04-06T10:00Z')), false, 'Easter Monday')
  t.equal(isOpen({ ...everyDay, holidays: 'none' }, at('2026-04-06T10:00Z')), true, 'where nobody keeps them')
  t.equal(isOpen(everyDay, at('2025-10-04T10:00Z')), true, 'San Francesco 2025')
  t.equal(isOpen(everyDay, at('2027-10-04T10:00Z')), false, 'San Francesco 2027')
})

t.test('daylight saving', async (t) => {
  // Rome 2026: 29 March, 2:00 becomes 3:00; 25 October, 3:00 becomes 2:00; both at 1:00 UTC.
  const day = hours({ week: all(shift('08:00-12:00')) })
  t.equal(show(nextChange(day, at('2026-03-28T12:00Z'))), '2026-03-29T06:00:00.000Z', '8:00 comes earlier')
  t.equal(show(nextChange(day, at('2026-10-24T12:00Z'))), '2026-10-25T07:00:00.000Z', '8:00 comes later')

  const night = hours({ week: all(shift('01:30-02:30')) })
  t.equal(isOpen(night, at('2026-03-29T00:59Z')), true, '1:59, the last minute of the winter')
  t.equal(isOpen(night, at('2026-03-29T01:00Z')), false, '3:00')
  t.equal(
    show(nextChange(night, at('2026-03-29T00:40Z'))),
    '2026-03-29T01:00:00.000Z',
    'it closes with the jump',
  )
  t.same(
    changes(night, at('2026-10-24T20:00Z'), 5),
    ['2026-10-24T23:30', '2026-10-25T00:30', '2026-10-25T01:00', '2026-10-25T01:30', '2026-10-26T00:30'],
    'open at 2:00 for a second time',
  )

  const skipped = hours({ week: all(shift('02:00-03:00')) })
  t.equal(
    show(nextChange(skipped, at('2026-03-29T00:00Z'))),
    '2026-03-30T00:00:00.000Z',
    'an hour that is not',
  )
  t.same(
    changes(skipped, at('2026-10-24T23:00Z'), 2),
    ['2026-10-25T00:00', '2026-10-25T02:00'],
    'an hour twice',
  )

  const fromJump = hours({ week: all(shift('02:30-05:00')) })
  t.equal(
    show(nextChange(fromJump, at('2026-03-28T12:00Z'))),
    '2026-03-29T01:00:00.000Z',
    'opens with the jump',
  )

  // Havana puts its clocks back at 1:00, to midnight; Beirut goes forward at midnight, to 1:00.
  const havana = hours({ timeZone: 'America/Havana', week: all(shift('00:30-01:00')) })
  t.same(changes(havana, at('2026-11-01T03:00Z'), 4), [
    '2026-11-01T04:30',
    '2026-11-01T05:00',
    '2026-11-01T05:30',
    '2026-11-01T06:00',
  ])
  const beirut = hours({ timeZone: 'Asia/Beirut', week: all(shift('00:00-02:00')) })
  t.same(changes(beirut, at('2026-03-28T20:00Z'), 2), ['2026-03-28T22:00', '2026-03-28T23:00'])
})

/** The next so many changes, in UTC. */
function changes(hours: Hours, wall: number, howMany: number): string[] {
  const found: string[] = []
  for (let next = nextChange(hours, wall); next !== undefined && found.length < howMany; ) {
    found.push(new Date(next).toISOString().slice(0, 16))
    next = nextChange(hours, next)
  }
  return found
}

t.test('nextChange', async (t) => {
  const table: [string, string, string][] = [
    ['2026-05-04T10:00+02:00', '2026-05-04T12:30+02:00', 'it closes'],
    ['2026-05-04T08:29:59.999+02:00', '2026-05-04T08:30+02:00', 'within the minute'],
    ['2026-05-04T08:30+02:00', '2026-05-04T12:30+02:00', 'the change now is no next one'],
    ['2026-05-04T12:30+02:00', '2026-05-05T08:30+02:00', 'tomorrow'],
    ['2026-05-05T13:00+02:00', '2026-05-05T15:00+02:00', 'the afternoon'],
    ['2026-05-09T12:00+02:00', '2026-05-11T08:30+02:00', 'after Sunday'],
    ['2026-06-23T18:00+02:00', '2026-06-25T08:30+02:00', 'after a closed date'],
    ['2026-04-04T12:00+02:00', '2026-04-07T08:30+02:00', 'after Easter'],
    ['2025-12-24T12:30+01:00', '2025-12-27T09:00+01:00', 'after Christmas'],
  ]
  for (const [from, to, what] of table) {
    t.equal(show(nextChange(office, at(from))), show(at(to)), `${from}: ${what}`)
  }

  t.test('shifts that meet or overlap are one', async (t) => {
    const meeting = hours({ week: all(shift('08:00-12:00'), shift('11:00-13:00'), shift('13:00-14:00')) })
    t.equal(show(nextChange(meeting, at('2026-05-04T09:00+02:00'))), show(at('2026-05-04T14:00+02:00')))
  })

  t.test('no further than 400 days', async (t) => {
    const from = at('2026-01-01T00:00Z')
    const closedFor = (days: number) =>
      hours({
        timeZone: 'UTC',
        week: all(shift('00:00-24:00')),
        closedDates: Array.from({ length: days }, (_, i) =>
          new Date(from + i * dayMs).toISOString().slice(0, 10),
        ),
      })
    t.equal(nextChange(closedFor(400), from), from + 400 * dayMs)
    t.equal(nextChange(closedFor(401), from), undefined)
  })

  const shifts = fc
    .uniqueArray(fc.oneof(fc.integer({ min: 0, max: 1440 }), fc.constantFrom(0, 60, 120, 150, 180, 1440)), {
      maxLength: 6,
    })
    .map((minutes) => {
      const sorted = minutes.sort((a, b) => a - b)
      return sorted.flatMap((from, i) =>
        i % 2 === 0 && i + 1 < sorted.length ? [{ from, to: sorted[i + 1]! }] : [],
      )
    })
  const anyHours = fc.record({
    timeZone: fc.constantFrom('Europe/Rome', 'America/Havana', 'Australia/Lord_Howe', 'Asia/Kathmandu'),
    week: fc.record(
      Object.fromEntries(weekdays.map((day) => [day, shifts])) as Record<
        (typeof weekdays)[number],
        typeof shifts
      >,
    ),
    holidays: fc.constantFrom<Hours['holidays']>('italy', 'none'),
    closedDates: fc.subarray(['2026-03-28', '2026-03-29', '2026-03-30', '2026-10-25', '2026-10-26']),
  })
  // Around the days on which one of these zones puts its clocks forward or back, and around Easter.
  const anyTime = fc
    .tuple(
      fc.constantFrom('2026-03-29', '2026-10-25', '2026-03-08', '2026-11-01', '2026-04-05', '2026-10-04'),
      fc.integer({ min: -36 * hourMs, max: 24 * hourMs }),
    )
    .map(([date, offset]) => at(date) + offset)

  t.test('agrees with looking at every minute', async (t) => {
    fc.assert(
      fc.property(anyHours, anyTime, (hours, wall) => {
        const open = isOpen(hours, wall)
        const next = nextChange(hours, wall)
        let minute = Math.floor(wall / minuteMs) * minuteMs + minuteMs
        const end = wall + 2 * dayMs
        while (minute < end && isOpen(hours, minute) === open) minute += minuteMs
        if (minute < end) return next === minute
        return next === undefined || next >= end
      }),
      { numRuns: 150 },
    )
    t.pass('in every run')
  })

  t.test('is quick', async (t) => {
    nextChange(office, at('2026-05-04T10:00Z'))
    const runs = 200
    const start = performance.now()
    for (let i = 0; i < runs; i++) nextChange(office, at('2026-01-01T00:00Z') + i * 41 * hourMs)
    const each = (performance.now() - start) / runs
    t.ok(each < 5, `${each.toFixed(3)} ms each`)
  })
})

t.test('whether a moment lies between two times of the day, on the clock on the wall', async (t) => {
  const rome = 'Europe/Rome'
  const night = { from: 20 * 60, to: 7 * 60 }
  const lunch = { from: 12 * 60, to: 13 * 60 }
  const at = (text: string) => Date.parse(text)
  const cases: [typeof night, string, boolean][] = [
    [night, '2026-01-10T18:59:59Z', false],
    [night, '2026-01-10T19:00:00Z', true],
    [night, '2026-01-10T23:30:00Z', true],
    [night, '2026-01-11T05:59:59Z', true],
    [night, '2026-01-11T06:00:00Z', false],
    // In summer the same clock on the wall is an hour earlier in UTC.
    [night, '2026-07-10T18:00:00Z', true],
    [night, '2026-07-11T05:00:00Z', false],
    [lunch, '2026-07-11T09:59:59Z', false],
    [lunch, '2026-07-11T10:00:00Z', true],
    [lunch, '2026-07-11T11:00:00Z', false],
    [{ from: 600, to: 600 }, '2026-07-11T08:00:00Z', false],
  ]
  for (const [times, text, expected] of cases)
    t.equal(isBetween(times, rome, at(text)), expected, `${times.from}-${times.to} ${text}`)
})
