import type { Contact } from '../modules/contacts/contact.schema';
import { newJob } from '../modules/jobs/job-making';
import { listingOf } from '../modules/jobs/job-board';
import type { JobListing } from '../modules/jobs/job-listing.schema';
import { JOB_STATUS } from '../modules/jobs/job-status';
import { type BizType, type Job, UNLIMITED } from '../modules/jobs/job.schema';
import type { Member } from '../modules/members/member.schema';
import { DISTRICTS, POSTS, TAGS } from './marketplace-words';
import { fullName, mobileNumber } from './people';
import type { Random } from './random';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
/** Where the members' numbers begin in the row of phone numbers. */
const MEMBER_PHONES_FROM = 95_000_000;
/** The revision of the board at which all of it is there. */
export const SEEDED_REVISION = 1;

/**
 * Members of the marketplace; in the platform sandbox the n-th logs in with a code of `demo-member<n>`, for instance
 * `demo-member1.a`.
 */
export function members(random: Random, count: number, base: Date): Member[] {
  return Array.from({ length: count }, (_, index) => {
    const createdAt = random.between(
      new Date(base.getTime() - 200 * DAY_MS),
      new Date(base.getTime() - 40 * DAY_MS),
    );
    return {
      _id: index + 1,
      openid: `o_demo-member${index + 1}`,
      unionid: `u_demo-member${index + 1}`,
      phone: mobileNumber(random, MEMBER_PHONES_FROM + index),
      name: fullName(random),
      avatar: '',
      sex: random.pick([1, 2] as const),
      tokenVersion: 1,
      createdAt,
      updatedAt: createdAt,
    };
  });
}

/** What the members have posted in the last month around Shanghai and Hangzhou; each has five active at most. */
export function jobs(random: Random, count: number, people: Member[], base: Date): Job[] {
  const posted = Array.from({ length: count }, () =>
    random.between(new Date(base.getTime() - 30 * DAY_MS), new Date(base.getTime() - HOUR_MS)),
  ).toSorted((a, b) => a.getTime() - b.getTime());
  return posted.map((createdAt, index) => {
    const owner = people[index % people.length];
    if (!owner) throw new RangeError('jobs need somebody who posts them');
    // whoever has posted five has closed what came before
    const closed = Math.floor((count - 1 - index) / people.length) >= 5 || random.chance(0.1);
    return job(random, index + 1, owner, createdAt, closed, base);
  });
}

function job(random: Random, id: number, owner: Member, createdAt: Date, closed: boolean, base: Date): Job {
  const bizType = random.weighted<BizType>([
    [1, 80],
    [2, 14],
    [3, 6],
  ]);
  const post = random.pick(POSTS[bizType]);
  const district = random.pick(DISTRICTS);
  const salaryMin = random.stepped(post.from, post.to, 500);
  const topped = !closed && random.chance(0.06);
  const place = {
    longitude: rounded(district.longitude + (random.next() - 0.5) * 0.06),
    latitude: rounded(district.latitude + (random.next() - 0.5) * 0.05),
  };
  const made = newJob(id, owner._id, {
    biz_type: bizType,
    positions: post.positions,
    company_name: bizType === 1 ? random.pick(post.companies) : '',
    contact_person_name: owner.name,
    contact: owner.phone,
    description: random.pick(post.descriptions),
    ...place,
    address: `${district.city}${district.name}${random.pick(district.roads)}${random.int(1, 980)} 号`,
    first_area_id: district.provinceId,
    first_area_des: district.province,
    second_area_id: district.cityId,
    second_area_des: district.city,
    third_area_id: district.id,
    third_area_des: district.name,
    salary_min: salaryMin,
    salary_max: random.chance(0.1) ? UNLIMITED : salaryMin + random.stepped(1000, 4000, 500),
    ...(bizType === 1
      ? {
          basic_protection: some(random, TAGS.basicProtection),
          salary_benefits: some(random, TAGS.salaryBenefits),
          attendance_leave: some(random, TAGS.attendanceLeave),
        }
      : {}),
  });
  const updatedAt = closed ? random.within(createdAt, 20 * 24, base) : createdAt;
  return {
    ...made,
    status: closed ? JOB_STATUS.closed : JOB_STATUS.active,
    createdAt,
    updatedAt,
    lastRefreshAt: random.chance(0.4) ? random.within(createdAt, 20 * 24, base) : createdAt,
    topStartsAt: topped ? new Date(base.getTime() - random.int(1, 20) * HOUR_MS) : null,
    topEndsAt: topped ? new Date(base.getTime() + random.int(24, 240) * HOUR_MS) : null,
  };
}

/** What the lists know of those that are active. */
export function listings(posted: Job[], base: Date): JobListing[] {
  return posted
    .filter(({ status }) => status === JOB_STATUS.active)
    .map((one) => listingOf(one, SEEDED_REVISION, base));
}

/** Who has called about which job. */
export function contacts(random: Random, posted: Job[], people: Member[], base: Date): Contact[] {
  const made = posted.flatMap((one) =>
    Array.from({ length: random.int(0, 2) }, () => ({ one, by: random.pick(people)._id })).filter(
      ({ by }) => by !== one.memberId,
    ),
  );
  return made
    .map(({ one, by }) => ({ one, by, at: random.between(one.createdAt, base) }))
    .toSorted((a, b) => a.at.getTime() - b.at.getTime())
    .map(({ one, by, at }, index) => ({
      _id: index + 1,
      memberId: by,
      jobId: one._id,
      ownerId: one.memberId,
      bizType: one.bizType,
      positions: one.positions,
      address: one.address,
      name: one.contactPersonName,
      phone: one.contact,
      createdAt: at,
    }));
}

function some(random: Random, tags: readonly string[]): string[] {
  return tags.filter(() => random.chance(0.45));
}

function rounded(degrees: number): number {
  return Math.round(degrees * 1e6) / 1e6;
}
