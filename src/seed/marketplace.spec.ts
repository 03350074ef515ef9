import { distance } from '../modules/jobs/job-distance';
import { JOB_STATUS } from '../modules/jobs/job-status';
import { CreateJobDto } from '../modules/jobs/jobs.dto';
import { contacts, jobs, listings, members } from './marketplace';
import { Random } from './random';

const BASE = new Date('2026-11-20T10:00:00Z');
const CITIES = [
  { longitude: 121.4737, latitude: 31.2304 },
  { longitude: 120.1551, latitude: 30.2741 },
];

describe('the seeded marketplace', () => {
  const make = (seed: number) => {
    const random = new Random(seed);
    const people = members(random, 120, BASE);
    const posted = jobs(random, 800, people, BASE);
    return { people, posted, calls: contacts(random, posted, people, BASE) };
  };
  const { people, posted, calls } = make(1);

  it('is the same for one seed, and another for others', () => {
    expect(JSON.stringify(make(1))).toBe(JSON.stringify({ people, posted, calls }));
    expect(JSON.stringify(make(2))).not.toBe(JSON.stringify({ people, posted, calls }));
  });

  it('has jobs that members could have posted, around two cities', () => {
    for (const job of posted) {
      const asSent = {
        positions: job.positions,
        contact: job.contact,
        longitude: job.longitude,
        latitude: job.latitude,
        address: job.address,
        salary_min: job.salaryMin,
        salary_max: job.salaryMax,
        basic_protection: job.basicProtection,
        salary_benefits: job.salaryBenefits,
        attendance_leave: job.attendanceLeave,
      };
      expect(CreateJobDto.schema.safeParse(asSent).error).toBeUndefined();
      expect(Math.min(...CITIES.map((city) => distance(job, city)))).toBeLessThan(40_000);
      expect(job.lastRefreshAt.getTime()).toBeGreaterThanOrEqual(job.createdAt.getTime());
      expect(job.lastRefreshAt.getTime()).toBeLessThanOrEqual(BASE.getTime());
    }
    expect(new Set(people.map(({ phone }) => phone)).size).toBe(people.length);
  });

  it('has five active jobs of a member at most, all kinds, some topped', () => {
    const active = posted.filter(({ status }) => status === JOB_STATUS.active);
    for (const { _id } of people)
      expect(active.filter(({ memberId }) => memberId === _id).length).toBeLessThanOrEqual(5);
    expect(new Set(active.map(({ bizType }) => bizType))).toEqual(new Set([1, 2, 3]));
    expect(listings(posted, BASE)).toHaveLength(active.length);
    const topped = listings(posted, BASE).filter((listing) => listing.topped).length;
    expect(topped).toBeGreaterThan(5);
    expect(topped).toBeLessThan(active.length / 5);
  });

  it('has nobody who calls about their own job', () => {
    expect(calls.length).toBeGreaterThan(100);
    expect(calls.filter(({ memberId, ownerId }) => memberId === ownerId)).toEqual([]);
  });
});
