import { AppError } from '../errors/app-error';
import { MemoryWindow } from './fixed-window';

const SECONDS = 60;

describe('a window in memory', () => {
  let window: MemoryWindow;
  beforeEach(() => {
    jest.useFakeTimers({ now: Date.UTC(2026, 0, 20) });
    window = new MemoryWindow({ name: 'test', points: 3, seconds: SECONDS });
  });
  afterEach(() => jest.useRealTimers());

  const pass = (seconds: number) => jest.setSystemTime(Date.now() + seconds * 1000);
  /** The seconds that a refusal asks to wait, or null for a take that went through. */
  const take = (key = 'one'): number | null => {
    try {
      window.take(key);
      return null;
    } catch (error) {
      expect(error).toMatchObject({ code: 'RATE_LIMITED' });
      return (error as AppError).retryAfter ?? NaN;
    }
  };

  it('lets its points through and refuses what comes after, with the seconds until its end', () => {
    expect([take(), take(), take()]).toEqual([null, null, null]);
    expect(take()).toBe(SECONDS);
    pass(20);
    expect(take()).toBe(40);
    pass(39.5);
    expect(take()).toBe(1);
  });

  it('begins anew when it is over, whatever was refused meanwhile', () => {
    for (let i = 0; i < 10; i++) take();
    pass(SECONDS);
    expect([take(), take(), take(), take()]).toEqual([null, null, null, SECONDS]);
  });

  it('begins with the first take of a key, not with the clock', () => {
    pass(59);
    for (let i = 0; i < 3; i++) take();
    pass(2);
    expect(take()).toBe(58);
  });

  it('counts several points at once, and lets through the take that goes beyond', () => {
    window.take('one', 2);
    window.take('one', 2);
    expect(take()).toBe(SECONDS);
    window.take('two', 5);
    expect(take('two')).toBe(SECONDS);
  });

  it('counts each key alone', () => {
    for (let i = 0; i < 4; i++) take('one');
    pass(30);
    expect([take('two'), take('two'), take('two'), take('two')]).toEqual([null, null, null, SECONDS]);
    pass(30);
    expect([take('one'), take('two')]).toEqual([null, 30]);
  });
});
