import { assert, integer, property } from 'fast-check';
import { Calls, type Call } from '../src/platform/calls';
import { Recent } from '../src/platform/recent';

describe('a list of what was last', () => {
  it('keeps the newest, in their order', () => {
    assert(
      property(integer({ min: 1, max: 20 }), integer({ min: 0, max: 60 }), (limit, count) => {
        const recent = new Recent<number>(limit);
        for (let entry = 1; entry <= count; entry++) recent.add(entry);
        const kept = Math.min(limit, count);
        expect(recent.list()).toEqual(Array.from({ length: kept }, (_, index) => count - kept + index + 1));
        recent.reset();
        expect(recent.list()).toEqual([]);
      }),
    );
  });

  it('of calls is 2,000 long', () => {
    const calls = new Calls();
    for (let entry = 0; entry < 2001; entry++) calls.add({ durationMs: entry } as Call);
    expect(calls.list()).toHaveLength(2000);
    expect(calls.list()[0]).toEqual({ durationMs: 1 });
  });
});
