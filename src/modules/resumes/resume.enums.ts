/** Every choice of a resume: the value that is stored, and what the screens show for it. */
export const GENDERS = { female: '女', male: '男' } as const;

export const JOB_TYPES = {
  yuexin: '月嫂',
  yuesao: '育儿嫂',
  'zhujia-yuer': '住家育儿',
  'baiban-yuer': '白班育儿',
  baojie: '保洁',
  'baiban-baomu': '白班保姆',
  'zhujia-baomu': '住家保姆',
  yangchong: '养宠',
  xiaoshi: '小时工',
  'zhujia-hulao': '住家护老',
} as const;

export const EDUCATIONS = {
  no: '无学历',
  primary: '小学',
  middle: '初中',
  secondary: '中专',
  vocational: '职业学校',
  high: '高中',
  college: '大专',
  bachelor: '本科',
  graduate: '研究生',
} as const;

export const SKILLS = {
  chanhou: '产后修复师',
  'teshu-yinger': '特殊婴儿护理',
  yiliaobackground: '医疗背景',
  yuying: '高级育婴师',
  zaojiao: '早教师',
  fushi: '辅食营养师',
  ertui: '小儿推拿师',
  waiyu: '外语',
  zhongcan: '中餐',
  xican: '西餐',
  mianshi: '面食',
  jiashi: '驾驶',
  shouyi: '整理收纳',
  muying: '母婴护理师',
  cuiru: '高级催乳师',
  yuezican: '月子餐营养师',
  yingyang: '营养师',
  'liliao-kangfu': '理疗康复',
  'shuangtai-huli': '双胎护理',
  'yanglao-huli': '养老护理',
} as const;

export const MARITAL_STATUSES = {
  single: '未婚',
  married: '已婚',
  divorced: '离异',
  widowed: '丧偶',
} as const;

export const RELIGIONS = {
  none: '无',
  buddhism: '佛教',
  taoism: '道教',
  christianity: '基督教',
  catholicism: '天主教',
  islam: '伊斯兰教',
  other: '其他',
} as const;

/** In the order of their years: 2020 was the rat's. */
export const ZODIACS = {
  rat: '鼠',
  ox: '牛',
  tiger: '虎',
  rabbit: '兔',
  dragon: '龙',
  snake: '蛇',
  horse: '马',
  goat: '羊',
  monkey: '猴',
  rooster: '鸡',
  dog: '狗',
  pig: '猪',
} as const;

export const ZODIAC_SIGNS = {
  capricorn: '摩羯座',
  aquarius: '水瓶座',
  pisces: '双鱼座',
  aries: '白羊座',
  taurus: '金牛座',
  gemini: '双子座',
  cancer: '巨蟹座',
  leo: '狮子座',
  virgo: '处女座',
  libra: '天秤座',
  scorpio: '天蝎座',
  sagittarius: '射手座',
} as const;

export const ORDER_STATUSES = {
  accepting: '想接单',
  'not-accepting': '不接单',
  'on-service': '已上户',
} as const;

export const LEAD_SOURCES = {
  referral: '转介绍',
  'paid-lead': '付费线索',
  community: '社群线索',
  'door-to-door': '地推',
  'shared-order': '合单',
  'self-registration': '自助注册',
  other: '其他',
} as const;

export const MATERNITY_NURSE_LEVELS = {
  junior: '初级',
  silver: '银牌',
  gold: '金牌',
  platinum: '铂金',
  diamond: '钻石',
  crown: '皇冠',
} as const;

export const LEARNING_INTENTIONS = {
  yuesao: '月嫂',
  yuersao: '育儿嫂',
  baomu: '保姆',
  hulao: '护老',
} as const;

export const CURRENT_STAGES = {
  'experienced-certified': '有经验有证书',
  'experienced-no-cert': '有经验无证书',
  'certified-no-exp': '有证书无经验',
  beginner: '小白',
  'not-looking': '不找工作',
} as const;

/** What an upload says it is. */
export const FILE_TYPES = {
  idCardFront: '身份证正面',
  idCardBack: '身份证反面',
  personalPhoto: '个人照片',
  certificate: '技能证书',
  medicalReport: '体检报告',
  confinementMealPhoto: '月子餐照片',
  cookingPhoto: '烹饪照片',
  complementaryFoodPhoto: '辅食照片',
  positiveReviewPhoto: '好评照片',
  selfIntroductionVideo: '自我介绍视频',
} as const;

/** A self-registration is a draft until staff have looked at it; what is archived is kept, and shown to staff only. */
export const RESUME_STATUSES = ['draft', 'published', 'archived'] as const;
export type ResumeStatus = (typeof RESUME_STATUSES)[number];

type Labels = Readonly<Record<string, string>>;
export type ValueOf<L extends Labels> = keyof L & string;

/** The values of a set of choices, as zod's enum wants them. */
export function valuesOf<L extends Labels>(labels: L): [ValueOf<L>, ...ValueOf<L>[]] {
  return Object.keys(labels) as [ValueOf<L>, ...ValueOf<L>[]];
}

export type Gender = ValueOf<typeof GENDERS>;
export type Zodiac = ValueOf<typeof ZODIACS>;
export type ZodiacSign = ValueOf<typeof ZODIAC_SIGNS>;
