import { Body, Get, Param, Post, Req, Res } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiProduces, ApiResponse } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Access } from '../../common/access/access.decorator';
import { type Caller, CurrentCaller } from '../../common/access/caller';
import { Answers } from '../../common/http/answers';
import { CrmController } from '../../common/http/controllers';
import { Beacon } from '../../common/http/route-config';
import { Idempotent } from '../../common/idempotency/idempotent.decorator';
import { RateLimit } from '../../common/rate-limit/rate-limit.decorator';
import { Guests } from './guests.service';
import { GuestDto, JoinDto, joinedGuest, presence, RoomIdParam } from './interview.dto';
import { RoomEvents } from './room-events';

const STREAM_HEADERS = {
  'Content-Type': 'text/event-stream; charset=utf-8',
  'Cache-Control': 'no-store, no-transform',
  // nginx passes each event on as it comes
  'X-Accel-Buffering': 'no',
};
const EVENT_EXAMPLE = 'event: room\ndata: {"roomId":"room_1234567_abc","status":"active", …}\n\n';

/** What guests do, who have no account: a room's id lets them in, and their own id speaks for them afterwards. */
@CrmController('interview', '视频面试')
export class GuestsController {
  constructor(
    private readonly guests: Guests,
    private readonly events: RoomEvents,
  ) {}

  @Post('guest/join')
  @Access('public')
  @RateLimit('guestJoin')
  @Idempotent()
  @Answers({
    summary: '访客加入房间；带上原来的 guestId 则沿用原来的访客',
    message: '加入成功',
    data: joinedGuest,
  })
  join(@Body() input: JoinDto, @CurrentCaller() caller: Caller) {
    return this.guests.join(input, caller);
  }

  @Post('guest/leave')
  @Access('public')
  @RateLimit('guestLeave')
  @Beacon()
  @Answers({ summary: '访客离开房间；已离开也成功，支持 navigator.sendBeacon', message: '已离开房间' })
  leave(@Body() input: GuestDto) {
    return this.guests.leave(input);
  }

  @Post('guest/presence')
  @Access('public')
  @RateLimit('guestPresence')
  @Answers({
    summary: '页面每 30 秒报告仍然打开；报告过的页面沉默 90 秒即视为离开，再次报告则恢复',
    data: presence,
  })
  report(@Body() input: GuestDto) {
    return this.guests.report(input);
  }

  @Get('room/:roomId/events')
  @Access('public')
  @RateLimit('roomEvents')
  @ApiOperation({
    summary:
      '房间的实时状态（Server-Sent Events）：事件 room 的 data 与公开的房间信息相同；先发送当前状态，之后每次变化发送一次，房间结束后关闭',
  })
  @ApiProduces('text/event-stream')
  @ApiOkResponse({ description: '事件流', schema: { type: 'string', example: EVENT_EXAMPLE } })
  @ApiResponse({ status: 404, description: '房间不存在' })
  async watch(
    @Param() { roomId }: RoomIdParam,
    @CurrentCaller() { ip }: Caller,
    @Req() { method }: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const stream = await this.events.open(roomId, ip);
    if (method === 'HEAD') stream.end();
    await reply.headers(STREAM_HEADERS).send(stream);
  }
}
