import { Body, Get, Param, Post, Query } from '@nestjs/common';
import { z } from 'zod';
import { Access } from '../../common/access/access.decorator';
import { type Caller, CurrentCaller, type StaffCaller } from '../../common/access/caller';
import { Answers } from '../../common/http/answers';
import { CrmController } from '../../common/http/controllers';
import { pageSchema } from '../../common/http/paging';
import { Idempotent } from '../../common/idempotency/idempotent.decorator';
import { RateLimit } from '../../common/rate-limit/rate-limit.decorator';
import { CreateNamedRoomDto, CreateRoomDto, ListRoomsDto, RoomIdParam } from './interview.dto';
import { RoomAdmission } from './room-admission.service';
import { RoomEnding } from './room-ending.service';
import { RoomListing } from './room-listing.service';
import { publicRoom } from './room-public.views';
import { endedRoom, roomDetail, roomInvitation, roomListItem } from './room.views';
import { RoomsService } from './rooms.service';

@CrmController('interview', '视频面试')
export class RoomsController {
  constructor(
    private readonly rooms: RoomsService,
    private readonly listing: RoomListing,
    private readonly ending: RoomEnding,
    private readonly admission: RoomAdmission,
  ) {}

  @Post('create-room')
  @Access('staff')
  @Idempotent()
  @Answers({ summary: '创建房间（简化）', message: '创建成功', data: roomInvitation })
  createNamed(@Body() input: CreateNamedRoomDto, @CurrentCaller() caller: StaffCaller) {
    return this.rooms.createNamed(input, caller);
  }

  @Post('rooms')
  @Access('staff')
  @Idempotent()
  @Answers({ summary: '创建房间；不填房间号时自动生成', message: '创建成功', data: roomDetail })
  create(@Body() input: CreateRoomDto, @CurrentCaller() caller: StaffCaller) {
    return this.rooms.create(input, caller);
  }

  @Get('rooms')
  @Access('staff')
  @Answers({
    summary: '房间列表，最新的在前；经理和管理员看全部，其他人看自己主持的',
    data: pageSchema(roomListItem),
  })
  list(@Query() query: ListRoomsDto, @CurrentCaller() caller: StaffCaller) {
    return this.listing.list(query, caller);
  }

  @Get('latest-room')
  @Access('staff')
  @Answers({
    summary: '自己主持的、最新的进行中的房间；没有时 data 为 null',
    data: roomInvitation.nullable(),
  })
  latest(@CurrentCaller() caller: StaffCaller) {
    return this.listing.latest(caller);
  }

  @Get('room/:roomId')
  @Access('optional-staff')
  @RateLimit('roomRead')
  @Answers({
    summary: '房间信息：主持人、经理和管理员得到完整记录，其他人得到公开信息',
    data: z.union([
      roomDetail.meta({ description: '主持人、经理和管理员' }),
      publicRoom.meta({ description: '其他人' }),
    ]),
  })
  get(@Param() { roomId }: RoomIdParam, @CurrentCaller() caller: Caller) {
    return this.rooms.get(roomId, caller);
  }

  @Post('room/:roomId/end')
  @Access('staff')
  @Answers({ summary: '结束房间；已结束时返回原来的结果', message: '房间已结束', data: endedRoom })
  end(@Param() { roomId }: RoomIdParam, @CurrentCaller() caller: StaffCaller) {
    return this.ending.byStaff(roomId, caller);
  }

  @Post('room/:roomId/leave')
  @Access('staff')
  @Answers({ summary: '主持人离开房间，不结束房间；再次获取视频 Token 即回到房间', message: '已离开房间' })
  leave(@Param() { roomId }: RoomIdParam, @CurrentCaller() caller: StaffCaller) {
    return this.admission.hostLeaves(roomId, caller);
  }
}
