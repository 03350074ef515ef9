import type { Document } from 'bson';
import type { Theme } from '../case';
import { aggregate, casesOf } from '../commands';
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
  '$dateTrunc to a day with a timezone': { $dateTrunc: { date: '$at', unit: 'day', timezone: TZ } },
  '$dateTrunc to a week': { $dateTrunc: { date: '$at', unit: 'week', timezone: TZ, startOfWeek: 'monday' } },
  '$dateTrunc to a month': { $dateTrunc: { date: '$at', unit: 'month', timezone: TZ } },
  '$dateTrunc to a quarter': { $dateTrunc: { date: '$at', unit: 'quarter', timezone: TZ } },
  '$dateTrunc to a year': { $dateTrunc: { date: '$at', unit: 'year', timezone: TZ } },
  '$dateTrunc to six hours': { $dateTrunc: { date: '$at', unit: 'hour', binSize: 6 } },
  '$dateTrunc to quarters of an hour': { $dateTrunc: { date: '$at', unit: 'minute', binSize: 15 } },
  $dateToParts: { $dateToParts: { date: '$at' } },
  '$dateToParts with a timezone': { $dateToParts: { date: '$at', timezone: TZ } },
  '$dateToParts of ISO weeks': { $dateToParts: { date: '$at', timezone: TZ, iso8601: true } },
  $year: { $year: '$at' },
  '$month with a timezone': { $month: { date: '$at', timezone: TZ } },
  '$dayOfMonth with a timezone': { $dayOfMonth: { date: '$at', timezone: TZ } },
  $dayOfWeek: { $dayOfWeek: '$at' },
  $dayOfYear: { $dayOfYear: '$at' },
  '$isoWeek and $isoWeekYear': [{ $isoWeek: '$at' }, { $isoWeekYear: '$at' }, { $isoDayOfWeek: '$at' }],
  '$hour with a timezone': { $hour: { date: '$at', timezone: TZ } },
  '$minute, $second, $millisecond': [{ $minute: '$at' }, { $second: '$at' }, { $millisecond: '$at' }],
  '$dateAdd of a month': { $dateAdd: { startDate: '$at', unit: 'month', amount: 1 } },
  '$dateAdd of days': { $dateAdd: { startDate: '$at', unit: 'day', amount: '$n', timezone: TZ } },
  '$dateSubtract of hours': { $dateSubtract: { startDate: '$at', unit: 'hour', amount: 36 } },
  '$dateDiff in days': { $dateDiff: { startDate: day('2024-01-01T00:00:00'), endDate: '$at', unit: 'day' } },
  '$dateDiff in days with a timezone': {
    $dateDiff: { startDate: day('2024-01-01T00:00:00'), endDate: '$at', unit: 'day', timezone: TZ },
  },
  '$dateDiff in months': {
    $dateDiff: { startDate: day('2023-11-30T00:00:00'), endDate: '$at', unit: 'month' },
  },
  '$dateDiff in hours': {
    $dateDiff: { startDate: day('2024-01-01T00:00:00'), endDate: '$at', unit: 'hour' },
  },
  '$subtract of dates': { $subtract: ['$at', day('2024-01-01T00:00:00')] },
  '$subtract of milliseconds': { $subtract: ['$at', 1000] },
  '$add of milliseconds': { $add: ['$at', 1500] },
  '$toLong of a date': { $toLong: '$at' },
  '$type of a date': { $type: '$at' },
};

const alone: Record<string, unknown> = {
  $dateFromString: { $dateFromString: { dateString: '2024-01-01T08:00:00+08:00' } },
  '$dateFromString with a timezone': { $dateFromString: { dateString: '2024-01-01 08:00:00', timezone: TZ } },
  '$dateFromString with a format': { $dateFromString: { dateString: '01/02/2024', format: '%d/%m/%Y' } },
  '$dateFromString with onError': { $dateFromString: { dateString: 'no date', onError: 'bad' } },
  '$dateFromString of no date': { $dateFromString: { dateString: 'no date' } },
  $dateFromParts: { $dateFromParts: { year: 2024, month: 2, day: 29, hour: 8, timezone: TZ } },
  '$dateFromParts past the month': { $dateFromParts: { year: 2024, month: 14, day: 35 } },
  '$toDate of a Long': { $toDate: { $toLong: 1704067200000 } },
  '$toDate of a string': { $toDate: '2024-01-01T00:00:00Z' },
  '$dateTrunc with an unknown unit': { $dateTrunc: { date: '$$NOW', unit: 'nothing' } },
  'an unknown timezone': { $hour: { date: '$$NOW', timezone: 'Asia/Nowhere' } },
  '$dateToString of a number': { $dateToString: { date: 5, format: '%Y' } },
  $$NOW: '$$NOW',
};

const project = (x: unknown): Document => ({ $project: { x } });

export const dates: Theme = {
  name: 'aggregation-dates',
  cases: [
    ...casesOf({ documents: DATES }, onAll, (x) => [aggregate([{ $sort: { _id: 1 } }, project(x)])]),
    ...casesOf({ documents: [{ _id: 1 }] }, alone, (x) => [aggregate([project(x)])]),
    {
      name: 'a count by day in Shanghai',
      documents: DATES,
      steps: [
        aggregate([
          { $match: { at: { $ne: null } } },
          { $group: { _id: { $dateTrunc: { date: '$at', unit: 'day', timezone: TZ } }, n: { $sum: 1 } } },
          { $sort: { _id: 1 } },
        ]),
      ],
    },
  ],
};
