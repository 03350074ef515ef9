/** Stages of a customer, from first contact to signed or lost. */
export const STAGES = ['new', 'contacted', 'matching', 'interviewing', 'signed', 'lost'] as const;
export type Stage = (typeof STAGES)[number];

export const CONTRACT_STATUSES = [
  '已签约',
  '匹配中',
  '已面试',
  '流失客户',
  '已退款',
  '退款中',
  '待定',
] as const;
export type ContractStatus = (typeof CONTRACT_STATUSES)[number];

export const LEAD_LEVELS = ['O类', 'A类', 'B类', 'C类', 'D类', '流失'] as const;

export const LEAD_SOURCES = [
  '美团',
  '抖音',
  '快手',
  '小红书',
  '转介绍',
  '杭州同馨',
  '握个手平台',
  '线索购买',
  '莲心',
  '美家',
  '天机鹿',
  '孕妈联盟',
  '高阁',
  '星星',
  '妈妈网',
  '犀牛',
  '宝宝树',
  '其他',
] as const;

export const SERVICE_TYPES = [
  '月嫂',
  '住家育儿嫂',
  '保洁',
  '住家保姆',
  '养宠',
  '小时工',
  '白班育儿',
  '白班保姆',
  '住家护老',
] as const;

export const REST_SCHEDULES = ['单休', '双休', '无休', '调休', '待定'] as const;

export const EDUCATIONS = [
  '无学历',
  '小学',
  '初中',
  '中专',
  '职高',
  '高中',
  '大专',
  '本科',
  '研究生及以上',
] as const;

export const FOLLOW_UP_TYPES = ['phone', 'wechat', 'visit', 'other'] as const;
