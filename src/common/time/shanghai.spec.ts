import * as fc from 'fast-check';
import {
  endOfShanghaiDay,
  formatShanghaiDay,
  formatShanghaiTime,
  parseShanghaiDate,
  startOfShanghaiDay,
} from './shanghai';

const DAY_MS = 86_400_000;
const instant = fc.date({
  min: new Date('1995-01-01T00:00:00Z'),
  max: new Date('2099-12-31T00:00:00Z'),
  noInvalidDate: true,
});
const zoned = new Intl.DateTimeFormat('sv-SE', { timeZone: 'Asia/Shanghai', dateStyle: 'short' });

describe('Shanghai days', () => {
  it('begin at or before each of their moments and end after it, a whole day later', () => {
    fc.assert(
      fc.property(instant, (at) => {
        const start = startOfShanghaiDay(at);
        const end = endOfShanghaiDay(at);
        expect(start.getTime()).toBeLessThanOrEqual(at.getTime());
        expect(end.getTime()).toBeGreaterThan(at.getTime());
        expect(end.getTime() - start.getTime()).toBe(DAY_MS);
        expect(start.toISOString()).toMatch(/T16:00:00\.000Z$/);
      }),
    );
  });

  it('agree with the time zone database', () => {
    fc.assert(fc.property(instant, (at) => formatShanghaiDay(at) === zoned.format(at)));
  });

  it('survive being written and read', () => {
    fc.assert(
      fc.property(
        instant,
        (at) =>
          parseShanghaiDate(formatShanghaiDay(at))?.getTime() === startOfShanghaiDay(at).getTime() &&
          parseShanghaiDate(at.toISOString())?.getTime() === at.getTime(),
      ),
    );
  });

  it.each([
    ['2026-01-20', '2026-01-19T16:00:00.000Z'],
    ['2024-02-29', '2024-02-28T16:00:00.000Z'],
    ['2000-02-29', '2000-02-28T16:00:00.000Z'],
    ['2026-01-20T08:30:00+08:00', '2026-01-20T00:30:00.000Z'],
    ['2026-01-20T08:30Z', '2026-01-20T08:30:00.000Z'],
    ['2026-01-20T23:59:59.999Z', '2026-01-20T23:59:59.999Z'],
    ['2026-12-31T23:00:00-05:00', '2027-01-01T04:00:00.000Z'],
  ])('read %s as %s', (written, moment) => {
    expect(parseShanghaiDate(written)?.toISOString()).toBe(moment);
  });

  it.each([
    '2026-04-31',
    '2026-02-29',
    '1900-02-29',
    '2026-13-01',
    '2026-00-10',
    '2026-01-00',
    '2026-1-2',
    '2026/01/02',
    '20260102',
    '2026-04-31T10:00:00Z',
    '2026-02-30T10:00:00+08:00',
    '2026-01-20T25:00:00Z',
    '2026-01-20T10:61:00Z',
    '2026-01-20T10:00:00',
    '2026-01-20 10:00:00',
    '1768867200000',
    'tomorrow',
    ' 2026-01-20',
    '',
  ])('refuse %p', (written) => expect(parseShanghaiDate(written)).toBeNull());

  it('change at 16:00 UTC', () => {
    expect(formatShanghaiDay(new Date('2026-01-19T15:59:59.999Z'))).toBe('2026-01-19');
    expect(formatShanghaiDay(new Date('2026-01-19T16:00:00.000Z'))).toBe('2026-01-20');
  });
});

describe('Shanghai times', () => {
  it('are written to the millisecond, and tell the moment that they were written from', () => {
    fc.assert(
      fc.property(instant, (at) => {
        const written = formatShanghaiTime(at);
        expect(written).toMatch(/^\d{4}-\d{2}-\d{2} \d{2}:\d{2}:\d{2}\.\d{3}$/);
        expect(new Date(`${written.replace(' ', 'T')}+08:00`)).toEqual(at);
        expect(written.slice(0, 10)).toBe(formatShanghaiDay(at));
      }),
    );
  });

  it('order as the moments do', () => {
    fc.assert(
      fc.property(
        instant,
        instant,
        (a, b) => formatShanghaiTime(a) < formatShanghaiTime(b) === a.getTime() < b.getTime(),
      ),
    );
  });

  it('show the clock in Shanghai, and nothing for no time', () => {
    expect(formatShanghaiTime(new Date('2026-01-15T15:21:12.697Z'))).toBe('2026-01-15 23:21:12.697');
    expect(formatShanghaiTime(new Date('2026-01-15T16:00:00Z'))).toBe('2026-01-16 00:00:00.000');
    expect([formatShanghaiTime(null), formatShanghaiTime(undefined)]).toEqual(['', '']);
  });
});
