import { createZodDto } from 'nestjs-zod';
import { z } from 'zod';
import { boundedDepth, pageQuery } from '../../common/http/paging';
import { LONGEST_KEYWORD } from '../../common/search/search-terms';
import { dayOrInstant, recordId, text } from '../../common/validation/fields';
import { ROOM_SOURCES, ROOM_STATUSES } from './room.schema';
import { shownText } from './shown-text';

const YEAR_MS = 366 * 24 * 3_600_000;

export const roomId = z
  .string()
  .trim()
  .regex(/^[A-Za-z0-9_-]{1,64}$/, { error: '应为 1–64 位字母、数字、下划线或连字符' })
  .meta({ description: '房间号', example: 'room_1234567_abc' });

/** Whatever it is: one that is nobody's is no error of form. */
export const guestId = text(64, 1).meta({
  description: '加入房间时得到的访客编号；只有本人知道',
  example: 'guest_5b1e0c9a7d3f4e2b8a6c1d0e9f7b3a52',
});

const roomName = shownText(100, 1).meta({ description: '房间名称', example: '张经理的面试房间' });
const hostName = shownText(50, 1).meta({ description: '主持人称呼', example: '张经理' });
export const userName = shownText(50, 1).meta({ description: '称呼', example: '李明' });
const identity = shownText(50).meta({ description: '身份', example: '求职者' });

/** As ZEGO takes it, within what can stand anywhere. */
export const zegoUserId = z
  .string()
  .regex(/^[A-Za-z0-9_.@-]{1,64}$/, { error: '应为 1–64 位字母、数字或 _ . @ -' })
  .meta({ example: 'user_001' });

const scheduledAt = dayOrInstant
  .refine((at) => !(at instanceof Date) || at.getTime() < Date.now() + YEAR_MS, {
    error: '预约时间不能超过一年',
  })
  .meta({ description: '预约时间；在此之前房间不会自动结束', example: '2026-01-20T10:00:00+08:00' });

/** A form field left blank arrives as '' from one mini-program and as null from another. */
const blankAsAbsent = (input: unknown): unknown =>
  input && typeof input === 'object' && !Array.isArray(input)
    ? Object.fromEntries(Object.entries(input).filter(([, value]) => value !== '' && value !== null))
    : input;

export class CreateNamedRoomDto extends createZodDto(
  z.preprocess(blankAsAbsent, z.object({ roomId, roomName, hostName })),
) {}

export class CreateRoomDto extends createZodDto(
  z.preprocess(
    blankAsAbsent,
    z.object({
      roomName,
      roomId: roomId.optional().meta({ description: '房间号；不填时自动生成', example: '' }),
      hostName: hostName.optional().meta({ description: '主持人称呼；不填时为账号姓名' }),
      hostZegoUserId: zegoUserId
        .optional()
        .meta({ description: '主持人设备登录视频服务所用的编号；不填时为账号编号', example: '' }),
      source: z.enum(ROOM_SOURCES).optional().meta({ description: '从哪里创建', example: 'miniprogram' }),
      customerId: recordId.optional().meta({ description: '相关客户', example: '' }),
      resumeId: recordId.optional().meta({ description: '相关简历', example: '' }),
      scheduledAt: scheduledAt.optional(),
    }),
  ),
) {}

export class RoomIdParam extends createZodDto(z.object({ roomId })) {}

export class ListRoomsDto extends createZodDto(
  z.preprocess(
    blankAsAbsent,
    pageQuery
      .extend({
        status: z.enum(ROOM_STATUSES).optional().meta({ description: '状态', example: 'active' }),
        keyword: text(LONGEST_KEYWORD)
          .optional()
          .meta({ description: '房间名称或主持人的一部分、拼音、拼音首字母，或房间号', example: '面试' }),
      })
      .superRefine(boundedDepth),
  ),
) {}

export class JoinDto extends createZodDto(
  z.preprocess(
    blankAsAbsent,
    z.object({
      roomId,
      userName,
      identity: identity.default(''),
      guestId: guestId
        .optional()
        .meta({ description: '再次加入时带上，沿用原来的访客；不认识的编号作为新访客', example: '' }),
      reportsPresence: z.boolean().default(false).meta({
        description: '页面此后会用 guest/presence 报告仍然打开；加入后 90 秒没有报告即视为离开',
        example: false,
      }),
    }),
  ),
) {}

export class GuestDto extends createZodDto(z.object({ roomId, guestId })) {}

export const joinedGuest = z.strictObject({
  guestId: z.string().meta({ example: 'guest_5b1e0c9a7d3f4e2b8a6c1d0e9f7b3a52' }),
  roomId: z.string().meta({ example: 'room_1234567_abc' }),
  userName: z.string().meta({ example: '李明' }),
  identity: z.string().meta({ example: '求职者' }),
  joinedAt: z.iso.datetime(),
});
export type JoinedGuest = z.infer<typeof joinedGuest>;

export const presence = z.strictObject({
  roomId: z.string().meta({ example: 'room_1234567_abc' }),
  status: z.enum(ROOM_STATUSES).meta({ example: 'active' }),
  present: z.boolean().meta({ description: '该访客现在是否在房间里' }),
});
export type Presence = z.infer<typeof presence>;
