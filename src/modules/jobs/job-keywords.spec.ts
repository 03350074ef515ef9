import * as fc from 'fast-check';
import { cleanTag, tagLine, tagPattern, type Tags, tagTerms } from './job-tags';
import { positionKeyword, positionTerms, positionText } from './position-parts';

const positions = fc.oneof(
  fc.stringMatching(/^[厨师服务员收银保洁月嫂A-Za-z0-9、 ]{1,64}$/),
  fc.string({ minLength: 1, maxLength: 64, unit: 'grapheme' }),
);

/** Whether a job is found by a keyword, as the list looks it up. */
function isFound(job: string, keyword: string): boolean {
  const sought = positionKeyword(keyword);
  if (!sought) return true;
  const whole = sought.whole === undefined || positionText(job).includes(sought.whole);
  return whole && positionTerms(job).includes(sought.term);
}

describe('positions', () => {
  it('are found by each of their parts, whatever width, case and spaces it is typed in', () => {
    fc.assert(
      fc.property(positions, fc.nat(63), fc.nat(63), (job, from, length) => {
        const symbols = [...job.normalize('NFKC')].slice(0, 64);
        const start = from % symbols.length;
        const part = symbols.slice(start, start + 1 + (length % symbols.length)).join('');
        expect(isFound(job, part)).toBe(true);
      }),
    );
    expect(isFound('Java 工程师', 'ｊａｖａ工程')).toBe(true);
  });

  it('are not found by what is no part of them', () => {
    fc.assert(
      fc.property(positions, positions, (job, keyword) => {
        const contained = positionText(job).includes(positionText(keyword));
        expect(isFound(job, keyword)).toBe(contained || positionKeyword(keyword) === undefined);
      }),
    );
    expect(isFound('服务员收银员后厨切配传菜员洗碗工A', '服务员收银员后厨切配传菜员洗碗工B')).toBe(false);
  });

  it('make a bounded number of parts', () => {
    expect(positionTerms('保洁')).toEqual(['p保', 'p保洁', 'p洁']);
    expect(positionTerms('岗位职责'.repeat(16)).length).toBeLessThan(800);
    // what unfolds to many characters
    expect(positionTerms('ﷺ'.repeat(64)).length).toBeLessThan(1000);
  });
});

describe('tags', () => {
  const tag = fc.string({ minLength: 1, maxLength: 12 }).map(cleanTag).filter(Boolean);
  const list = fc.uniqueArray(tag, { maxLength: 10 });
  const tags = fc.record({ basicProtection: list, salaryBenefits: list, attendanceLeave: list });
  const passes = (job: Tags, filter: Tags) =>
    tagTerms(filter).every((term) => tagTerms(job).includes(term) && tagPattern(term).test(tagLine(job)));
  const names = ['basicProtection', 'salaryBenefits', 'attendanceLeave'] as const;

  it('pass a filter when they hold all of its tags, each in its own list, and else do not', () => {
    fc.assert(
      fc.property(tags, tags, (job, filter) => {
        const all = names.every((name) => filter[name].every((one) => job[name].includes(one)));
        expect(passes(job, filter)).toBe(all);
        // by the line alone as well, which is what all but the first are compared with
        expect(tagTerms(filter).every((term) => tagPattern(term).test(tagLine(job)))).toBe(all);
      }),
    );
    fc.assert(
      fc.property(tags, (job) => {
        expect(passes(job, job)).toBe(true);
        const half = job.basicProtection.find((one) => one.length > 1)?.slice(0, -1);
        if (!half || job.basicProtection.includes(half)) return;
        expect(passes(job, { ...job, basicProtection: [half] })).toBe(false);
      }),
    );
  });
});
