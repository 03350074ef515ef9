import { createHash, randomBytes } from 'node:crypto';
import { SANDBOX_CREDENTIALS } from '../src';
import { signatureOf } from '../src/zego/signature';
import { type Json, Platforms } from './support/platforms';

const { appId, serverSecret } = SANDBOX_CREDENTIALS.zego;

type Query = Record<string, string>;

/** The query of a call as ZEGO's documents have it made, with changes made before it is signed. */
function signed(changes: Query = {}, secret: string = serverSecret): Query {
  const query: Query = {
    Action: 'CloseRoom',
    AppId: String(appId),
    SignatureNonce: randomBytes(8).toString('hex'),
    Timestamp: String(Math.floor(Date.now() / 1000)),
    SignatureVersion: '2.0',
    RoomId: `room_${randomBytes(4).toString('hex')}`,
    ...changes,
  };
  const text = `${query['AppId']}${query['SignatureNonce']}${secret}${query['Timestamp']}`;
  return { Signature: createHash('md5').update(text).digest('hex'), ...query };
}

const without = (name: string): Query => {
  const { [name]: _left, ...rest } = signed();
  return rest;
};
const secondsAgo = (seconds: number) => String(Math.floor(Date.now() / 1000) - seconds);

describe("ZEGO's server API", () => {
  let platforms: Platforms;
  beforeAll(async () => {
    platforms = await Platforms.start();
  });
  beforeEach(async () => {
    await platforms.order('reset');
    await platforms.order('configure', { zego: { closesPerSecond: 1000 } });
  });
  afterAll(() => platforms.stop());

  const close = (query: Query): Promise<Json> => platforms.get('/zego/', query);

  it('closes a room, shows it, and knows it is closed', async () => {
    const RoomId = 'room_1';
    expect(await close(signed({ RoomId }))).toEqual({
      Code: 0,
      Message: 'success',
      RequestId: expect.any(String) as string,
    });
    expect(await platforms.records('zego-closed')).toMatchObject([{ roomId: RoomId }]);
    expect(await close(signed({ RoomId }))).toMatchObject({ Code: 50_001 });
    expect(await platforms.records('zego-closed')).toHaveLength(1);
    expect((await platforms.records('calls')).map(({ platform, errcode }) => [platform, errcode])).toEqual([
      ['zego', 0],
      ['zego', 50_001],
    ]);
  });

  it('computes the signature that the documents give as their example', () => {
    const signer = { appId: 12_345, serverSecret: '9193cc662a4c0ec135ec71fb57194b38' };
    expect(signatureOf(signer, '4fd24687296dd9f3', 1_615_186_943)).toBe('43e5cfcca828314675f91b001390566a');
  });

  it.each<[what: string, code: number, query: () => Query]>([
    ['no action', 100_000_006, () => without('Action')],
    ['another action', 100_000_007, () => signed({ Action: 'OpenRoom' })],
    ['no app id', 100_000_001, () => without('AppId')],
    ['an app id that is no number', 100_000_001, () => signed({ AppId: 'mine' })],
    ["another's app id", 100_000_010, () => signed({ AppId: '42' })],
    ['no time', 100_000_002, () => without('Timestamp')],
    ['a time in words', 100_000_003, () => signed({ Timestamp: 'now' })],
    ['a time of eleven minutes ago', 100_000_004, () => signed({ Timestamp: secondsAgo(660) })],
    ['a time of eleven minutes ahead', 100_000_004, () => signed({ Timestamp: secondsAgo(-660) })],
    ['no nonce', 100_000_008, () => without('SignatureNonce')],
    ['a nonce of another form', 100_000_005, () => signed({ SignatureNonce: 'abc' })],
    ['no signature', 100_000_009, () => without('Signature')],
    ['a signature with another secret', 100_000_005, () => signed({}, randomBytes(16).toString('hex'))],
    ['a signature that is none', 100_000_005, () => ({ ...signed(), Signature: 'x' })],
    ['no version', 100_000_013, () => without('SignatureVersion')],
    ['another version', 100_000_014, () => signed({ SignatureVersion: '1.0' })],
    ['no room', 2, () => without('RoomId')],
    ['an impossible room', 2, () => signed({ RoomId: 'a b' })],
  ])('refuses %s with %d', async (_what, code, query) => {
    expect(await close(query())).toMatchObject({ Code: code, RequestId: expect.any(String) as string });
    expect(await platforms.records('zego-closed')).toEqual([]);
  });

  it('takes a clock that is off by less than ten minutes, and a nonce once', async () => {
    expect(await close(signed({ Timestamp: secondsAgo(590) }))).toMatchObject({ Code: 0 });
    const query = signed();
    expect(await close(query)).toMatchObject({ Code: 0 });
    expect(await close(query)).toMatchObject({ Code: 100_000_005 });
    const { SignatureNonce = '' } = query;
    expect(await close(signed({ SignatureNonce }))).toMatchObject({ Code: 100_000_005 });
  });

  it('closes one room a second', async () => {
    await platforms.order('configure', { zego: { closesPerSecond: 1 } });
    const codes = [(await close(signed()))['Code'], (await close(signed()))['Code']];
    expect(codes).toEqual([0, 206]);
  });

  it('answers unknown addresses and methods in its own words, and fails when told to', async () => {
    expect(await platforms.get('/zego/v2')).toMatchObject({ Code: 100_000_007 });
    expect(await platforms.post('/zego/', {})).toMatchObject({ Code: 2 });
    await platforms.order('faults', { platform: 'zego', kind: 'error' });
    expect(await close(signed())).toMatchObject({ Code: 1 });
    await platforms.order('faults', { platform: 'zego', kind: 'error', errcode: 100_000_015 });
    expect(await close(signed())).toMatchObject({ Code: 100_000_015 });
    expect(await close(signed())).toMatchObject({ Code: 0 });
  });
});
