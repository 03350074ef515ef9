import { checkCharacter } from '../../../src/common/validation/id-number';
import { Random } from '../../../src/seed/random';

/** What is printed on an invented person's card; both sides together. */
export interface CardHolder {
  name: string;
  gender: '男' | '女';
  ethnicity: string;
  /** YYYY-MM-DD */
  birthDate: string;
  address: string;
  idNumber: string;
  authority: string;
  /** YYYY-MM-DD */
  validFrom: string;
  /** YYYY-MM-DD or 长期 */
  validTo: string;
}

const SURNAMES = [...'王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧', '欧阳', '上官'];
const GIVEN = [...'伟芳娜秀英敏静丽强磊军洋勇艳杰娟涛明超兰霞平刚桂玉萍红玲建国华志梅鑫琳晨宇佳欣'];

/** Each with names as its people write them; the dot separates the father's name. */
const MINORITIES: readonly (readonly [string, readonly string[]])[] = [
  ['维吾尔', ['阿卜杜拉·买买提', '古丽娜尔·艾合买提', '努尔买买提·吐尔逊', '阿依古丽·卡迪尔']],
  ['哈萨克', ['叶尔兰·别克', '阿依努尔·哈力克']],
  ['藏', ['扎西次仁', '卓玛央金', '格桑多吉']],
  ['蒙古', ['巴特尔', '乌兰其其格', '苏日娜']],
  ['彝', ['阿木·吉布', '沙马·阿依']],
  ['柯尔克孜', ['居马·托合塔逊']],
  ['回', ['马晓燕', '马国强']],
  ['壮', ['韦春梅', '覃志明']],
  ['土家', ['田秀英', '向晓明']],
  ['满', ['佟佳敏', '关玉兰']],
  ['苗', ['龙桂芳', '石建华']],
];

/** Area code, place as it is printed, and who issues cards there. */
const PLACES: readonly (readonly [string, string, string])[] = [
  ['330106', '杭州市西湖区', '杭州市公安局西湖分局'],
  ['110105', '北京市朝阳区', '北京市公安局朝阳分局'],
  ['310115', '上海市浦东新区', '上海市公安局浦东分局'],
  ['510107', '成都市武侯区', '成都市公安局武侯分局'],
  ['341222', '安徽省太和县', '太和县公安局'],
  ['411422', '河南省睢县', '睢县公安局'],
  ['430822', '湖南省桑植县', '桑植县公安局'],
  ['440981', '广东省高州市', '高州市公安局'],
  ['500112', '重庆市渝北区', '重庆市公安局渝北区分局'],
  ['620102', '兰州市城关区', '兰州市公安局城关分局'],
];
const MINORITY_PLACES: readonly (readonly [string, string, string])[] = [
  ['653101', '新疆喀什市', '喀什市公安局'],
  ['540102', '拉萨市城关区', '拉萨市公安局城关分局'],
  ['513436', '四川省美姑县', '美姑县公安局'],
  ['450122', '广西武鸣县', '武鸣县公安局'],
];
const ROADS = ['文三路', '建设路', '人民南路', '解放街', '中山大道', '滨江路', '学府路', '新华东街'];
const TOWNS = ['城关镇', '柳河乡', '石桥镇', '双塔镇', '大王庄乡', '龙门镇'];
const VILLAGES = ['王家村', '李楼村', '桃花村', '上河村', '东风村', '新民村'];
const ESTATES = ['丽景花园', '阳光小区', '翠苑三区', '锦绣江南', '幸福家园', '金色年华'];

/** An invented card holder: one seed, one person. */
export function cardHolder(seed: number): CardHolder {
  const random = new Random(seed * 7919 + 17);
  const minority = seed % 4 === 3;
  const [ethnicity, names] = minority ? random.pick(MINORITIES) : (['汉', []] as const);
  const [area, place, authority] = random.pick(minority ? MINORITY_PLACES : PLACES);
  const gender = random.chance(0.5) ? '男' : '女';
  const birth = random.between(new Date('1961-01-01'), new Date('2006-12-31')).toISOString().slice(0, 10);
  const digits = `${area}${birth.replaceAll('-', '')}${serial(random, gender)}`;
  return {
    name: minority ? random.pick(names) : random.pick(SURNAMES) + givenName(random),
    gender,
    ethnicity,
    birthDate: birth,
    address: addressIn(place, seed, random),
    idNumber: digits + checkCharacter(digits),
    authority,
    ...validity(birth, random),
  };
}

function givenName(random: Random): string {
  return Array.from({ length: random.int(1, 2) }, () => random.pick(GIVEN)).join('');
}

/** Three digits whose last is odd for men. */
function serial(random: Random, gender: '男' | '女'): string {
  return String(random.int(0, 499) * 2 + (gender === '男' ? 1 : 0)).padStart(3, '0');
}

/** Short, middling and long in turn: one, two and three lines on the card. */
function addressIn(place: string, seed: number, random: Random): string {
  const house = `${random.int(1, 399)}号`;
  switch (seed % 3) {
    case 0:
      return `${place}${house}`.slice(0, 11);
    case 1:
      return `${place}${random.pick(ROADS)}${house}${random.int(1, 30)}幢${random.int(1, 4)}单元`;
    default:
      return random.chance(0.5)
        ? `${place}${random.pick(TOWNS)}${random.pick(VILLAGES)}委会${random.pick(VILLAGES)}${random.int(1, 20)}组${house}附${random.int(1, 9)}号`
        : `${place}${random.pick(ROADS)}${house}${random.pick(ESTATES)}${random.int(1, 60)}幢${random.int(1, 4)}单元${random.int(101, 2602)}室`;
  }
}

/** Ten years below the age of 26, twenty below 46, then for good. */
function validity(birth: string, random: Random): { validFrom: string; validTo: string } {
  const from = random.between(new Date('2012-01-01'), new Date('2025-12-31')).toISOString().slice(0, 10);
  const age = Number(from.slice(0, 4)) - Number(birth.slice(0, 4));
  if (age >= 46) return { validFrom: from, validTo: '长期' };
  const to = `${Number(from.slice(0, 4)) + (age < 26 ? 10 : 20)}${from.slice(4)}`;
  return { validFrom: from, validTo: to.endsWith('02-29') ? to.replace('02-29', '03-01') : to };
}
