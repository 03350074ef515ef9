import type { Actor } from '../support/actor';
import { TestApp } from '../support/app';
import { createCustomer, CUSTOMERS } from '../support/customers';

/** By a letter: whose name is whose; the phones share no four digits but their beginnings. */
const PEOPLE: Record<string, { name: string; phone?: string; wechatId?: string; leadLevel?: string }> = {
  a: { name: '张小明', phone: '13800138000', leadLevel: 'A类' },
  b: { name: '张女士', phone: '13912349876' },
  c: { name: '单田芳', phone: '13155557777' },
  d: { name: '曾志伟', wechatId: 'wx_zeng' },
  e: { name: '仇英', wechatId: 'wx_qiu' },
  f: { name: '吕布', wechatId: 'wx_lv' },
  g: { name: 'Anna Maria', wechatId: 'wx_anna' },
  h: { name: '买买提·吐尔逊', wechatId: 'wx_mai' },
  i: { name: '张晓敏', wechatId: 'wx_min' },
  j: { name: '李(2).*', wechatId: 'wx_li' },
};

describe('searching customers by keyword', () => {
  let app: TestApp;
  let manager: Actor;
  let employee: Actor;
  const letterOf: Record<string, string> = {};
  const numberOf: Record<string, string> = {};
  beforeAll(async () => {
    app = await TestApp.start();
    [manager, employee] = await Promise.all([app.asManager(), app.asEmployee()]);
    for (const [letter, person] of Object.entries(PEOPLE)) {
      const { id, customerId } = await createCustomer('ac'.includes(letter) ? employee : manager, {
        phone: undefined,
        ...person,
      });
      letterOf[id] = letter;
      numberOf[letter] = customerId;
    }
  });
  afterAll(() => app.stop());

  const search = async (keyword: string, query: Record<string, string | number> = {}, actor = manager) => {
    const { status, body } = await actor.get(`${CUSTOMERS}/list`, { keyword, pageSize: 100, ...query });
    expect(status).toBe(200);
    expect(body.data.total).toBe(body.data.list.length);
    return body.data.list.map(({ id }: { id: string }) => letterOf[id]).join('');
  };

  it.each([
    ['part of a name', '张', 'iba'],
    ['part of a name', '小明', 'a'],
    ['part of a name', '女士', 'b'],
    ['a whole name', '张小明', 'a'],
    ['pinyin', 'zhangxiaoming', 'a'],
    ['pinyin, one letter short of another', 'zhangxiaomin', 'ia'],
    ['pinyin, begun', 'zhangx', 'ia'],
    ['pinyin from a later syllable', 'xiaom', 'ia'],
    ['pinyin with spaces', ' zhang nv shi ', 'b'],
    ['pinyin in capitals', 'ZhangNv', 'b'],
    ['pinyin with ü', 'nüshi', 'b'],
    ['a surname as it is read', 'shantian', 'c'],
    ['a surname as it is read', 'zeng', 'd'],
    ['a surname as it is read', 'qiuying', 'e'],
    ['pinyin with ü', 'lvbu', 'f'],
    ['pinyin with ü', 'LÜ', 'f'],
    ['initials', 'zxm', 'ia'],
    ['part of the initials', 'tf', 'c'],
    ['initials in capitals', 'ZNS', 'b'],
    ['a Latin name', 'anna', 'g'],
    ['a Latin name, over its space', 'a mar', 'g'],
    ['a name with a dot', '买买提·吐尔逊', 'h'],
    ['a name with a dot, without it', '提吐尔', 'h'],
    ['a name with a dot, another dot', '提•吐', 'h'],
    ['part of a phone', '0013', 'a'],
    ['the end of a phone', '9876', 'b'],
    ['two digits of a phone', '57', 'c'],
    ['a whole phone', '13800138000', 'a'],
    ['full-width digits', '１３８００', 'a'],
    ['full-width letters', 'ＡＮＮＡ', 'g'],
    ['a dot, which is no wildcard', '.', 'j'],
    ['signs of a regular expression', '(2).*', 'j'],
    ['signs that match everything', '.*', 'j'],
  ])('finds by %s: %s', async (_, keyword, letters) => {
    expect(await search(keyword)).toBe(letters);
  });

  it.each([
    '王',
    'hang',
    '1380013800013800',
    '张明',
    'a*',
    '[a-z]',
    '^张',
    '\\d',
    '$',
    '|',
    '·',
    '',
    'CUS00000',
    'wx_',
    '3',
  ])('finds nobody by %j', async (keyword) => {
    expect(await search(keyword)).toBe(keyword === '' ? 'jihgfedcba' : '');
  });

  it('finds by the number of a customer, in any case and width', async () => {
    const number = numberOf['c']!;
    for (const keyword of [number, number.toLowerCase(), ` ${number} `, `ＣＵＳ${number.slice(3)}`])
      expect(await search(keyword)).toBe('c');
    expect(await search('CUS99999999999')).toBe('');
    expect(await search(number, { leadLevel: 'A类' })).toBe('');
    expect(await search(numberOf['b']!, {}, employee)).toBe('');
  });

  it('narrows with the other filters', async () => {
    expect(await search('zhang', { leadLevel: 'A类' })).toBe('a');
    expect(await search('zhang', { leadLevel: 'A类', status: 'lost' })).toBe('');
    expect(await search('zhang', { createdFrom: '2020-01-01' })).toBe('iba');
    expect(await search('zhang', { assignedTo: employee.id })).toBe('a');
  });

  it("finds an employee's own customers only", async () => {
    expect(await search('张', {}, employee)).toBe('a');
    expect(await search('13', {}, employee)).toBe('ca');
    expect(await search('9876', {}, employee)).toBe('');
  });

  it.each([
    ['createdAt', 'abi'],
    ['-createdAt', 'iba'],
    ['updatedAt', 'abi'],
    ['-nextFollowUpAt', 'iba'],
  ])('sorts what it finds by %s, in pages', async (sort, letters) => {
    expect(await search('张', { sort })).toBe(letters);
    const { body } = await manager.get(`${CUSTOMERS}/list`, { keyword: '张', sort, pageSize: 1, page: 2 });
    expect(body.data).toMatchObject({
      total: 3,
      totalPages: 3,
      hasMore: true,
      list: [{ name: PEOPLE[letters[1]!]!.name }],
    });
  });

  it('follows a change of name and phone: the old ones find nobody', async () => {
    const { id } = await createCustomer(manager, { name: '郑爽', phone: '18622223333' });
    letterOf[id] = 'z';
    await manager.patch(`${CUSTOMERS}/${id}`, { name: '冯巩', phone: '18644445555' });
    for (const keyword of ['郑', 'zhengs', 'zs', '2222', '18622223333'])
      expect([keyword, await search(keyword)]).toEqual([keyword, '']);
    for (const keyword of ['冯', 'fengg', 'fg', '4444', '18644445555'])
      expect([keyword, await search(keyword)]).toEqual([keyword, 'z']);
    await manager.patch(`${CUSTOMERS}/${id}`, { phone: null, wechatId: 'wx_feng' });
    expect([await search('4444'), await search('冯')]).toEqual(['', 'z']);
  });

  it('finds a long name by more than twelve letters of it, and tells two of them apart', async () => {
    for (const [letter, name] of [
      ['x', '阿卜杜热西提·阿卜杜拉'],
      ['y', '阿卜杜热西提·阿卜力孜'],
    ] as const)
      letterOf[(await createCustomer(manager, { name })).id] = letter;
    expect(await search('abudurexitiabu')).toBe('yx');
    expect(await search('abudurexitiabudula')).toBe('x');
    expect(await search('阿卜杜热西提·阿卜力')).toBe('y');
  });
});
