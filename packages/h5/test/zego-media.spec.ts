import type { MediaConnection, RemotePicture } from '../src/media/media-layer';
import { ZegoMedia } from '../src/media/zego-media';
import { audio, FakeStream, FakeZego, streamOf, video } from './fake-zego';

const PASS = { token: '04AAA', appId: 1, userId: 'guest_1', roomId: 'room_1', expireTime: 7200 };
const SELF = 'guest:2026-01-16T10:00:01.000Z';
const sending = (stream: MediaStream, camera = true, microphone = true) => ({ stream, camera, microphone });
const settled = () => jest.advanceTimersByTimeAsync(0);

describe('the media layer on ZEGO', () => {
  let [v1, v2, a1] = [video('v1'), video('v2'), audio('a1')];
  let zego: FakeZego;
  let media: ZegoMedia;
  let pictures: RemotePicture[];
  let connections: MediaConnection[];
  let passesWanted: number;

  beforeAll(() => Object.assign(globalThis, { MediaStream: FakeStream }));
  beforeEach(() => {
    jest.useFakeTimers();
    [v1, v2, a1] = [video('v1'), video('v2'), audio('a1')];
    zego = new FakeZego();
    pictures = [];
    connections = [];
    passesWanted = 0;
    media = new ZegoMedia(zego, SELF, {
      pictures: (now) => (pictures = now),
      connection: (state) => connections.push(state),
      passWanted: () => passesWanted++,
    });
  });
  afterEach(() => jest.useRealTimers());

  it('logs in with the token of the room, under the id that it is for, and tells ZEGO no name', async () => {
    await media.enter(PASS);
    expect(zego.taken()).toEqual(['login room_1 04AAA guest_1']);
    expect(connections).toEqual(['connecting', 'connected']);
  });

  it('fails where ZEGO refuses, and where it does not answer within 15 s', async () => {
    zego.logins = [new Error('token format error'), false, new Promise(() => undefined)];
    await expect(media.enter(PASS)).rejects.toThrow('token format error');
    await expect(media.enter(PASS)).rejects.toThrow('not let this page in');
    const silent = expect(media.enter(PASS)).rejects.toThrow('not let this page in');
    await jest.advanceTimersByTimeAsync(15_000);
    await silent;
  });

  it('publishes picture and voice under the key by which pages find their owner', async () => {
    await media.enter(PASS);
    zego.taken();
    await media.send(sending(streamOf(v1, a1), true, false));
    expect(zego.taken()).toEqual([
      'create stream1 v1 a1',
      `publish {"owner":"${SELF}"}`,
      'mute video false',
      'mute audio true',
    ]);
  });

  it('publishes nothing of somebody who only listens, and the voice once there is one', async () => {
    await media.enter(PASS);
    zego.taken();
    await media.send(sending(streamOf(), false, false));
    expect(zego.taken()).toEqual([]);
    await media.send(sending(streamOf(a1), false, true));
    expect(zego.taken()).toEqual(['create stream1 - a1', `publish {"owner":"${SELF}"}`, 'mute audio false']);
  });

  it('mutes a camera that is off, and puts its new picture in without interrupting the voice', async () => {
    await media.enter(PASS);
    await media.send(sending(streamOf(v1, a1)));
    zego.taken();
    await media.send(sending(streamOf(a1), false, true));
    expect(zego.taken()).toEqual(['mute video true', 'mute audio false']);
    await media.send(sending(streamOf(v2, a1)));
    expect(zego.taken()).toEqual([
      'capture stream1 v2',
      'update video',
      'mute video false',
      'mute audio false',
    ]);
    await media.send(sending(streamOf(v2, a1)));
    expect(zego.taken()).toEqual(['mute video false', 'mute audio false']);
  });

  it('leaves the page’s own tracks alone: the engine has copies, which end with what they were for', async () => {
    await media.enter(PASS);
    await media.send(sending(streamOf(v1, a1), true, false));
    expect([...v1.copies, ...a1.copies].map(({ live, enabled }) => [live, enabled])).toEqual([
      [true, true],
      [true, false],
    ]);
    await media.send(sending(streamOf(a1), false, true));
    expect(v1.copies.map(({ live }) => live)).toEqual([false]);
    expect(a1.copies.map(({ enabled }) => enabled)).toEqual([true]);
    await media.send(sending(streamOf(v2, a1)));
    expect(v2.copies.map(({ live, enabled }) => [live, enabled])).toEqual([[true, true]]);
    await media.enter({ ...PASS, token: '04BBB' });
    expect([v2, a1].flatMap(({ copies }) => copies.map(({ live }) => live))).toEqual([false, false]);
    expect([v2.live, a1.live, v2.enabled, a1.enabled]).toEqual([true, true, true, true]);
  });

  it('fails where ZEGO does not take what is to be sent', async () => {
    await media.enter(PASS);
    zego.takesStreams = false;
    await expect(media.send(sending(streamOf(v1, a1)))).rejects.toThrow('does not take');
  });

  it('publishes anew where the picture cannot be put in: of a voice alone, or when ZEGO will not', async () => {
    await media.enter(PASS);
    await media.send(sending(streamOf(a1), false));
    zego.taken();
    await media.send(sending(streamOf(v1, a1)));
    expect(zego.taken().slice(0, 3)).toEqual(['unpublish', 'destroy stream', 'create stream2 v1 a1']);
    zego.updateErrorCode = 1103061;
    await media.send(sending(streamOf(v2, a1)));
    expect(zego.taken()).toContain('create stream3 v2 a1');
  });

  const added = (streamID: string, extraInfo = '', userName?: string) =>
    zego.emit('roomStreamUpdate', 'room_1', 'ADD', [{ streamID, extraInfo, user: { userName } }]);

  it('plays what others send, says whose it is, and what of it is off', async () => {
    await media.enter(PASS);
    added('s1', '{"owner":"host:1"}');
    added('s2', 'written by the mini-program', '王芳');
    await settled();
    expect(pictures).toMatchObject([
      { streamId: 's1', owner: 'host:1', camera: true, microphone: true },
      { streamId: 's2', owner: undefined, ownerName: '王芳' },
    ]);
    zego.emit('remoteCameraStatusUpdate', 's1', 'MUTE');
    zego.emit('remoteMicStatusUpdate', 's2', 'MUTE');
    expect(pictures.map(({ camera, microphone }) => [camera, microphone])).toEqual([
      [false, true],
      [true, false],
    ]);
    zego.emit('roomStreamUpdate', 'room_1', 'DELETE', [{ streamID: 's1', extraInfo: '', user: {} }]);
    expect(pictures.map(({ streamId }) => streamId)).toEqual(['s2']);
    expect(zego.taken()).toContain('stop s1');
  });

  it('plays a stream once that is announced twice, and again one that fails or breaks off', async () => {
    await media.enter(PASS);
    zego.playErrors = [new Error('not yet there')];
    zego.taken();
    added('s1');
    added('s1');
    await jest.advanceTimersByTimeAsync(1000);
    expect(zego.taken()).toEqual(['play s1', 'play s1']);
    expect(pictures).toHaveLength(1);
    zego.emit('playerStateUpdate', { streamID: 's1', state: 'NO_PLAY', errorCode: 1104 });
    zego.emit('playerStateUpdate', { streamID: 's1', state: 'NO_PLAY', errorCode: 1104 });
    await jest.advanceTimersByTimeAsync(1000);
    expect(zego.taken()).toEqual(['play s1']);
  });

  it('stops trying to play what is no longer sent', async () => {
    await media.enter(PASS);
    zego.playErrors = [new Error('not yet there')];
    added('s1');
    await settled();
    zego.taken();
    zego.emit('roomStreamUpdate', 'room_1', 'DELETE', [{ streamID: 's1', extraInfo: '', user: {} }]);
    await jest.advanceTimersByTimeAsync(60_000);
    expect(zego.taken()).toEqual(['stop s1']);
  });

  it.each([
    ['RECONNECTING', 'connecting'],
    ['RECONNECTED', 'connected'],
    ['RECONNECT_FAILED', 'broken'],
    ['KICKOUT', 'broken'],
  ])('tells what %s means', async (reason, state) => {
    await media.enter(PASS);
    zego.emit('roomStateChanged', 'room_1', reason);
    expect(connections.at(-1)).toBe(state);
  });

  it('enters anew after a break: out first, then in with the next token, and nothing old is shown', async () => {
    await media.enter(PASS);
    await media.send(sending(streamOf(v1, a1)));
    added('s1');
    await settled();
    zego.taken();
    await media.enter({ ...PASS, token: '04BBB' });
    expect(zego.taken()).toEqual([
      'stop s1',
      'unpublish',
      'destroy stream',
      'logout room_1',
      'login room_1 04BBB guest_1',
    ]);
    expect(pictures).toEqual([]);
    await media.send(sending(streamOf(v1, a1)));
    expect(zego.taken()).toContain('create stream2 v1 a1');
  });

  it('asks for a token before the old one ends, and hands the next one on', async () => {
    await media.enter(PASS);
    zego.emit('tokenWillExpire', 'room_1');
    expect(passesWanted).toBe(1);
    media.renew({ ...PASS, token: '04BBB' });
    expect(zego.taken()).toContain('renew room_1 04BBB');
  });

  it('leaves nothing behind', async () => {
    await media.enter(PASS);
    await media.send(sending(streamOf(v1)));
    zego.taken();
    await media.leave();
    expect(zego.taken()).toEqual(['unpublish', 'destroy stream', 'logout room_1', 'destroy engine']);
    await media.leave();
    expect(zego.taken()).toEqual([]);
  });
});
