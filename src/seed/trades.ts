import type { JOB_TYPES, SKILLS } from '../modules/resumes/resume.enums';

type JobType = keyof typeof JOB_TYPES;
type Skill = keyof typeof SKILLS;

/** What workers of a trade can do, say of themselves, have done, and are told by families; yuan a month. */
export interface Trade {
  skills: readonly Skill[];
  introductions: readonly string[];
  duties: readonly string[];
  reviews: readonly string[];
  salary: readonly [low: number, high: number];
}

const MATERNITY: Trade = {
  skills: ['chanhou', 'muying', 'cuiru', 'yuezican', 'teshu-yinger', 'shuangtai-huli', 'yuying'],
  introductions: [
    '做月嫂八年，带过六十多个宝宝，擅长月子餐和新生儿护理，有耐心。',
    '持高级母婴护理师证，会催乳和产后修复，普通话标准。',
    '带过双胞胎和早产儿，夜里带睡，作息记录清楚。',
  ],
  duties: ['照顾新生儿和产妇，做月子餐', '带双胞胎，夜间护理', '产后护理，指导母乳喂养'],
  reviews: ['阿姨很细心，强烈推荐', '月子餐好吃，奶水也足', '宝宝黄疸是她先发现的，很专业'],
  salary: [9000, 20_000],
};

const CHILDCARE: Trade = {
  skills: ['yuying', 'zaojiao', 'fushi', 'ertui', 'shuangtai-huli', 'zhongcan', 'waiyu'],
  introductions: [
    '喜欢孩子，会做辅食和早教，熟悉科学育儿。',
    '带过半岁到三岁的宝宝，会小儿推拿，哄睡有办法。',
    '做育儿嫂六年，辅食一周不重样，和老人也处得来。',
  ],
  duties: ['带一岁宝宝，做辅食，陪玩', '接送幼儿园，辅导绘本阅读', '照顾双胞胎，负责辅食和早教'],
  reviews: ['做饭好吃，宝宝喜欢她', '专业，沟通顺畅', '孩子跟着她学会了自己吃饭'],
  salary: [6500, 13_000],
};

const HOUSEWORK: Trade = {
  skills: ['zhongcan', 'mianshi', 'xican', 'shouyi', 'jiashi'],
  introductions: [
    '干活利落，会收纳整理，能做家常菜和面食。',
    '做家政十年，做事细心，和雇主相处融洽。',
    '厨房和卫生间清洁拿手，守时，不挑活。',
  ],
  duties: ['三口之家做饭保洁', '每周两次深度保洁', '做饭、洗衣、接孩子放学'],
  reviews: ['人勤快，守时', '家里收拾得很清爽', '面食做得好，一家人都爱吃'],
  salary: [4500, 9000],
};

const ELDERLY: Trade = {
  skills: ['yanglao-huli', 'liliao-kangfu', 'yiliaobackground', 'yingyang', 'zhongcan'],
  introductions: [
    '有照顾失能老人的经验，会基础护理和康复按摩。',
    '在医院做过护工，会测血糖血压，有耐心。',
    '照顾过术后老人，饭菜做得软烂清淡。',
  ],
  duties: ['照顾老人起居，陪同就医', '照顾卧床老人，翻身拍背', '陪伴独居老人，做饭散步'],
  reviews: ['对老人有耐心，像自家人', '护理手法专业', '老人身上干干净净，我们放心'],
  salary: [6000, 10_000],
};

const PETS: Trade = {
  skills: ['shouyi', 'jiashi', 'zhongcan'],
  introductions: ['自己养猫多年，会喂药、剪指甲，遛狗准时。', '喜欢小动物，洗护和日常清洁都做，能开车送医。'],
  duties: ['上门喂猫，清理猫砂', '每天遛狗两次，做家庭保洁'],
  reviews: ['猫主子很喜欢她', '每次都发照片，很放心'],
  salary: [4500, 8000],
};

export const TRADES: Record<JobType, Trade> = {
  yuexin: MATERNITY,
  yuesao: CHILDCARE,
  'zhujia-yuer': CHILDCARE,
  'baiban-yuer': CHILDCARE,
  baojie: HOUSEWORK,
  xiaoshi: HOUSEWORK,
  'baiban-baomu': HOUSEWORK,
  'zhujia-baomu': HOUSEWORK,
  'zhujia-hulao': ELDERLY,
  yangchong: PETS,
};
