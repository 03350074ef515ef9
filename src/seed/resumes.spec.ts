import { readIdNumber } from '../common/validation/id-number';
import { Random } from './random';
import { workerResume } from './resumes';
import { staff } from './staff';
import { TRADES } from './trades';

const BASE = new Date('2026-11-20T10:00:00Z');
/** More than there are order numbers of one area and day. */
const COUNT = 1200;

describe('seeded resumes', () => {
  const make = (seed: number, count: number) => {
    const random = new Random(seed);
    const team = staff(random, BASE, 'hash');
    return Array.from({ length: count }, (_, index) => workerResume(random, index, BASE, team));
  };
  const resumes = make(1, COUNT);

  it('are the same for one seed, and others for another', () => {
    const told = (seed: number) => JSON.stringify(make(seed, 50));
    expect(told(1)).toBe(JSON.stringify(resumes.slice(0, 50)));
    expect(told(2)).not.toBe(told(1));
  });

  it('share neither phone nor identity number', () => {
    const numbers = resumes.flatMap(({ idNumber }) => idNumber ?? []);
    expect(numbers.length).toBeGreaterThan(COUNT / 2);
    expect(new Set(numbers).size).toBe(numbers.length);
    expect(new Set(resumes.map(({ phone }) => phone)).size).toBe(COUNT);
    expect(resumes.every(({ phone }) => /^1[3-9]\d{9}$/.test(phone))).toBe(true);
  });

  it("have identity numbers that pass every check and are nobody's, and facts that follow from them", () => {
    for (const { idNumber, birthDate, gender, zodiac, bornOn } of resumes) {
      if (!idNumber) expect([birthDate, typeof bornOn]).toEqual([undefined, 'string']);
      else {
        expect(idNumber).toMatch(/^99/);
        expect(readIdNumber(idNumber, BASE)).toMatchObject({ valid: true, birthDay: birthDate, sex: gender });
        expect(zodiac).toBeDefined();
      }
    }
  });

  it('are of people who can be: with skills of their trade, and no more years of work than of life', () => {
    for (const { jobType, skills = [], experienceYears = 0, bornOn, selfIntroduction } of resumes) {
      const { skills: learnt, introductions } = TRADES[jobType as keyof typeof TRADES];
      expect(learnt).toEqual(expect.arrayContaining(skills));
      if (selfIntroduction) expect(introductions).toContain(selfIntroduction);
      const age = BASE.getUTCFullYear() - Number(bornOn?.slice(0, 4));
      expect(experienceYears).toBeLessThanOrEqual(age - 18);
    }
  });

  it('are of every status and job', () => {
    expect(new Set(resumes.map(({ status }) => status)).size).toBe(3);
    expect(new Set(resumes.map(({ jobType }) => jobType)).size).toBe(10);
    for (const { status, createdBy } of resumes) expect(createdBy === null).toBe(status === 'draft');
  });
});
