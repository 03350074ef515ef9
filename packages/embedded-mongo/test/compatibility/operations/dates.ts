import type { Document } from 'bson';
import type { Theme } from '../case';
import { aggregate, casesOf, refusing } from '../commands';
import { day } from './fixtures';

const TZ = 'Asia/Shanghai';
/** Both sides of midnight in Shanghai, a leap day, a year's end, and no date. */
const DATES: Document[] = [
  { _id: 1, at: day('2024-01-01T15:59:59.999'), n: 1 },
  { _id: 2, at: day('2024-01-01T16:00:00'), n: 2 },
  { _id: 3, at: day('2024-02-29T12:34:56.789'), n: 3 },
  { _id: 4, at: day('2023-12-31T23:59:59'), n: 4 },
  { _id: 5, at: null },
  { _id: 6 },
];

const onAll: Record<string, unknown> = {
  $dateToString: { $dateToString: { date: '$at' } },
  '$dateToString with a format': { $dateToString: { date: '$at', format: '%Y-%m-%d %H:%M:%S.%L' } },
  '$dateToString with a timezone': { $dateToString: { date: '$at', format: '%Y-%m-%d', timezone: TZ } },
  '$dateToString with a timezone and no format': { $dateToString: { date: '$at', timezone: TZ } },
  '$dateToString with an offset': {
    $dateToString: { date: '$at', format: '%H:%M %z %Z', timezone: '+08:00' },
  },
  '$dateToString of weeks': { $dateToString: { date: '$at', format: '%G-W%V-%u %j %U %w %%', timezone: TZ } },
  '$dateToString with onNull': { $dateToString: { date: '$at', format: '%Y', onNull: 'none' } },
  '$dateTrunc to a day': { $dateTrunc: { date: '$at', unit: 'day' } },
  $year: { $year: '$at' },
  '$subtract of milliseconds': { $subtract: ['$at', 1000] },
  '$add of milliseconds': { $add: ['$at', 1500] },
  '$type of a date': { $type: '$at' },
};

const alone: Record<string, unknown> = {
  'an unknown timezone': { $dateToString: { date: '$$NOW', timezone: 'Asia/Nowhere' } },
  '$dateToString of a number': { $dateToString: { date: 5, format: '%Y' } },
  $$NOW: '$$NOW',
};

const project = (x: unknown): Document => ({ $project: { x } });

export const dates: Theme = {
  name: 'aggregation-dates',
  cases: [
    ...refusing(
      { '$dateTrunc to a day': 31325, $year: 31325, '$dateToString of weeks': 115, '$type of a date': 31325 },
      casesOf({ documents: DATES }, onAll, (x) => [aggregate([{ $sort: { _id: 1 } }, project(x)])]),
    ),
    ...casesOf({ documents: [{ _id: 1 }] }, alone, (x) => [aggregate([project(x)])]),
    {
      name: 'a count by day in Shanghai',
      documents: DATES,
      steps: [
        aggregate([
          { $match: { at: { $ne: null } } },
          {
            $group: {
              _id: { $dateToString: { date: '$at', format: '%Y-%m-%d', timezone: TZ } },
              n: { $sum: 1 },
            },
          },
          { $sort: { _id: 1 } },
        ]),
      ],
    },
  ],
};
