import { CallMedia, type CallMediaState } from '../src/media/call-media';
import type { MediaLayer, MediaListener, MediaPass, Outgoing } from '../src/media/media-layer';
import { ApiError, NoAnswer } from '../src/net/http';

const CONFIG = { mode: 'zego', appId: 1, server: 'wss://example.invalid/ws' } as const;
const OUTGOING: Outgoing = { stream: 'camera' as unknown as MediaStream, camera: true, microphone: true };
const refusal = (code: string) => new ApiError(code, '说明', 400, undefined);

/** A layer that notes what it is told, and a service that gives numbered tokens, or fails in turn. */
function setUp() {
  const notes: string[] = [];
  const failures: { pass: Error[]; enter: Error[]; open: Error[]; send: Error[] } = {
    pass: [],
    enter: [],
    open: [],
    send: [],
  };
  const states: CallMediaState[] = [];
  let listener: MediaListener | undefined;
  let passes = 0;
  const note = (text: string, errors: Error[] = []) => {
    notes.push(text);
    const error = errors.shift();
    if (error) throw error;
  };
  const layer: MediaLayer = {
    mode: 'zego',
    enter: async ({ token }) => note(`enter ${token}`, failures.enter),
    send: async ({ camera }) => note(`send ${camera}`, failures.send),
    renew: ({ token }) => note(`renew ${token}`),
    leave: async () => note('leave'),
  };
  const call = new CallMedia({
    fetchConfig: async () => CONFIG,
    fetchPass: async (): Promise<MediaPass> => {
      note('pass', failures.pass);
      return { token: `token${++passes}`, appId: 1, userId: 'guest_1', roomId: 'room_1', expireTime: 600 };
    },
    openLayer: async (_config, told) => {
      note('open', failures.open);
      listener = told;
      return layer;
    },
    changed: (state) => states.push(state),
  });
  return {
    call,
    failures,
    told: () => listener as MediaListener,
    now: () => states.at(-1) as CallMediaState,
    taken: () => notes.splice(0),
  };
}

describe('the media of a call', () => {
  beforeEach(() => jest.useFakeTimers());
  afterEach(() => jest.useRealTimers());
  const settled = () => jest.advanceTimersByTimeAsync(0);

  async function started() {
    const scene = setUp();
    scene.call.start(OUTGOING);
    await settled();
    return scene;
  }

  it('connects with a token, then sends', async () => {
    const { taken, now } = await started();
    expect(taken()).toEqual(['pass', 'open', 'enter token1', 'send true']);
    expect(now()).toMatchObject({ mode: 'zego', connection: 'connected' });
  });

  it.each(['open', 'pass', 'enter'] as const)(
    'tries again when %s fails, and tells meanwhile',
    async (step) => {
      const scene = setUp();
      scene.failures[step] = [new NoAnswer(), new Error('the SDK says no')];
      scene.call.start(OUTGOING);
      await settled();
      expect(scene.now().connection).toBe('broken');
      await jest.advanceTimersByTimeAsync(3000);
      expect(scene.now().connection).toBe('connected');
      expect(scene.taken().filter((text) => text === 'open')).toHaveLength(step === 'open' ? 3 : 1);
    },
  );

  it.each(['ROOM_ENDED', 'FORBIDDEN', 'UNAUTHORIZED'])('asks no more after %s', async (code) => {
    const scene = setUp();
    scene.failures.pass = [refusal(code)];
    scene.call.start(OUTGOING);
    await jest.advanceTimersByTimeAsync(300_000);
    // without a token there is no need of the SDK
    expect(scene.taken()).toEqual(['pass']);
    expect(scene.now().connection).toBe('broken');
    // until the page has reason to
    scene.call.resume();
    scene.call.resume();
    await settled();
    expect(scene.taken()).toEqual(['pass', 'open', 'enter token1', 'send true']);
    scene.call.resume();
    await settled();
    expect(scene.taken()).toEqual([]);
  });

  it('has the next token before the end of the last, again and again', async () => {
    const { taken } = await started();
    taken();
    await jest.advanceTimersByTimeAsync(540_000);
    expect(taken()).toEqual(['pass', 'renew token2']);
    await jest.advanceTimersByTimeAsync(540_000);
    expect(taken()).toEqual(['pass', 'renew token3']);
  });

  it('fetches a token at once when the layer wants one, and asks again where none was to be had', async () => {
    const { taken, told, failures } = await started();
    taken();
    failures.pass = [new NoAnswer()];
    told().passWanted();
    await settled();
    expect(taken()).toEqual(['pass']);
    await jest.advanceTimersByTimeAsync(2000);
    expect(taken()).toEqual(['pass', 'renew token2']);
  });

  /** By then a connection counts as one that holds. */
  const steady = () => jest.advanceTimersByTimeAsync(30_000);

  it('connects anew with another token when the connection breaks, and sends again', async () => {
    const { taken, told, now } = await started();
    await steady();
    taken();
    told().connection('broken');
    told().connection('broken');
    await settled();
    expect(taken()).toEqual(['pass', 'enter token2', 'send true']);
    expect(now().connection).toBe('connected');
  });

  it('waits longer and longer where each connection breaks as soon as it is made', async () => {
    const { taken, told } = await started();
    taken();
    const waits: number[] = [];
    for (let i = 0; i < 6; i++) {
      const brokeAt = Date.now();
      told().connection('broken');
      while (taken().length === 0) await jest.advanceTimersByTimeAsync(100);
      waits.push(Date.now() - brokeAt);
    }
    expect(waits[0]).toBeLessThanOrEqual(1100);
    expect(waits[5]).toBeGreaterThan(14_000);
    // one that has held is made again at once
    await steady();
    told().connection('broken');
    await settled();
    expect(taken()).not.toEqual([]);
  });

  it('gives way where the same person has entered elsewhere, until they want it back here', async () => {
    const { call, taken, told, now } = await started();
    await steady();
    taken();
    told().connection('replaced');
    call.resume();
    call.send({ ...OUTGOING, camera: false });
    await jest.advanceTimersByTimeAsync(3_600_000);
    expect(taken()).toEqual([]);
    expect(now().connection).toBe('replaced');
    call.takeBack();
    call.takeBack();
    await settled();
    expect(taken()).toEqual(['pass', 'enter token2', 'send false']);
    expect(now().connection).toBe('connected');
    call.takeBack();
    await settled();
    expect(taken()).toEqual([]);
  });

  it('shows what the layer does by itself', async () => {
    const { told, now, taken } = await started();
    taken();
    told().connection('connecting');
    expect(now().connection).toBe('connecting');
    told().connection('connected');
    told().pictures([]);
    expect(now()).toEqual({ mode: 'zego', connection: 'connected', pictures: [] });
    expect(taken()).toEqual([]);
  });

  it('sends each change of the devices, in turn, and connects anew where that fails', async () => {
    const { call, taken, failures } = await started();
    await steady();
    taken();
    call.send({ ...OUTGOING, camera: false });
    call.send(OUTGOING);
    await settled();
    // the second has the state of that moment: what was meanwhile is nobody's business
    expect(taken()).toEqual(['send true', 'send true']);
    failures.send = [new Error('the SDK says no')];
    call.send({ ...OUTGOING, camera: false });
    await settled();
    expect(taken()).toEqual(['send false', 'pass', 'enter token2', 'send false']);
  });

  it('ends everything when it is stopped, also while it connects', async () => {
    const running = await started();
    running.taken();
    await running.call.stop();
    await jest.advanceTimersByTimeAsync(3_600_000);
    expect(running.taken()).toEqual(['leave']);

    const connecting = setUp();
    connecting.failures.enter = [new NoAnswer()];
    connecting.call.start(OUTGOING);
    await settled();
    await connecting.call.stop();
    connecting.taken();
    await jest.advanceTimersByTimeAsync(3_600_000);
    expect(connecting.taken()).toEqual([]);
  });
});
