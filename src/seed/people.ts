import type { Random } from './random';

/** The commonest surnames, roughly by how many people bear them. */
const SURNAMES: readonly (readonly [string, number])[] = [
  ['王', 72],
  ['李', 71],
  ['张', 68],
  ['刘', 54],
  ['陈', 46],
  ['杨', 31],
  ['黄', 23],
  ['赵', 23],
  ['吴', 21],
  ['周', 20],
  ['徐', 15],
  ['孙', 15],
  ['马', 13],
  ['朱', 13],
  ['胡', 12],
  ['郭', 11],
  ['何', 11],
  ['林', 11],
  ['高', 10],
  ['罗', 9],
  ['郑', 9],
  ['梁', 9],
  ['谢', 7],
  ['宋', 7],
  ['唐', 7],
  ['许', 7],
  ['韩', 7],
  ['邓', 6],
  ['冯', 6],
  ['曹', 6],
  ['彭', 5],
  ['曾', 5],
  ['肖', 5],
  ['田', 5],
  ['董', 5],
  ['潘', 4],
  ['袁', 4],
  ['蔡', 4],
  ['蒋', 4],
  ['余', 4],
  ['于', 4],
  ['杜', 4],
  ['叶', 4],
  ['程', 4],
  ['苏', 4],
  ['魏', 4],
  ['吕', 4],
  ['丁', 4],
  ['沈', 4],
  ['任', 3],
  ['姚', 3],
  ['卢', 3],
  ['傅', 3],
  ['钟', 3],
  ['崔', 3],
  ['谭', 3],
  ['陆', 3],
  ['范', 3],
  ['方', 3],
  ['石', 3],
  ['金', 3],
  ['夏', 3],
  ['欧阳', 1],
  ['上官', 1],
  ['司马', 1],
  ['诸葛', 1],
];

const GIVEN_FIRST = [...'晓雨思梦佳欣雅婷静丽美玉秀春海建志国文明俊子浩宇天一嘉诗若语心芷诺安可亦书沐清瑞泽'];
const GIVEN_LAST = [...'婷娟敏芳燕玲霞萍红梅琳慧颖洁莹琪瑶涵萱妍宁怡菲雪晴岚军伟强磊勇杰涛超鹏辉斌波峰轩宸'];

const MOBILE_PREFIXES = [
  '130',
  '131',
  '132',
  '133',
  '135',
  '136',
  '137',
  '138',
  '139',
  '150',
  '151',
  '152',
  '153',
  '155',
  '156',
  '157',
  '158',
  '159',
  '176',
  '177',
  '178',
  '180',
  '181',
  '182',
  '183',
  '185',
  '186',
  '187',
  '188',
  '189',
  '191',
  '198',
  '199',
];

const DISTRICTS = ['西湖区', '上城区', '拱墅区', '滨江区', '萧山区', '余杭区', '临平区', '钱塘区'];
const ROADS = [
  '文三路',
  '文一西路',
  '延安路',
  '莫干山路',
  '江南大道',
  '市心中路',
  '古墩路',
  '天目山路',
  '凤起路',
  '体育场路',
  '金沙大道',
  '五常大道',
];
const ESTATES = [
  '春江花园',
  '绿城桂花苑',
  '西溪里',
  '滨江名苑',
  '翠苑三区',
  '江南里',
  '云栖玫瑰园',
  '和家园',
  '阳光郡',
  '紫金文苑',
];

const SUFFIXES = 100_000_000;
/** Odd and no multiple of 5, so that multiplying by it runs through every suffix before one comes again. */
const STRIDE = 61_803_399;

/** 王小丽: a full name. */
export function fullName(random: Random): string {
  const surname = random.weighted(SURNAMES);
  const last = random.pick(GIVEN_LAST);
  return random.chance(0.72) ? surname + random.pick(GIVEN_FIRST) + last : surname + last;
}

const WOMEN_FIRST = [...'晓思梦佳欣雅婷静丽美玉秀春桂凤翠素彩金巧小红兰爱月'];
const WOMEN_LAST = [...'婷娟敏芳燕玲霞萍红梅琳慧颖洁莲琪英兰珍菊琴秀香云凤'];
const MEN_FIRST = [...'建志国文明俊永德海立家大新长金'];
const MEN_LAST = [...'军伟强磊勇杰涛华平鹏辉斌林峰明'];

/** 王秀芳, 李建国: a name that fits the person. */
export function workerName(random: Random, gender: 'female' | 'male'): string {
  const surname = random.weighted(SURNAMES);
  const [firsts, lasts] = gender === 'female' ? [WOMEN_FIRST, WOMEN_LAST] : [MEN_FIRST, MEN_LAST];
  const last = random.pick(lasts);
  const first = random.pick(firsts);
  return random.chance(0.75) && first !== last ? surname + first + last : surname + last;
}

/** As a lead is often noted down: the full name, or only 王女士. */
export function customerName(random: Random): string {
  if (random.chance(0.78)) return fullName(random);
  return (
    random.weighted(SURNAMES) +
    random.weighted([
      ['女士', 6],
      ['先生', 3],
      ['阿姨', 1],
    ] as const)
  );
}

/** A valid mainland mobile number; different indexes have different numbers, up to 100 million of them. */
export function mobileNumber(random: Random, index: number): string {
  const suffix = (index * STRIDE + 20_130_601) % SUFFIXES;
  return random.pick(MOBILE_PREFIXES) + String(suffix).padStart(8, '0');
}

export function address(random: Random): string {
  const door = `${random.int(1, 28)}幢${random.int(1, 4)}单元${random.int(1, 26)}0${random.int(1, 4)}室`;
  return `杭州市${random.pick(DISTRICTS)}${random.pick(ROADS)}${random.int(1, 899)}号${random.pick(ESTATES)}${door}`;
}
