import fc from 'fast-check';
import { chosenIdentity, introductionProblem } from '../src/interview/introduction';
import { comings, keyOf } from '../src/room/room';
import { guest, HOST, roomOf } from './support';

describe('who has come and who has gone', () => {
  const [li, wang, zhao] = [guest('李明', 1), guest('王芳', 2), guest('赵磊', 3)];

  it('is told by comparing two views of a room', () => {
    const before = roomOf([HOST, li, wang]);
    expect(comings(before, roomOf([HOST, wang, zhao]))).toEqual({ joined: [zhao], left: [li] });
    expect(comings(before, before)).toEqual({ joined: [], left: [] });
  });

  it('does not take another of the same name for the same, nor a new name for another', () => {
    const other = guest('李明', 9);
    expect(comings(roomOf([li]), roomOf([li, other]))).toEqual({ joined: [other], left: [] });
    expect(comings(roomOf([li]), roomOf([{ ...li, userName: '李小明' }]))).toEqual({ joined: [], left: [] });
  });

  it('adds up: those before, without those who left, with those who came, are those after', () => {
    const people = fc.uniqueArray(fc.integer({ min: 1, max: 50 }), { maxLength: 20 });
    fc.assert(
      fc.property(people, people, (before, after) => {
        const of = (seconds: number[]) => roomOf(seconds.map((second) => guest(`客人${second}`, second)));
        const { joined, left } = comings(of(before), of(after));
        const gone = new Set(left.map(keyOf));
        const now = [...of(before).participants.filter((person) => !gone.has(keyOf(person))), ...joined];
        expect(now.map(keyOf).sort()).toEqual(of(after).participants.map(keyOf).sort());
      }),
    );
  });
});

describe('how a guest introduces themselves', () => {
  it.each([
    [{ userName: '', identity: '客户' }, 'userName'],
    [{ userName: '  \u3000', identity: '客户' }, 'userName'],
    [{ userName: '李'.repeat(51), identity: '客户' }, 'userName'],
    [{ userName: '李明', identity: '客'.repeat(51) }, 'identity'],
  ])('is refused before the service would: %j', (given, field) => {
    expect(introductionProblem(given)?.field).toBe(field);
  });

  it.each([
    { userName: '李', identity: '' },
    { userName: '李'.repeat(50), identity: '客'.repeat(50) },
    { userName: ` ${'李'.repeat(50)} `, identity: '客户' },
  ])('is taken: %j', (given) => {
    expect(introductionProblem(given)).toBeUndefined();
  });

  it.each([
    [undefined, { choice: '求职者', other: '' }],
    ['', { choice: '求职者', other: '' }],
    ['客户', { choice: '客户', other: '' }],
    ['其他', { choice: '其他', other: '' }],
    ['陪同家属', { choice: '其他', other: '陪同家属' }],
  ])('stands in the form again: %j', (identity, expected) => {
    expect(chosenIdentity(identity)).toEqual(expected);
  });
});
