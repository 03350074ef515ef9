import { LocalTurns } from './local-turns';

describe('local turns', () => {
  beforeEach(() => jest.useFakeTimers());
  afterEach(() => jest.useRealTimers());

  const settle = async () => {
    for (let i = 0; i < 10; i++) await Promise.resolve();
  };
  /** Takes a turn; tells when it has come, and how to end it. */
  function taker(turns: LocalTurns, name: string, log: string[], who: string) {
    const leave = turns.take(name).then((done) => {
      log.push(who);
      return done;
    });
    return async () => (await leave)();
  }

  it('come one after another, in the order of their coming, each name by itself', async () => {
    const turns = new LocalTurns();
    const log: string[] = [];
    const leaves = ['a', 'b', 'c'].map((who) => taker(turns, 'board', log, who));
    taker(turns, 'other', log, 'x');
    await settle();
    expect(log.toSorted()).toEqual(['a', 'x']);
    await leaves[0]!();
    await settle();
    expect(log.at(-1)).toBe('b');
    await leaves[1]!();
    await settle();
    expect(log.at(-1)).toBe('c');
    await leaves[2]!();
    await settle();
    taker(turns, 'board', log, 'd');
    await settle();
    expect(log.at(-1)).toBe('d');
  });

  it('are not waited for without end', async () => {
    const turns = new LocalTurns();
    const log: string[] = [];
    taker(turns, 'board', log, 'never leaves');
    taker(turns, 'board', log, 'waits');
    await settle();
    expect(log).toEqual(['never leaves']);
    await jest.advanceTimersByTimeAsync(3000);
    expect(log).toEqual(['never leaves', 'waits']);
  });
});
