import type { FOLLOW_UP_TYPES, Stage } from '../modules/customers/customer.enums';
import type { Customer } from '../modules/customers/customer.schema';
import type { FollowUp } from '../modules/customers/follow-up.schema';
import type { Random } from './random';

const FOLLOWED_UP = 0.6;
const DAY_MS = 86_400_000;

const TYPES: readonly (readonly [(typeof FOLLOW_UP_TYPES)[number], number])[] = [
  ['phone', 45],
  ['wechat', 40],
  ['visit', 8],
  ['other', 7],
];

const CONTENTS: Record<Stage, readonly string[]> = {
  new: ['电话未接，晚些再联系', '已加微信，等客户回复', '客户在比较几家，约好周末再谈'],
  contacted: ['已联系客户，客户表示下周可以面试', '了解了需求，预算可以再谈', '客户想先看几份简历'],
  matching: ['已推荐三位阿姨的简历', '客户看中一位，等阿姨下户时间', '客户对籍贯有要求，继续匹配'],
  interviewing: ['已安排视频面试', '面试完成，客户在和家人商量', '客户希望再面一位'],
  signed: ['合同已签，定金已付', '阿姨已上户，客户满意', '回访：服务正常，满月后续约'],
  lost: ['客户已在别家签约', '客户暂时不需要，以后再联系', '价格超出预算，客户放弃'],
};

/**
 * What was said to a customer whom somebody looks after, oldest first. Moves the customer's last follow-up and its
 * last change along, as writing them down would have done.
 */
export function followUps(random: Random, customer: Customer, base: Date): FollowUp[] {
  const { assignedTo, assignedAt, status } = customer;
  if (!assignedTo || !assignedAt || !random.chance(FOLLOWED_UP)) return [];
  const latest = new Date(Math.min(base.getTime(), assignedAt.getTime() + 60 * DAY_MS));
  const moments = Array.from({ length: random.int(1, 4) }, () => random.between(assignedAt, latest)).toSorted(
    (a, b) => a.getTime() - b.getTime(),
  );
  return moments.map((createdAt, index) => {
    const last = index === moments.length - 1;
    if (last)
      Object.assign(customer, {
        lastFollowUpAt: createdAt,
        lastFollowUpBy: assignedTo,
        updatedAt: createdAt,
      });
    return {
      _id: random.objectId(createdAt),
      customerId: customer._id,
      content: random.pick(CONTENTS[last ? status : 'contacted']),
      type: random.weighted(TYPES),
      status: last ? status : null,
      nextFollowUpAt: null,
      system: false,
      createdBy: assignedTo,
      createdAt,
    };
  });
}
