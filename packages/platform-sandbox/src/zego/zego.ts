import { randomUUID } from 'node:crypto';
import type { FastifyInstance } from 'fastify';
import type { ZegoCredentials } from '../credentials';
import type { Platform, PlatformAnswer, PlatformRequest } from '../platform/platform';
import { Recent } from '../platform/recent';
import { refusal, ZEGO_REFUSALS } from './refusals';
import { Signatures } from './signature';

const CLOSED_KEPT = 2000;
/** Of one app, whatever the room. Source: 关闭房间, 调用频率限制. */
const CLOSES_A_SECOND = 1;
const ROOM_ID = /^[\x21-\x7e]{1,128}$/;

interface ClosedRoom {
  roomId: string;
  /** ISO 8601. */
  at: string;
}

/**
 * ZEGO's server API, under `/zego`: CloseRoom. There is no video behind it: every room that was not closed before is
 * taken for one with people in it.
 */
export class Zego implements Platform {
  readonly name = 'zego';
  readonly refusals = ZEGO_REFUSALS;
  readonly routes: Platform['routes'] = [
    { method: 'GET', path: '/', handle: (request) => this.handle(request) },
  ];
  private readonly signatures: Signatures;
  private readonly closed = new Recent<ClosedRoom>(CLOSED_KEPT);
  private recentCloses: number[] = [];
  private closesASecond = CLOSES_A_SECOND;

  constructor(credentials: ZegoCredentials) {
    this.signatures = new Signatures(credentials);
  }

  get credentials(): ZegoCredentials {
    return this.signatures.credentials;
  }

  /** `GET /_control/zego-closed`: the rooms that were closed. */
  control(app: FastifyInstance): void {
    app.get('/zego-closed', () => this.closed.list());
  }

  limitTo(closesASecond: number): void {
    this.closesASecond = closesASecond;
  }

  reset(): void {
    this.closed.reset();
    this.signatures.reset();
    this.recentCloses = [];
  }

  private handle({ query }: PlatformRequest): PlatformAnswer {
    if (!query['Action']) throw refusal(100_000_006);
    const fault = this.signatures.fault(query, Math.floor(Date.now() / 1000));
    if (fault !== null) throw refusal(fault);
    if (query['Action'] !== 'CloseRoom') throw refusal(100_000_007);
    this.close(query['RoomId'] ?? '');
    return { Code: 0, Message: 'success', RequestId: randomUUID() };
  }

  private close(roomId: string): void {
    if (!ROOM_ID.test(roomId)) throw refusal(2);
    const now = Date.now();
    this.recentCloses = this.recentCloses.filter((at) => at > now - 1000);
    if (this.recentCloses.length >= this.closesASecond) throw refusal(206);
    this.recentCloses.push(now);
    if (this.closed.list().some((room) => room.roomId === roomId)) throw refusal(50_001);
    this.closed.add({ roomId, at: new Date(now).toISOString() });
  }
}
