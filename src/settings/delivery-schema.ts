import * as v from 'valibot'
import { precisions } from '../domain/privacy.ts'
import { about, choice, wholeNumber } from './kinds.ts'

/** What is sent to the broker: until when again, and how finely. */
export const deliverySchema = v.pipe(
  v.strictObject({
    confirmation: v.optional(
      choice(['broker', 'collector'], {
        title: 'Confirmation',
        description:
          'What makes a vote done. broker: the broker has acknowledged it. collector: a collector says that it has it in its database, for brokers may lose what they acknowledged.',
      }),
      'broker',
    ),
    recommitSeconds: v.optional(
      wholeNumber(5, 86400, {
        title: 'Patience with the collector',
        description:
          'How long the collector may stay behind what was sent before the terminal sends it again. Only with delivery.confirmation: collector.',
        unit: 'seconds',
      }),
      60,
    ),
    window: v.optional(
      wholeNumber(1, 256, {
        title: 'Window',
        description: 'How many votes may be on their way to the broker at once.',
        unit: 'votes',
      }),
      16,
    ),
    acknowledgementSeconds: v.optional(
      wholeNumber(5, 600, {
        title: 'Patience',
        description: 'How long the broker may take to acknowledge a vote before the connection is made anew.',
        unit: 'seconds',
      }),
      30,
    ),
    keepDays: v.optional(
      wholeNumber(0, 3650, {
        title: 'Keep',
        description: 'How long delivered votes are kept on the disk, so that they can be sent again.',
        unit: 'days',
      }),
      30,
    ),
  }),
  about({ title: 'Delivery', description: 'How votes reach the broker.' }),
)

export const privacySchema = v.pipe(
  v.strictObject({
    timePrecision: v.optional(
      choice(precisions, {
        title: 'Precision of times',
        description:
          'How finely the time of a vote is told. With anything but exact, votes leave only when their minute, hour or day is over: nobody learns of a vote as it happens.',
      }),
      'exact',
    ),
    batch: v.optional(
      wholeNumber(1, 100, {
        title: 'Batch',
        description:
          'How many votes leave together, shuffled, so that nobody can tell which of them was given when. They wait until the batch is full: nobody learns of a vote as it happens. 1: each vote leaves by itself.',
        unit: 'votes',
      }),
      1,
    ),
  }),
  about({
    title: 'Privacy',
    description: 'How much of when a vote was given is told, where few citizens come and somebody may watch.',
  }),
)
